// A probe in training: the small supervised head on frozen features, with its
// Adam moments. Free of LibTorch; everything runs on the calling thread.
//
//   ASSIGN_OR_RETURN(auto probe, Probe::Create(config, seed,
//   /*max_batch=*/64)); ASSIGN_OR_RETURN(const double loss, probe->Step(batch,
//   adam)); RETURN_IF_ERROR(probe->Logits(states, absl::MakeSpan(logits)));
//
// Dimensions: B examples, L = config.states, D = state_size, F =
// ProbeInputSize, H = hidden_size, K = tags. Arithmetic is float32. The bits
// depend on nothing but the arguments and the processor's instruction set
// (models/ops/vectorized.h): what runs on other threads makes no difference.

#ifndef CULTUREMERT_MODELS_PROBE_PROBE_H_
#define CULTUREMERT_MODELS_PROBE_PROBE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/encodec/aligned_floats.h"
#include "models/ops/dropout.h"
#include "models/probe/packed_linear.h"
#include "models/probe/probe_config.h"
#include "models/probe/tile_kernels.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// The coefficients of update number `update` (from 1) of torch.optim.Adam with
// its defaults, betas 0.9 and 0.999 and epsilon 1e-8, without weight decay.
probe_internal::AdamStep ProbeAdamStep(double learning_rate,
                                       std::int64_t update);

class Probe {
 public:
  // A tensor's elements by its name in ProbeTensors.
  using Parameters = std::map<std::string, std::vector<float>>;

  // A fresh probe, a pure function of `seed`: linear maps as torch.nn.Linear's
  // default, weights and biases uniform in +-1/sqrt(inputs); layer weights
  // standard normal, as MARBLE's. Takes batches of up to `max_batch` examples.
  // kInvalidArgument for a bad configuration or max_batch below 1,
  // kResourceExhausted where memory runs out.
  static absl::StatusOr<std::unique_ptr<Probe>> Create(
      const ProbeConfig& config, std::uint64_t seed, std::int64_t max_batch);

  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  const ProbeConfig& config() const { return config_; }

  struct Batch {
    // Of each example, [L, D] and [K] of 0 and 1. They must be that large.
    absl::Span<const float* const> states;
    absl::Span<const std::uint8_t* const> labels;
    // Unit h of example b is dropped, or scaled, as column h of row b by
    // models/ops/dropout.h.
    RandomStream dropout{0, 0};
  };

  // One update of all parameters by the gradient of the binary cross-entropy
  // with logits, the mean over examples and tags, which is returned.
  // kInvalidArgument unless 1 <= B <= max_batch and there are as many labels.
  absl::StatusOr<double> Step(const Batch& batch,
                              const probe_internal::AdamStep& adam);

  // Writes [B, K] without dropout, for any B.
  absl::Status Logits(absl::Span<const float* const> states,
                      absl::Span<float> logits);

  Parameters parameters() const;
  // kInvalidArgument for other names or sizes. Moments stay.
  absl::Status SetParameters(const Parameters& parameters);

  // The softmax of the layer weights, first_state first; empty unless the
  // input is a weighted sum.
  std::vector<double> LayerWeights() const;

 private:
  Probe(const ProbeConfig& config, std::int64_t max_batch);

  bool has_hidden() const { return config_.hidden_size > 0; }
  bool is_mixed() const { return config_.input == ProbeInput::kWeightedSum; }
  std::int64_t used_states() const {
    return config_.last_state - config_.first_state + 1;
  }
  void GatherInputs(absl::Span<const float* const> states);
  void Forward(std::int64_t padded_batch, const Dropout* dropout,
               std::int64_t batch);
  double LossGradient(const Batch& batch, std::int64_t padded_batch);
  void UpdateLayerWeights(absl::Span<const float* const> states,
                          std::int64_t padded_batch,
                          const probe_internal::AdamStep& adam);

  const ProbeConfig config_;
  const std::int64_t max_batch_;
  std::vector<float> layer_weights_;
  std::vector<float> layer_first_moments_;
  std::vector<float> layer_second_moments_;
  std::unique_ptr<probe_internal::PackedLinear> hidden_map_;  // Null: linear.
  std::unique_ptr<probe_internal::PackedLinear> output_map_;

  // Of the current batch; rows of padded width.
  std::vector<float> mix_;         // softmax(layer_weights_)
  AlignedFloats input_;            // [B, F]
  AlignedFloats input_gradient_;   // [B, F]
  AlignedFloats hidden_;           // [B, H], behind ReLU and dropout
  AlignedFloats hidden_gradient_;  // [B, H]
  AlignedFloats logits_;           // [B, K]
  AlignedFloats logits_gradient_;  // [B, K]
  AlignedFloats transposed_;       // of one of the above
  AlignedFloats transposed_too_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PROBE_PROBE_H_
