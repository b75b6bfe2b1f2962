// What a fairseq checkpoint tells of its model beside the tensors. Free of
// LibTorch.

#ifndef CULTUREMERT_MODELS_WEIGHTS_FAIRSEQ_SETTINGS_H_
#define CULTUREMERT_MODELS_WEIGHTS_FAIRSEQ_SETTINGS_H_

#include <cstdint>
#include <optional>

#include "models/weights/pickle_document.h"

namespace culturemert {

// Each as mert_model.py and mert_pretraining.py name it; absent where the
// checkpoint does not say.
struct FairseqSettings {
  std::optional<bool> layer_norm_first;
  std::optional<bool> deepnorm;
  std::optional<std::int64_t> encoder_attention_heads;
  std::optional<std::int64_t> sample_rate;
};

// Looks where fairseq's trainer puts them: in the dictionary's "cfg", under
// "model" and "task" (dictionaries, or OmegaConf's DictConfig), or in the
// Namespace "args" of versions before 0.10. Values of other types count as
// absent.
FairseqSettings FindFairseqSettings(const PickleDocument& document);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_FAIRSEQ_SETTINGS_H_
