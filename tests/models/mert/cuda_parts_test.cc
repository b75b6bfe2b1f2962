#include "models/mert/cuda_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "models/device/cuda_backend.h"
#include "models/mert/dropout_sites.h"
#include "models/mert/encoder.h"
#include "models/mert/mert.h"
#include "models/ops/dropout.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr std::int64_t kClips = 3;
constexpr std::int64_t kSamples = 7013;

class CudaPartsTest : public testing::Test {
 protected:
  void SetUp() override {
    config_ = *MertPreset("tiny");
    config_.activation_dropout = 0.1;
    config_.layer_drop = 0;
    mert_ = *Mert::CreateRandom(config_, 3);
    audio_ = at::empty({kClips, kSamples}, at::kFloat);
    RandomStream(1, 0).FillNormal(
        absl::MakeSpan(audio_.data_ptr<float>(), audio_.numel()), 0);
  }

  MertTrainingOutput Run(const EncoderParts& parts) const {
    std::vector<RandomStream> streams;
    for (std::int64_t i = 0; i < kClips; ++i) streams.emplace_back(7, i);
    return Encode(config_, mert_->parameters(), audio_, at::Tensor(),
                  DropoutPlan(config_, streams, RandomStream(8, 0)), parts, {});
  }

  // Of a sum that every output matters to.
  NamedTensors Gradients(const EncoderParts& parts) const {
    for (const auto& [name, tensor] : mert_->parameters()) {
      tensor.set_requires_grad(true);
      tensor.mutable_grad() = at::Tensor();
    }
    const MertTrainingOutput output = Run(parts);
    (output.last_hidden.pow(3).mean() + output.feature_penalty).backward();
    NamedTensors gradients;
    for (const auto& [name, tensor] : mert_->parameters()) {
      gradients[name] = tensor.grad();
    }
    return gradients;
  }

  MertConfig config_;
  std::unique_ptr<Mert> mert_;
  at::Tensor audio_;
};

TEST_F(CudaPartsTest, ThereAreNoneForParametersOnTheCpu) {
  const EncoderParts parts = CudaParts(config_, mert_->parameters());
  EXPECT_FALSE(parts.norm_gelu);
  EXPECT_FALSE(parts.drop);
}

TEST_F(CudaPartsTest, TheEncoderTakesThePartsItIsGiven) {
  int norms = 0;
  int drops = 0;
  EncoderParts parts;
  parts.norm_gelu = [&](const at::Tensor& x, const at::Tensor& weight,
                        const at::Tensor& bias) {
    ++norms;
    return at::gelu(at::group_norm(x, config_.conv_channels, weight, bias,
                                   config_.layer_norm_epsilon));
  };
  parts.drop = [&](const BatchDropout& dropout, const at::Tensor& x) {
    ++drops;
    const std::int64_t columns = x.size(-1);
    at::Tensor factors = at::empty(x.sizes(), at::kFloat);
    for (std::int64_t row = 0; row < x.numel() / columns; ++row) {
      dropout.Factors(row, columns,
                      factors.mutable_data_ptr<float>() + row * columns);
    }
    return x * factors;
  };
  EXPECT_TRUE(Run(parts).last_hidden.equal(Run({}).last_hidden));
  EXPECT_EQ(norms, 1);
  EXPECT_EQ(drops, 2 + 4 * config_.layers);
}

TEST_F(CudaPartsTest, OutputsAndGradientsOnAGpuAreThoseOfPlainOperations) {
  if (!ProcessCudaBackend().ok()) {
    GTEST_SKIP() << ProcessCudaBackend().status();
  }
  ASSERT_THAT(mert_->To(at::kCUDA, at::kFloat), IsOk());
  audio_ = audio_.to(at::kCUDA);
  const EncoderParts parts = CudaParts(config_, mert_->parameters());
  if (!parts.drop) GTEST_SKIP() << "built without --config=cuda";
  const auto error = [](const at::Tensor& found, const at::Tensor& expected) {
    return (found - expected).norm().item<double>() /
           expected.norm().item<double>();
  };
  EXPECT_LT(error(Run(parts).last_hidden, Run({}).last_hidden), 1e-4);
  const NamedTensors plain = Gradients({});
  for (const auto& [name, gradient] : Gradients(parts)) {
    // Exactly zero: a bias of the keys moves all scores of a query alike.
    if (name.find("k_proj.bias") != std::string::npos) continue;
    ASSERT_EQ(gradient.defined(), plain.at(name).defined()) << name;
    if (!gradient.defined()) continue;  // Of the mask token: nothing is masked.
    EXPECT_LT(error(gradient, plain.at(name)), 5e-3) << name;
  }
}

}  // namespace
}  // namespace culturemert
