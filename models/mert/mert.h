// MERT's encoder: audio in, one vector per frame and layer out.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<Mert> mert,
//                    Mert::Create(config, std::move(weights)));
//   ASSIGN_OR_RETURN(const at::Tensor states, mert->HiddenStates(audio));
//
// The architecture is HuBERT's (Hsu et al., 2021) as fairseq's wav2vec2.py and
// transformers' modeling_hubert.py define it; models/mert/README.md lists what
// is easily taken for something else. Dimensions: B clips, T frames
// (MertFrames), D = hidden_size, C = conv_channels.

#ifndef CULTUREMERT_MODELS_MERT_MERT_H_
#define CULTUREMERT_MODELS_MERT_MERT_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/mert/dropout_sites.h"
#include "models/mert/encoder.h"
#include "models/mert/mert_config.h"
#include "models/mert/mert_training.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

class Mert {
 public:
  // `encoder_weights` are those of MertEncoderTensors, of one floating-point
  // type on one device; their storage is shared (but for those that are
  // not contiguous), so that what an optimiser writes into them is what the
  // next call computes with. kInvalidArgument for
  // a bad configuration or tensors that do not fit it.
  static absl::StatusOr<std::unique_ptr<Mert>> Create(
      const MertConfig& config, NamedTensors encoder_weights);

  // Fresh float32 weights on the CPU, initialised as fairseq does: the
  // convolutions Kaiming-normal, the positional one with deviation
  // sqrt(4 / (kernel * D)), the transformer's linear maps with 0.02, the
  // projection uniform in +-1/sqrt(C), the mask token uniform in [0, 1). A pure
  // function of `seed`.
  static absl::StatusOr<std::unique_ptr<Mert>> CreateRandom(
      const MertConfig& config, std::uint64_t seed);

  ~Mert();
  Mert(const Mert&) = delete;
  Mert& operator=(const Mert&) = delete;

  const MertConfig& config() const { return config_; }

  // By the names of MertEncoderTensors. Setting requires_grad on them is what
  // makes them trainable; those without it cost no gradient.
  const NamedTensors& parameters() const { return parameters_; }

  // Replaces the parameters by copies on `device` in `dtype` (kFloat, kDouble
  // or kBFloat16); they share storage with the old ones where nothing changes,
  // and none requires grad.
  // With kBFloat16 norms, softmax and the sums of residuals are still float32,
  // and so are the hidden states.
  absl::Status To(c10::Device device, c10::ScalarType dtype);

  // All hidden states, [layers + 1, B, T, D]: the input of the first layer,
  // then the output of each; with NormPlacement::kPre the last one is behind
  // the final norm (as transformers' hidden_states). `audio` is [B, samples] at
  // 24 kHz, floating point of any type and on any device; it is not normalised
  // here (NormalizeUtterances). The result has the parameters' type and device.
  // No gradients. Clips of one batch do not influence each other.
  // kInvalidArgument: another shape, no clips, fewer than kMertMinSamples.
  absl::StatusOr<at::Tensor> HiddenStates(const at::Tensor& audio) const;

  // The means of the hidden states over time, [layers + 1, B, D], without
  // keeping the states: what probing uses.
  absl::StatusOr<at::Tensor> HiddenStateMeans(const at::Tensor& audio) const;

  // The means, and behind them the population standard deviations over time,
  // [layers + 1, B, 2 * D].
  absl::StatusOr<at::Tensor> HiddenStateMeansAndDeviations(
      const at::Tensor& audio) const;

  using TrainingInput = MertTrainingInput;
  using TrainingOutput = MertTrainingOutput;

  // Differentiable in the parameters that require grad. `training` turns
  // dropout and layer drop on. Errors as HiddenStates, and kInvalidArgument for
  // a mask or streams that do not fit.
  absl::StatusOr<TrainingOutput> Forward(const TrainingInput& input,
                                         bool training) const;

 private:
  Mert(const MertConfig& config, NamedTensors parameters);

  absl::StatusOr<at::Tensor> PrepareAudio(const at::Tensor& audio) const;
  // What `pool` makes of each state, [B, T, D] to [B, columns], without keeping
  // the states: [layers + 1, B, columns].
  absl::StatusOr<at::Tensor> Pooled(
      const at::Tensor& audio,
      const std::function<at::Tensor(const at::Tensor& state)>& pool) const;
  MertTrainingOutput Run(const at::Tensor& audio, const at::Tensor& mask,
                         const DropoutPlan& dropout,
                         const HiddenStateSink& sink) const;

  const MertConfig config_;
  NamedTensors parameters_;
};

// Each row of `audio`, [B, samples], as (x - mean) / sqrt(variance + 1e-7) with
// the population variance: the zero-mean unit-variance normalisation of
// transformers' Wav2Vec2FeatureExtractor, which MERT's feature extraction
// (not its pre-training) applies.
absl::StatusOr<at::Tensor> NormalizeUtterances(const at::Tensor& audio);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_MERT_H_
