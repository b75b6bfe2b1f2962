// MERT's shape as a Hugging Face config.json states it. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_WEIGHTS_MERT_CONFIG_JSON_H_
#define CULTUREMERT_MODELS_WEIGHTS_MERT_CONFIG_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/mert/mert_config.h"

namespace culturemert {

// The key under which PrintMertConfigJson keeps what transformers has no place
// for: the whole MertConfig.
inline constexpr char kMertConfigKey[] = "culturemert_config";

// Whether `text` is a JSON object whose "model_type" is a HuBERT's or a MERT's
// ("hubert", "mert_model", "music_hubert"), so that ParseMertConfigJson may
// read it. False for what is no JSON.
bool IsMertConfigJson(absl::string_view text);

// The shape in a config.json, called `source` in errors. Keys that are absent
// have transformers' defaults for HuBERT. Dropouts, layer drop and the heads'
// sizes are not read, as those of the published files are meant for fine-tuning
// or missing: they stay MertConfig's defaults, unless PrintMertConfigJson has
// written the file.
//
// kInvalidArgument, naming all keys at fault: no JSON; values of the wrong type
// or out of range; and what these models do not have, among it another sample
// rate than 24 kHz, other convolutions, convolutions with bias or layer norm,
// CQT input features, DeepNorm, another activation than GELU.
absl::StatusOr<MertConfig> ParseMertConfigJson(absl::string_view text,
                                               absl::string_view source);

// A config.json with which transformers' HubertModel and AutoModel open the
// encoder, and ParseMertConfigJson gives back `config`.
absl::StatusOr<std::string> PrintMertConfigJson(const MertConfig& config);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_MERT_CONFIG_JSON_H_
