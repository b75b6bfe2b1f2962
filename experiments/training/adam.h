// The optimiser of MERT's pre-training: fairseq's Adam with decoupled weight
// decay, over all tensors at once, and the norm that gradients are clipped by.
//
//   Adam adam(config, parameters);
//   // backward ...
//   ASSIGN_OR_RETURN(const double norm, GradientNorm(parameters, scale));
//   RETURN_IF_ERROR(adam.Update(rate, scale * ClipFactor(norm, 10)));

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_ADAM_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_ADAM_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/config/schema.h"

namespace culturemert {

// Defaults: MERT_RVQ-VAE_CQT_95M.yaml of yizhilll/MERT.
struct AdamConfig {
  double beta1 = 0.9;
  double beta2 = 0.98;
  double epsilon = 1e-6;
  double weight_decay = 0.01;

  static void Describe(ConfigSchema<AdamConfig>& schema) {
    schema.Struct("AdamConfig", "The optimiser, as fairseq's Adam.");
    schema
        .Field("beta1", &AdamConfig::beta1,
               "Decay of the gradients' running mean.")
        .AtLeast(0)
        .Below(1);
    schema
        .Field("beta2", &AdamConfig::beta2,
               "Decay of the squared gradients' running mean.")
        .AtLeast(0)
        .Below(1);
    schema
        .Field("epsilon", &AdamConfig::epsilon,
               "Added to the root of the squared gradients' mean.")
        .Above(0);
    schema
        .Field("weight_decay", &AdamConfig::weight_decay,
               "Part of every parameter taken away in an update, times the "
               "learning rate.")
        .AtLeast(0);
  }
};

// The L2 norm of all gradients of `parameters` together, each times `scale`;
// parameters without a gradient count as 0. Summed in double precision in a
// fixed order on a CPU: the same bits for any number of threads. Shapes do not
// matter; all on one device. kInternal with LibTorch's message if it fails.
absl::StatusOr<double> GradientNorm(const NamedTensors& parameters,
                                    double scale);

// What gradients of norm `norm` are multiplied with to be no longer than
// `max_norm`: fairseq's clip_grad_norm_, min(1, max_norm / (norm + 1e-6)).
// A max_norm of 0 does not clip.
double ClipFactor(double norm, double max_norm);

// fairseq/optim/adam.py. For parameter p, gradient g (times a scale), update
// t = 1, 2, ...:
//   m = beta1 m + (1 - beta1) g
//   v = beta2 v + (1 - beta2) g^2
//   p = p - rate * weight_decay * p
//   p = p - rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
// Unlike torch.optim.AdamW, epsilon is added before the correction of the bias.
class Adam {
 public:
  // Moments are zero. `parameters` share their storage with the model;
  // contiguous, of float32 or float64 on a CPU. Those without a gradient at an
  // update are left alone, decay included.
  Adam(const AdamConfig& config, NamedTensors parameters);

  // One update with the gradients that the parameters hold, each times
  // `gradient_scale`. One pass over memory on a CPU.
  absl::Status Update(double learning_rate, double gradient_scale);

  // How many updates there were: t.
  std::int64_t updates() const { return updates_; }

  // Named as the parameters; share their storage with the optimiser.
  const NamedTensors& first_moments() const { return first_moments_; }
  const NamedTensors& second_moments() const { return second_moments_; }

  // Goes on from a checkpoint: copies the moments. kInvalidArgument, and
  // nothing is changed, unless they are named and shaped as the parameters.
  absl::Status Restore(std::int64_t updates, const NamedTensors& first_moments,
                       const NamedTensors& second_moments);

 private:
  const AdamConfig config_;
  const NamedTensors parameters_;
  NamedTensors first_moments_;
  NamedTensors second_moments_;
  std::int64_t updates_ = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_ADAM_H_
