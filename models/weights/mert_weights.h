// MERT's weights, whoever published them.
//
//   ASSIGN_OR_RETURN(MertCheckpoint checkpoint,
//                    LoadMertCheckpoint(Files::Real(), "MERT-v1-95M"));
//   ASSIGN_OR_RETURN(auto mert, Mert::Create(checkpoint.config,
//                                            std::move(checkpoint.encoder)));
//
// The same model gives the same bits from a Hugging Face folder (safetensors or
// pytorch_model.bin, weight norm spelled either way), from a fairseq checkpoint
// and from what export.h writes.

#ifndef CULTUREMERT_MODELS_WEIGHTS_MERT_WEIGHTS_H_
#define CULTUREMERT_MODELS_WEIGHTS_MERT_WEIGHTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/files/files.h"

namespace culturemert {

// In an exported folder, the file of the heads' tensors.
inline constexpr char kHeadsFileName[] = "pretraining_heads.safetensors";

struct MertCheckpoint {
  MertConfig config;
  // Exactly MertEncoderTensors(config), float32 on the CPU. Read-only: they may
  // lie in the mapped file, and writing into them ends the program. Clone them
  // to train.
  NamedTensors encoder;
  // Exactly PretrainingHeadTensors(config), or empty where the checkpoint has
  // none, as the published Hugging Face ones. Read-only too.
  NamedTensors heads;
  std::string dialect;               // of MertDialects()
  std::string format;                // "safetensors", ...
  std::vector<std::string> paths;    // of the files read
  std::vector<std::string> ignored;  // tensors knowingly left out, sorted
  // What a reader should know and the tensors do not show, a sentence each:
  // where the configuration is from, how label rows were ordered.
  std::vector<std::string> notes;
};

// Reads a file, or a folder as hubs serve it (checkpoint_source.h).
//
// The configuration is from config.json, of the folder or beside the file,
// where that is a HuBERT's or MERT's; else from what the file itself states (an
// export's metadata, a fairseq checkpoint's `cfg`); else from the tensors'
// shapes, with hidden_size / 64 attention heads and norms behind the residual
// sums. The shapes have to agree with it. Tensors of another floating-point
// type become float32.
//
// Errors name the path: those of ReadCheckpointSource, RenameTensors,
// ParseMertConfigJson and FindLabelRows; kInvalidArgument listing the tensors
// that are missing, unexpected or of another shape. Heads have to be complete
// or absent. Nothing is made up.
absl::StatusOr<MertCheckpoint> LoadMertCheckpoint(Files& files,
                                                  absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_MERT_WEIGHTS_H_
