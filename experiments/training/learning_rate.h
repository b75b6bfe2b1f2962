// How the learning rate goes over a stage: up to its peak, then down.
//
// Continual pre-training re-warms and re-decays the rate in every stage
// (CultureMERT's card and abstract; Gupta et al. 2023, "Continual pre-training
// of large language models: how to (re)warm your model?"). All lengths are
// fractions of the stage, so that a run of fifty updates has the shape of one
// of fifty thousand.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_LEARNING_RATE_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_LEARNING_RATE_H_

#include <cstdint>

#include "tools/base/config/schema.h"

namespace culturemert {

enum class LearningRateDecay { kLinear, kCosine, kConstant };

inline ConfigNames<LearningRateDecay> ConfigNamesOf(LearningRateDecay) {
  return {{LearningRateDecay::kLinear, "linear"},
          {LearningRateDecay::kCosine, "cosine"},
          {LearningRateDecay::kConstant, "constant"}};
}

struct LearningRateConfig {
  double peak = 1e-4;
  double warm_up_fraction = 0.1;
  LearningRateDecay decay = LearningRateDecay::kLinear;
  double final_fraction = 0;

  static void Describe(ConfigSchema<LearningRateConfig>& schema) {
    schema.Struct("LearningRateConfig",
                  "How the learning rate goes over a stage.");
    schema
        .Field("peak", &LearningRateConfig::peak,
               "The highest rate, reached at the end of the warm-up.")
        .Above(0)
        .AtMost(1);
    schema
        .Field("warm_up_fraction", &LearningRateConfig::warm_up_fraction,
               "The part of the stage's updates over which the rate rises "
               "linearly from 0.")
        .AtLeast(0)
        .AtMost(1);
    schema.Field("decay", &LearningRateConfig::decay,
                 "How the rate falls over the rest of the stage.");
    schema
        .Field("final_fraction", &LearningRateConfig::final_fraction,
               "What the rate has fallen to at the stage's end, as a part of "
               "the peak.")
        .AtLeast(0)
        .AtMost(1);
  }
};

// The rate of update number `update` of a stage, 0 <= update < updates.
//
// With W = round(warm_up_fraction * updates), u = update, U = updates:
//   u < W   peak * (u + 1) / (W + 1)
//   u >= W  peak * (f + (1 - f) * d((u - W) / (U - W)))
// where f = final_fraction, and d(x) is 1 - x (linear), (1 + cos(pi x)) / 2
// (cosine) or 1 (constant). fairseq's polynomial_decay, with which MERT was
// trained, is the same but that its first update has the rate 0; in a short
// stage an update is too dear for that.
double LearningRate(const LearningRateConfig& config, std::int64_t update,
                    std::int64_t updates);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_LEARNING_RATE_H_
