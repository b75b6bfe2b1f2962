// Weights as others publish them, whatever the format they chose.
//
//   ASSIGN_OR_RETURN(const WeightsFile file,
//                    LoadWeightsFile(Files::Real(), "model.safetensors"));
//   const at::Tensor& bias = file.tensors.at("encoder.layer_norm.bias");
//
// Formats, told by the content and never by the name: safetensors
// (safetensors.h), and what torch.save writes, as a zip archive or the way
// before PyTorch 1.6 (torch_file.h). No code of a file is ever executed.

#ifndef CULTUREMERT_MODELS_WEIGHTS_WEIGHTS_FILE_H_
#define CULTUREMERT_MODELS_WEIGHTS_WEIGHTS_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/weights_file_kind.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Dictionaries and lists of the file inside one another are flattened: their
// keys and indices are joined by ".", as in "model.encoder.layer_norm.weight"
// and "task_state.dictionaries.0.symbols".
struct WeightsFile {
  WeightsFileKind kind = WeightsFileKind::kSafetensors;
  // Read-only: most tensors lie in the mapped file, which they keep mapped, and
  // writing into one in place ends the program. Clone those to be changed. None
  // may outlive the Files it came from.
  NamedTensors tensors;
  // The `__metadata__` of a safetensors file; a torch file has none.
  std::map<std::string, std::string> metadata;
  // Lists, tuples and sets of nothing but strings, as a dictionary's symbols.
  std::map<std::string, std::vector<std::string>> string_lists;
  // Classes whose objects were kept closed, sorted: "argparse.Namespace".
  std::vector<std::string> opaque;
};

// Maps the file and reads its structure; tensors are paged in when used. Later
// changes of the file show in them, and cutting it short ends the program.
// Errors: those of Files::Map, SniffWeightsFile, LoadSafetensors and
// LoadTorchFile; kInvalidArgument where two tensors get one flattened name.
absl::StatusOr<WeightsFile> LoadWeightsFile(Files& files,
                                            absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_WEIGHTS_FILE_H_
