// Tensors in files of the safetensors format, read where they lie in the mapped
// file and written one by one.
//
//   ASSIGN_OR_RETURN(const Safetensors file,
//                    LoadSafetensors(Files::Real(), "model.safetensors"));
//   RETURN_IF_ERROR(WriteSafetensors(Files::Real(), "copy.safetensors",
//                                    file.tensors, file.metadata));
//
// Tensors that were read are read-only: writing into one in place ends the
// program, so clone those to be changed. They keep the file mapped, and must
// not outlive the Files. Only where an element would be misaligned, which no
// known writer lets happen, is a tensor a copy. (safetensors_header.h tells the
// format.)

#ifndef CULTUREMERT_MODELS_WEIGHTS_SAFETENSORS_H_
#define CULTUREMERT_MODELS_WEIGHTS_SAFETENSORS_H_

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/safetensors_header.h"
#include "tools/base/files/files.h"

namespace culturemert {

// A file whose tensors are made one by one.
class SafetensorsFile {
 public:
  // Maps the file and checks its header. Errors: those of Files::Map and
  // ParseSafetensorsHeader.
  static absl::StatusOr<SafetensorsFile> Open(Files& files,
                                              absl::string_view path);

  // Names, types, shapes and metadata.
  const SafetensorsHeader& header() const { return header_; }

  // kNotFound if there is none of that name, with the nearest one.
  absl::StatusOr<at::Tensor> Tensor(absl::string_view name) const;

  absl::StatusOr<NamedTensors> AllTensors() const;

 private:
  SafetensorsFile(std::string path, std::shared_ptr<const MappedFile> file,
                  SafetensorsHeader header);

  absl::StatusOr<at::Tensor> TensorOf(const SafetensorsEntry& entry) const;

  std::string path_;
  std::shared_ptr<const MappedFile> file_;
  SafetensorsHeader header_;
};

struct Safetensors {
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;
};

// The whole file. Errors as SafetensorsFile::Open.
absl::StatusOr<Safetensors> LoadSafetensors(Files& files,
                                            absl::string_view path);

// Replaces or creates the file, whole or not at all. Equal tensors and metadata
// give equal bytes: those of the Python library (see PrintSafetensorsHeader).
// Tensors on other devices and not contiguous ones are copied, one at a time.
// Errors: those of PrintSafetensorsHeader and Files::CreateAtomically;
// kInvalidArgument for a tensor that is undefined, sparse, or complex.
absl::Status WriteSafetensors(
    Files& files, absl::string_view path, const NamedTensors& tensors,
    const std::map<std::string, std::string>& metadata = {});

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_SAFETENSORS_H_
