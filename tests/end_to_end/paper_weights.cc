#include "tests/end_to_end/paper_weights.h"

#include <memory>

#include "models/encodec/encodec_config.h"
#include "models/mert/mert.h"
#include "models/mert/mert_config.h"
#include "models/pretraining/pretraining_heads.h"
#include "models/tensors/named_tensors.h"
#include "models/weights/export.h"
#include "models/weights/safetensors.h"
#include "tests/models/encodec/random_encodec.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::Status WriteRandomMert95M(Files& files, absl::string_view folder,
                                bool has_heads) {
  ASSIGN_OR_RETURN(const MertConfig shape, MertPreset("mert_95m"));
  ASSIGN_OR_RETURN(const std::unique_ptr<Mert> mert,
                   Mert::CreateRandom(shape, 1));
  NamedTensors heads;
  if (has_heads) {
    ASSIGN_OR_RETURN(const std::unique_ptr<PretrainingHeads> random,
                     PretrainingHeads::CreateRandom(shape, 2));
    heads = random->parameters();
  }
  ModelProvenance provenance;
  provenance.name = "random weights";
  return ExportMert(files, folder, shape, mert->parameters(), heads,
                    provenance);
}

absl::Status WriteRandomEncodec24kHz(Files& files, absl::string_view folder) {
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  RETURN_IF_ERROR(files.WriteAtomically(
      JoinPath(folder, "config.json"),
      R"({"model_type": "encodec", "sampling_rate": 24000})"));
  return WriteSafetensors(files, JoinPath(folder, "model.safetensors"),
                          RandomEncodecTensors(EncodecConfig(), 1));
}

}  // namespace culturemert
