// The weights of EnCodec's encoder and quantiser, whoever published them.

#ifndef CULTUREMERT_MODELS_WEIGHTS_ENCODEC_WEIGHTS_H_
#define CULTUREMERT_MODELS_WEIGHTS_ENCODEC_WEIGHTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/encodec/encodec_config.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct EncodecCheckpoint {
  EncodecConfig config;  // by the tensors' shapes
  // Exactly EncodecTensors(config), float32 on the CPU. Read-only: they may lie
  // in the mapped file, and writing into them ends the program.
  NamedTensors tensors;
  std::string dialect;               // of EncodecDialects()
  std::string format;                // "safetensors", ...
  std::vector<std::string> paths;    // of the files read
  std::vector<std::string> ignored;  // tensors knowingly left out, sorted
  std::vector<std::string> notes;    // what else a reader should know
};

// Reads a file (the encodec package's encodec_24khz-d7cc33bc.th, a
// model.safetensors), or a folder as hubs serve it (checkpoint_source.h). Where
// a config.json of an EnCodec is there it has to describe the model this suite
// has: 24 kHz, one channel, causal convolutions with weight norm, reflecting
// pads, no normalisation of loudness.
//
// Errors name the path: those of ReadCheckpointSource, RenameTensors and
// CheckEncodecConfig; kInvalidArgument listing the tensors that are missing,
// unexpected or of another shape, or the keys of config.json at fault.
absl::StatusOr<EncodecCheckpoint> LoadEncodecCheckpoint(Files& files,
                                                        absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_ENCODEC_WEIGHTS_H_
