// Files that torch.save wrote: pytorch_model.bin, a fairseq checkpoint (.pt),
// EnCodec's (.th).
//
//   ASSIGN_OR_RETURN(const TorchFile file,
//                    LoadTorchFile(Files::Real(), "checkpoint.pt"));
//   ASSIGN_OR_RETURN(const NamedTensors model,
//                    TensorsBelow(file.tensors, "model"));
//
// Tensors are read-only and keep the file mapped, as those of safetensors.h.
// Tensors that share a storage in the file share it here, with their strides.
// A storage that is not aligned to its elements is copied, which is the rule
// in files from before PyTorch 1.6. Whether a tensor required a gradient is
// not kept.

#ifndef CULTUREMERT_MODELS_WEIGHTS_TORCH_FILE_H_
#define CULTUREMERT_MODELS_WEIGHTS_TORCH_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/pickle_document.h"
#include "models/weights/weights_file_kind.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct TorchFile {
  WeightsFileKind kind = WeightsFileKind::kTorchZip;
  // By flat names, as FlattenPickle makes them; a file that holds one tensor
  // and nothing else has it under "".
  NamedTensors tensors;
  std::map<std::string, std::vector<std::string>> string_lists;
  // All that the file holds besides the elements of the tensors.
  PickleDocument document;
};

// Maps the file and reads its structure; no code in it is executed. Errors:
// those of Files::Map, ParseTorchArchive and FlattenPickle.
absl::StatusOr<TorchFile> LoadTorchFile(Files& files, absl::string_view path);

// The tensors whose names begin with `path` and ".", without these; all of them
// for "". kNotFound, with the paths there are, where there is none.
absl::StatusOr<NamedTensors> TensorsBelow(const NamedTensors& tensors,
                                          absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_TORCH_FILE_H_
