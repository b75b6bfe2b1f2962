// The weights of any model the suite knows, as the `weights` commands take
// them.

#ifndef CULTUREMERT_TOOLS_CULTUREMERT_WEIGHTS_MODEL_H_
#define CULTUREMERT_TOOLS_CULTUREMERT_WEIGHTS_MODEL_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct ModelWeights {
  std::string model;     // "MERT" or "EnCodec"
  std::string shape;     // one line: "12 layers of 768, ..."
  NamedTensors tensors;  // by the suite's names; read-only
  std::string dialect;   // whose names the file has
  std::string format;    // "safetensors", ...
  std::vector<std::string> paths;
  std::vector<std::string> ignored;
  std::vector<std::string> notes;
  // What a safetensors file of these tensors should say of itself.
  std::map<std::string, std::string> metadata;
};

// Told by the names of the tensors. kInvalidArgument for another model; other
// errors are those of LoadMertCheckpoint and LoadEncodecCheckpoint.
absl::StatusOr<ModelWeights> LoadModelWeights(Files& files,
                                              absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_CULTUREMERT_WEIGHTS_MODEL_H_
