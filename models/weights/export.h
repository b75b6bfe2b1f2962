// A trained encoder as a folder that the transformers library opens
// (HubertModel.from_pretrained, AutoModel.from_pretrained), and that
// LoadMertCheckpoint reads back bit for bit. transformers knows no model with
// FrontEnd::kSpectrogram: config.json names another type then, and it says so.

#ifndef CULTUREMERT_MODELS_WEIGHTS_EXPORT_H_
#define CULTUREMERT_MODELS_WEIGHTS_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/mert/mert_config.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/files/files.h"

namespace culturemert {

// What audio a model was trained on.
enum class HeardAudio { kUnknown, kRecordings, kRendered, kNone };

// What the model card (README.md) tells. Texts are single lines of UTF-8.
struct ModelProvenance {
  std::string name;        // "CultureMERT-95M, reproduced"; not empty
  std::string base_model;  // "m-a-p/MERT-v1-95M"; empty: trained from scratch
  std::string method;      // "two-stage continual pre-training"
  std::string data;        // "Lyra 50 h, ..."
  HeardAudio audio = HeardAudio::kRecordings;
  std::string record_hash;  // of the record of the run; may be empty
  // Weights derived from MERT's stay under cc-by-nc-4.0, which this is if it
  // is empty and there is a base model; else it is left out.
  std::string license;
};

// Writes into `folder`, which is made if missing:
//   model.safetensors              the encoder, float32
//   pretraining_heads.safetensors  the heads, unless `heads` is empty; then
//                                  one of an earlier export is removed
//   preprocessor_config.json       how transformers prepares audio
//   config.json                    the configuration, for both readers
//   README.md                      the model card
// Each file is replaced whole. `encoder` and `heads` are those of
// MertEncoderTensors and PretrainingHeadTensors of `config`, of any
// floating-point type and device. kInvalidArgument for others, a bad
// configuration, and provenance without a name or with control characters.
absl::Status ExportMert(Files& files, absl::string_view folder,
                        const MertConfig& config, const NamedTensors& encoder,
                        const NamedTensors& heads,
                        const ModelProvenance& provenance);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_EXPORT_H_
