#include "models/pretraining/pretraining_head_tensors.h"

#include <cstdint>

namespace culturemert {

std::vector<TensorSpec> PretrainingHeadTensors(const MertConfig& config) {
  const std::int64_t projected = config.codebooks * config.head_size;
  return {
      {"encoder_cqt_model.fc.bias", {config.cqt_bins}},
      {"encoder_cqt_model.fc.weight", {config.cqt_bins, config.hidden_size}},
      {"final_proj.bias", {projected}},
      {"final_proj.weight", {projected, config.hidden_size}},
      {"label_embs_concat",
       {config.codebooks * config.codes, config.head_size}},
  };
}

}  // namespace culturemert
