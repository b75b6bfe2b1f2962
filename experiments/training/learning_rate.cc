#include "experiments/training/learning_rate.h"

#include <cmath>
#include <cstdint>

namespace culturemert {
namespace {

constexpr double kPi = 3.14159265358979323846;

// From 1 at x = 0 to 0 at x = 1.
double Decay(LearningRateDecay decay, double x) {
  switch (decay) {
    case LearningRateDecay::kLinear:
      return 1 - x;
    case LearningRateDecay::kCosine:
      return (1 + std::cos(kPi * x)) / 2;
    case LearningRateDecay::kConstant:
      return 1;
  }
  return 1;
}

}  // namespace

double LearningRate(const LearningRateConfig& config, std::int64_t update,
                    std::int64_t updates) {
  const std::int64_t warm_up =
      std::llround(config.warm_up_fraction * static_cast<double>(updates));
  if (update < warm_up) {
    return config.peak * static_cast<double>(update + 1) /
           static_cast<double>(warm_up + 1);
  }
  const double x = static_cast<double>(update - warm_up) /
                   static_cast<double>(updates - warm_up);
  return config.peak * (config.final_fraction +
                        (1 - config.final_fraction) * Decay(config.decay, x));
}

}  // namespace culturemert
