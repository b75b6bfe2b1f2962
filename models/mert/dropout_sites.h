// Where pre-training drops out, as fairseq's wav2vec2.py and MERT's
// mert_model.py do, and the random stream of each place.

#ifndef CULTUREMERT_MODELS_MERT_DROPOUT_SITES_H_
#define CULTUREMERT_MODELS_MERT_DROPOUT_SITES_H_

#include <cstdint>
#include <vector>

#include "models/mert/mert_config.h"
#include "models/ops/dropout.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

enum class DropoutSite {
  kInput,            // projected features, [T, D]
  kEntry,            // what the first layer gets, [T, D]
  kAttention,        // attention weights, [H * T, T]
  kAttentionOutput,  // before the residual sum, [T, D]
  kActivation,       // behind the feed-forward part's GELU, [T, F]
  kFeedForward,      // before the residual sum, [T, D]
};

class DropoutPlan {
 public:
  // One stream a clip; without streams nothing is dropped.
  DropoutPlan(const MertConfig& config, std::vector<RandomStream> clips,
              const RandomStream& step);
  // Drops nothing.
  static DropoutPlan None(const MertConfig& config);

  // `layer` is 0 for the places before the layers. Empty (drops() is false) if
  // the place's rate is 0.
  BatchDropout At(DropoutSite site, std::int64_t layer,
                  std::int64_t rows_per_clip) const;

  // Layer drop: whether this step leaves the layer out.
  bool SkipsLayer(std::int64_t layer) const;

 private:
  double Rate(DropoutSite site) const;

  MertConfig config_;
  std::vector<RandomStream> clips_;
  RandomStream step_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_DROPOUT_SITES_H_
