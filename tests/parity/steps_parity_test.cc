// Ten updates by the pre-training objective, two batches accumulated in each,
// against PyTorch in float64: what a training loop has to do around the loss,
// and that nothing drifts.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/parity/parity_cases.h"
#include "tests/parity/parity_report.h"
#include "tests/parity/pretraining_case.h"

namespace culturemert {
namespace {

// Adam as fairseq's optim/adam.py writes it, without a thought for speed.
class PlainAdam {
 public:
  PlainAdam(const NamedTensors& parameters, const nlohmann::json& settings)
      : parameters_(parameters),
        learning_rate_(settings.at("learning_rate")),
        beta1_(settings.at("beta1")),
        beta2_(settings.at("beta2")),
        epsilon_(settings.at("epsilon")),
        weight_decay_(settings.at("weight_decay")) {
    for (const auto& [name, tensor] : parameters_) {
      first_[name] = at::zeros_like(tensor.detach());
      second_[name] = at::zeros_like(tensor.detach());
    }
  }

  void Update() {
    const at::NoGradGuard no_gradients;
    ++updates_;
    const double rate = learning_rate_ *
                        std::sqrt(1 - std::pow(beta2_, updates_)) /
                        (1 - std::pow(beta1_, updates_));
    for (auto& [name, tensor] : parameters_) {
      const at::Tensor& gradient = tensor.grad();
      at::Tensor& first = first_[name];
      at::Tensor& second = second_[name];
      first.mul_(beta1_).add_(gradient, 1 - beta1_);
      second.mul_(beta2_).addcmul_(gradient, gradient, 1 - beta2_);
      tensor.mul_(1 - learning_rate_ * weight_decay_);
      tensor.addcdiv_(first, second.sqrt().add_(epsilon_), -rate);
    }
  }

 private:
  NamedTensors parameters_;
  NamedTensors first_;
  NamedTensors second_;
  int updates_ = 0;
  const double learning_rate_;
  const double beta1_;
  const double beta2_;
  const double epsilon_;
  const double weight_decay_;
};

struct Inputs {
  at::Tensor audio;  // [clips, samples]
  at::Tensor masks;  // [updates, clips, T]
  at::Tensor codes;  // [K, clips, >= T]
  at::Tensor cqt;    // [clips, >= T, bins]
};

// Adds the gradients of all batches of one update; returns the loss' sums.
PretrainingSums Accumulate(const PretrainingCase& model, const Inputs& inputs,
                           std::int64_t update,
                           const std::vector<std::int64_t>& first_clips) {
  PretrainingSums sums;
  for (std::size_t batch = 0; batch < first_clips.size(); ++batch) {
    const std::int64_t first = first_clips[batch];
    const std::int64_t end = batch + 1 < first_clips.size()
                                 ? first_clips[batch + 1]
                                 : inputs.audio.size(0);
    PretrainingTargets targets;
    targets.mask = inputs.masks[update].slice(0, first, end);
    targets.codes = inputs.codes.slice(1, first, end);
    targets.cqt = inputs.cqt.slice(0, first, end);
    const PretrainingLoss loss =
        model.Loss(inputs.audio.slice(0, first, end), targets);
    loss.sum.backward();
    sums.Add(ReadSums(loss).value());
  }
  return sums;
}

// Divides the gradients, clips them, and returns their norm before clipping.
double DivideAndClip(const NamedTensors& parameters, double masked_frames,
                     double clip_norm) {
  double square = 0;
  for (const auto& [name, tensor] : parameters) {
    tensor.grad().div_(masked_frames);
    square += tensor.grad().to(at::kDouble).square().sum().item<double>();
  }
  const double norm = std::sqrt(square);
  for (const auto& [name, tensor] : parameters) {
    tensor.grad().mul_(std::min(1.0, clip_norm / (norm + 1e-6)));
  }
  return norm;
}

void FollowTheOriginal(c10::ScalarType dtype, const std::string& precision,
                       double loss_bar, double weights_bar) {
  const std::string folder = CaseFolder("steps");
  const nlohmann::json settings = ReadCase(folder);
  const nlohmann::json updates =
      ReadCaseFile(folder, "expected.json").at("updates");
  const PretrainingCase model(folder, dtype, /*special_rows=*/0,
                              /*keep_special_rows=*/false);
  const Inputs inputs = {
      ReadNpy(folder + "/audio.npy"), ReadNpy(folder + "/masks.npy"),
      ReadNpy(folder + "/codes.npy"), ReadNpy(folder + "/cqt.npy")};
  PlainAdam adam(model.parameters(), settings);
  ASSERT_EQ(updates.size(), 10u);

  for (std::size_t update = 0; update < updates.size(); ++update) {
    for (const auto& [name, tensor] : model.parameters()) {
      if (tensor.grad().defined()) tensor.grad().zero_();
    }
    const nlohmann::json& expected = updates[update];
    const PretrainingSums sums =
        Accumulate(model, inputs, static_cast<std::int64_t>(update),
                   settings.at("first_clip_of_batch"));
    ASSERT_EQ(sums.masked_frames, expected.at("masked_frames"));
    const auto report = [&](const std::string& what, double actual) {
      const double value = expected.at(what);
      ReportParity("steps", precision + "." + what,
                   std::abs(actual - value) / value, loss_bar);
    };
    report("loss", sums.loss / sums.masked_frames);
    report("feature_penalty", sums.feature_penalty / sums.masked_frames);
    report("cqt_error", sums.cqt_error / sums.masked_frames);
    report("gradient_norm",
           DivideAndClip(model.parameters(), sums.masked_frames,
                         settings.at("clip_norm")));
    adam.Update();
  }

  double worst = 0;
  for (const auto& [name, theirs] :
       ReadSafetensors(folder + "/final.safetensors")) {
    // A key's bias moves all scores of a query alike: its gradient is rounding,
    // which Adam makes a step of.
    if (absl::EndsWith(name, "k_proj.bias")) continue;
    const at::Tensor ours = model.parameters().at(name).detach();
    const at::Tensor expected = theirs.to(at::kDouble);
    worst = std::max(
        worst, ((ours.to(at::kDouble) - expected).norm() / expected.norm())
                   .item<double>());
  }
  ReportParity("steps", precision + ".final_weights_of_any_tensor", worst,
               weights_bar);
}

TEST(StepsParityTest, TenUpdatesInDoubleAreTheOriginals) {
  FollowTheOriginal(at::kDouble, "float64", 1e-9, 1e-6);
}

TEST(StepsParityTest, TenUpdatesInSinglePrecisionStayWithTheOriginal) {
  FollowTheOriginal(at::kFloat, "float32", 1e-5, 1e-5);
}

}  // namespace
}  // namespace culturemert
