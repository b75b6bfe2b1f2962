// Probes of several seeds trained side by side on the same frozen features.
//
//   ASSIGN_OR_RETURN(auto probes, PlainProbe::Create(config, {3, 4, 7, 13,
//   21})); ASSIGN_OR_RETURN(const PlainProbe::Step step,
//   probes->LossAndGradients(batch)); ASSIGN_OR_RETURN(const at::Tensor logits,
//   probes->Logits(features));
//
// Dimensions: S seeds, B examples, L = states, D = state_size, F =
// ProbeInputSize, H = hidden_size, K = tags. All on the CPU, in one of float32
// and float64.
//
// What a seed's probe computes does not depend on which others are beside it,
// bit by bit: they share the features and the calls, no arithmetic. Bits may
// depend on the number of threads, as matrix products of LibTorch do.

#ifndef CULTUREMERT_TESTS_MODELS_PROBE_PLAIN_PROBE_H_
#define CULTUREMERT_TESTS_MODELS_PROBE_PLAIN_PROBE_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/probe/probe_config.h"
#include "models/tensors/named_tensors.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

class PlainProbe {
 public:
  // Fresh probes, each a pure function of its seed: linear maps as
  // torch.nn.Linear's default, weights and biases uniform in +-1/sqrt(inputs);
  // layer weights standard normal. kInvalidArgument for a bad configuration, no
  // seeds, or another type than kFloat and kDouble.
  static absl::StatusOr<std::unique_ptr<PlainProbe>> Create(
      const ProbeConfig& config, absl::Span<const std::uint64_t> seeds,
      at::ScalarType type = at::kFloat);

  PlainProbe(const PlainProbe&) = delete;
  PlainProbe& operator=(const PlainProbe&) = delete;

  const ProbeConfig& config() const { return config_; }

  // Those of ProbeTensors, each with S in front: "hidden.weight" is [S, H, F].
  // What an optimiser writes into them is what the next call computes with.
  const NamedTensors& parameters() const { return parameters_; }

  // [S, B, K], without dropout. `features` are [B, L, D], for all seeds, or
  // [S, B, L, D], of the probes' type. kInvalidArgument for others.
  absl::StatusOr<at::Tensor> Logits(const at::Tensor& features) const;

  struct Batch {
    at::Tensor features;  // [B, L, D] or [S, B, L, D], the probes' type
    at::Tensor labels;    // [B, K] or [S, B, K], the same type, 0 to 1
    // One for each seed: unit h of example b is dropped, or scaled, as column h
    // of row b by models/ops/dropout.h. Empty: nothing is dropped.
    std::vector<RandomStream> dropout_streams;
  };
  struct Step {
    // [S]: binary cross-entropy with logits, the mean over examples and tags.
    at::Tensor losses;
    // Of each seed's loss by its parameters; names and shapes as parameters().
    NamedTensors gradients;
  };

  // kInvalidArgument for a batch of another shape or type, or without examples.
  absl::StatusOr<Step> LossAndGradients(const Batch& batch) const;

 private:
  PlainProbe(const ProbeConfig& config, NamedTensors parameters,
             std::int64_t seeds);

  absl::Status CheckFeatures(const at::Tensor& features) const;
  absl::Status CheckBatch(const Batch& batch) const;

  const ProbeConfig config_;
  const NamedTensors parameters_;
  const std::int64_t seeds_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_MODELS_PROBE_PLAIN_PROBE_H_
