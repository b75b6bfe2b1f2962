// The fast encoder against the plain one, value by value and gradient by
// gradient, in float64.

#include "models/mert/fast_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "models/mert/encoder.h"
#include "models/mert/mert.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSamples = 7013;  // Some rows are left over by strides.
constexpr std::int64_t kClips = 3;

at::Tensor Noise(at::IntArrayRef shape, std::uint64_t seed) {
  at::Tensor noise = at::empty(shape, at::kFloat);
  RandomStream(seed, 0).FillNormal(
      absl::MakeSpan(noise.data_ptr<float>(), noise.numel()), 0);
  return noise.to(at::kDouble);
}

class FastPartsTest : public testing::TestWithParam<NormPlacement> {
 protected:
  void SetUp() override {
    config_ = *MertPreset("tiny");
    config_.norm_placement = GetParam();
    config_.activation_dropout = 0.1;
    config_.layer_drop = 0.3;
    mert_ = *Mert::CreateRandom(config_, 3);
    ASSERT_THAT(mert_->To(at::kCPU, at::kDouble), IsOk());
    // Weights under which every tensor matters.
    const at::NoGradGuard no_gradients;
    std::uint64_t seed = 100;
    for (const auto& [name, tensor] : mert_->parameters()) {
      tensor.add_(Noise(tensor.sizes(), seed++), tensor.dim() > 1 ? 0.1 : 0.3);
    }
    audio_ = Noise({kClips, kSamples}, 1).mul_(0.1).add_(0.2);
    mask_ = Noise({kClips, MertFrames(kSamples)}, 2).gt(0.3);
    for (std::int64_t i = 0; i < kClips; ++i) streams_.emplace_back(7, i);
  }

  MertTrainingOutput Run(bool fast, const DropoutPlan& dropout) const {
    return Encode(config_, mert_->parameters(), audio_, mask_, dropout,
                  fast ? FastParts(config_, mert_->parameters(), dropout)
                       : EncoderParts(),
                  {});
  }

  // The gradients of a loss that every output matters to.
  NamedTensors Gradients(bool fast, const DropoutPlan& dropout) const {
    for (const auto& [name, tensor] : mert_->parameters()) {
      tensor.set_requires_grad(true);
      tensor.mutable_grad() = at::Tensor();
    }
    const MertTrainingOutput output = Run(fast, dropout);
    const at::Tensor weights = Noise(output.last_hidden.sizes(), 4);
    ((output.last_hidden * weights).sum() + output.feature_penalty * 10)
        .backward();
    NamedTensors gradients;
    for (const auto& [name, tensor] : mert_->parameters()) {
      gradients[name] = tensor.grad();
    }
    return gradients;
  }

  // A step that skips the second of the three layers alone.
  DropoutPlan Training() const {
    for (std::uint64_t step = 0;; ++step) {
      const DropoutPlan plan(config_, streams_, RandomStream(8, step));
      if (!plan.SkipsLayer(0) && plan.SkipsLayer(1) && !plan.SkipsLayer(2)) {
        return plan;
      }
    }
  }

  MertConfig config_;
  std::unique_ptr<Mert> mert_;
  at::Tensor audio_;
  at::Tensor mask_;
  std::vector<RandomStream> streams_;
};

INSTANTIATE_TEST_SUITE_P(NormPlacements, FastPartsTest,
                         testing::Values(NormPlacement::kPost,
                                         NormPlacement::kPre));

double RelativeError(const at::Tensor& found, const at::Tensor& expected) {
  return ((found - expected).norm() / expected.norm()).item<double>();
}

TEST_P(FastPartsTest, OutputsAreThoseOfPlainOperations) {
  for (const DropoutPlan& dropout : {DropoutPlan::None(config_), Training()}) {
    const MertTrainingOutput plain = Run(false, dropout);
    const MertTrainingOutput fast = Run(true, dropout);
    EXPECT_LT(RelativeError(fast.last_hidden, plain.last_hidden), 1e-10);
    EXPECT_LT(RelativeError(fast.feature_penalty, plain.feature_penalty),
              1e-10);
  }
}

TEST_P(FastPartsTest, OutputsWithoutAGraphAreThoseOfPlainOperations) {
  const at::NoGradGuard no_gradients;
  const DropoutPlan dropout = DropoutPlan::None(config_);
  EXPECT_LT(RelativeError(Run(true, dropout).last_hidden,
                          Run(false, dropout).last_hidden),
            1e-10);
}

TEST_P(FastPartsTest, EveryGradientIsThatOfPlainOperations) {
  for (const DropoutPlan& dropout : {DropoutPlan::None(config_), Training()}) {
    const NamedTensors plain = Gradients(false, dropout);
    const NamedTensors fast = Gradients(true, dropout);
    for (const auto& [name, expected] : plain) {
      ASSERT_EQ(fast.at(name).defined(), expected.defined()) << name;
      if (!expected.defined()) continue;  // Of a layer that was skipped.
      if (name.find("k_proj.bias") != std::string::npos) {
        // Exactly zero: a bias of the keys moves all scores of a query alike.
        EXPECT_LT(fast.at(name).abs().max().item<double>(), 1e-9) << name;
        continue;
      }
      EXPECT_LT(RelativeError(fast.at(name), expected), 1e-6) << name;
    }
  }
}

TEST_P(FastPartsTest, TheGradientCanBeTakenOnce) {
  for (const auto& [name, tensor] : mert_->parameters()) {
    tensor.set_requires_grad(true);
  }
  const at::Tensor sum =
      Run(true, DropoutPlan::None(config_)).last_hidden.sum();
  sum.backward({}, /*retain_graph=*/true);
  EXPECT_THROW(sum.backward(), c10::Error);
}

}  // namespace
}  // namespace culturemert
