// Each kernel against the same in LibTorch's operations: values in both types,
// gradients in float64.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "models/ops/attention.h"
#include "models/ops/first_conv.h"
#include "models/ops/gelu.h"
#include "models/ops/layer_norm.h"
#include "models/ops/positional_conv.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

template <typename T>
class KernelsTest : public testing::Test {
 protected:
  static constexpr bool kIsFloat = sizeof(T) == sizeof(float);
  static constexpr double kTolerance = kIsFloat ? 2e-5 : 1e-10;

  at::Tensor Noise(at::IntArrayRef shape, std::uint64_t seed) {
    at::Tensor noise = at::empty(shape, at::kFloat);
    RandomStream(seed, 0).FillNormal(
        absl::MakeSpan(noise.data_ptr<float>(), noise.numel()), 0);
    return noise.to(kIsFloat ? at::kFloat : at::kDouble);
  }
  static const T* In(const at::Tensor& tensor) {
    return tensor.const_data_ptr<T>();
  }
  static T* Out(const at::Tensor& tensor) {
    return tensor.mutable_data_ptr<T>();
  }
  static at::Tensor Leaf(const at::Tensor& tensor) {
    return tensor.clone().set_requires_grad(true);
  }
  static double Error(const at::Tensor& found, const at::Tensor& expected) {
    return ((found - expected).norm() / expected.norm())
        .template item<double>();
  }
  // [rows, columns] of factors.
  at::Tensor Factors(const BatchDropout& dropout, const MatrixSize& size,
                     const at::Tensor& like) {
    at::Tensor factors = at::empty({size.rows, size.columns}, like.options());
    for (std::int64_t row = 0; row < size.rows; ++row) {
      dropout.Factors(row, size.columns, Out(factors) + row * size.columns);
    }
    return factors;
  }
  static BatchDropout Dropouts(std::int64_t clips, std::int64_t rows) {
    BatchDropout dropout;
    dropout.rows_per_clip = rows;
    for (std::int64_t i = 0; i < clips; ++i) {
      dropout.clips.emplace_back(0.2, RandomStream(3, i));
    }
    return dropout;
  }
};

using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(KernelsTest, Types);

TYPED_TEST(KernelsTest, GeluAndItsGradientAreThoseOfLibTorch) {
  const at::Tensor x = this->Leaf(this->Noise({5, 1234}, 1));
  const at::Tensor gradient = this->Noise({5, 1234}, 2);
  const at::Tensor expected = at::gelu(x);
  expected.backward(gradient);
  const at::Tensor found = at::empty_like(gradient);
  GeluForward(this->In(x), x.numel(), this->Out(found));
  EXPECT_LT(this->Error(found, expected.detach()), this->kTolerance);
  GeluBackward(this->In(gradient), this->In(x), x.numel(), this->Out(found));
  EXPECT_LT(this->Error(found, x.grad()), this->kTolerance);
}

TYPED_TEST(KernelsTest, BiasIsKeptInTheArgumentOfGelu) {
  const at::Tensor x = this->Noise({7, 33}, 1);
  const at::Tensor bias = this->Noise({33}, 2);
  const at::Tensor sum = x + bias;
  const at::Tensor found = at::empty_like(x);
  BiasGeluForward(this->Out(x), this->In(bias), 7, 33, this->Out(found));
  EXPECT_TRUE(x.equal(sum));
  EXPECT_LT(this->Error(found, at::gelu(sum)), this->kTolerance);
}

TYPED_TEST(KernelsTest, BranchAndNormAreThoseOfLibTorch) {
  const MatrixSize size = {150, 70};
  const at::Tensor branch = this->Noise({150, 70}, 1);
  const at::Tensor residual = this->Noise({150, 70}, 2).add_(3);
  const at::Tensor bias = this->Noise({70}, 3);
  const at::Tensor weight = this->Leaf(this->Noise({70}, 4));
  const at::Tensor shift = this->Leaf(this->Noise({70}, 5));
  const at::Tensor gradient = this->Noise({150, 70}, 6);
  const BatchDropout dropout = this->Dropouts(2, 75);
  const at::Tensor sum = this->Leaf(
      residual + this->Factors(dropout, size, branch) * (branch + bias));
  const at::Tensor expected = at::layer_norm(sum, {70}, weight, shift, 1e-5);
  expected.backward(gradient);

  const at::Tensor found_sum = at::empty_like(branch);
  const at::Tensor found = at::empty_like(branch);
  const at::Tensor statistics = at::empty({2, 150}, branch.options());
  const LayerNormStatistics<TypeParam> rows = {this->Out(statistics),
                                               this->Out(statistics) + 150};
  AddBranchAndNorm<TypeParam>(size, this->In(branch), this->In(bias), dropout,
                              this->In(residual), this->Out(found_sum),
                              {this->In(weight), this->In(shift), 1e-5},
                              this->Out(found), rows);
  EXPECT_LT(this->Error(found_sum, sum.detach()), this->kTolerance);
  EXPECT_LT(this->Error(found, expected.detach()), this->kTolerance);

  const at::Tensor sum_gradient = at::empty_like(branch);
  const at::Tensor weight_gradient = at::empty_like(bias);
  const at::Tensor shift_gradient = at::empty_like(bias);
  LayerNormBackward<TypeParam>(size, this->In(gradient), this->In(found_sum),
                               this->In(weight), rows, this->Out(sum_gradient),
                               this->Out(weight_gradient),
                               this->Out(shift_gradient));
  EXPECT_LT(this->Error(sum_gradient, sum.grad()), this->kTolerance);
  EXPECT_LT(this->Error(weight_gradient, weight.grad()), this->kTolerance);
  EXPECT_LT(this->Error(shift_gradient, shift.grad()), this->kTolerance);
}

TYPED_TEST(KernelsTest, AttentionAndItsGradientsAreThoseOfLibTorch) {
  const AttentionSize size = {2, 19, 3, 8};
  const std::vector<std::int64_t> shape = {2 * 19, 3 * 8};
  const at::Tensor queries = this->Leaf(this->Noise(shape, 1));
  const at::Tensor keys = this->Leaf(this->Noise(shape, 2));
  const at::Tensor values = this->Leaf(this->Noise(shape, 3));
  const at::Tensor gradient = this->Noise(shape, 4);
  for (const BatchDropout& dropout :
       {BatchDropout(), this->Dropouts(2, 3 * 19)}) {
    const auto heads = [&](const at::Tensor& x) {
      return x.view({2, 19, 3, 8}).transpose(1, 2);
    };
    at::Tensor weights =
        at::softmax(at::matmul(heads(queries), heads(keys).transpose(2, 3)) /
                        std::sqrt(8.0),
                    -1);
    if (dropout.drops()) {
      weights =
          weights * this->Factors(dropout, {2 * 3 * 19, 19}, queries.detach())
                        .view(weights.sizes());
    }
    const at::Tensor expected =
        at::matmul(weights, heads(values)).transpose(1, 2).reshape(shape);
    for (const at::Tensor& leaf : {queries, keys, values}) {
      leaf.mutable_grad() = at::Tensor();
    }
    expected.backward(gradient);

    const AttentionInputs<TypeParam> inputs = {
        this->In(queries), this->In(keys), this->In(values)};
    const at::Tensor found = at::empty_like(gradient);
    const at::Tensor log_sums = at::empty({2 * 3 * 19}, gradient.options());
    AttentionForward(size, inputs, dropout, this->Out(found),
                     this->Out(log_sums));
    EXPECT_LT(this->Error(found, expected.detach()), this->kTolerance);
    const at::Tensor query_gradient = at::empty_like(gradient);
    const at::Tensor key_gradient = at::empty_like(gradient);
    const at::Tensor value_gradient = at::empty_like(gradient);
    AttentionBackward<TypeParam>(
        size, inputs, dropout, this->In(found), this->In(log_sums),
        this->In(gradient),
        {this->Out(query_gradient), this->Out(key_gradient),
         this->Out(value_gradient)});
    EXPECT_LT(this->Error(query_gradient, queries.grad()), this->kTolerance);
    EXPECT_LT(this->Error(key_gradient, keys.grad()), this->kTolerance);
    EXPECT_LT(this->Error(value_gradient, values.grad()), this->kTolerance);
  }
}

TYPED_TEST(KernelsTest, FirstConvAndItsGradientsAreThoseOfLibTorch) {
  constexpr std::int64_t kChannels = 12;
  constexpr std::int64_t kSamples = 2603;
  // An offset that the norm has to take away.
  const at::Tensor audio = this->Noise({kSamples}, 1).mul_(0.1).add_(0.7);
  const at::Tensor taps = this->Leaf(this->Noise({kChannels, 1, 10}, 2));
  const at::Tensor weight = this->Leaf(this->Noise({kChannels}, 3));
  const at::Tensor bias = this->Leaf(this->Noise({kChannels}, 4));
  const at::Tensor expected =
      at::gelu(at::group_norm(at::conv1d(audio.view({1, 1, -1}), taps, {}, 5),
                              kChannels, weight, bias, 1e-5))[0]
          .t();  // [frames, C]
  const at::Tensor gradient = this->Noise(expected.sizes(), 5);
  expected.backward(gradient);

  FirstConv<TypeParam> conv(
      {this->In(taps), this->In(weight), this->In(bias), kChannels, 1e-5},
      this->In(audio), kSamples);
  ASSERT_EQ(conv.frames(), expected.size(0));
  const at::Tensor found = at::empty_like(gradient);
  conv.Forward(0, conv.frames(), this->Out(found));
  EXPECT_LT(this->Error(found, expected.detach()), this->kTolerance);

  for (const std::int64_t begin : {0, 300}) {
    const std::int64_t end = begin == 0 ? 300 : conv.frames();
    conv.AddGradient(begin, end, this->In(gradient) + begin * kChannels);
  }
  const at::Tensor taps_gradient = at::zeros_like(taps.detach());
  const at::Tensor weight_gradient = at::zeros_like(weight.detach());
  const at::Tensor bias_gradient = at::zeros_like(bias.detach());
  conv.Finish(this->Out(taps_gradient), this->Out(weight_gradient),
              this->Out(bias_gradient));
  EXPECT_LT(this->Error(taps_gradient, taps.grad()), 10 * this->kTolerance);
  EXPECT_LT(this->Error(weight_gradient, weight.grad()), this->kTolerance);
  EXPECT_LT(this->Error(bias_gradient, bias.grad()), this->kTolerance);
}

TYPED_TEST(KernelsTest, PositionalConvIsThatOfLibTorch) {
  for (const std::int64_t kernel : {1, 5, 8, 12, 16}) {
    const PositionalConvSize size = {2, 9, 12, 3, kernel};
    const at::Tensor x = this->Noise({2, 9, 12}, 1);
    const at::Tensor direction = this->Noise({12, 4, kernel}, 2);
    const at::Tensor scale = this->Noise({kernel}, 3);
    const at::Tensor bias = this->Noise({12}, 4);
    const at::Tensor response = at::conv1d(x.transpose(1, 2), direction * scale,
                                           bias, 1, kernel / 2, 1, 3)
                                    .narrow(2, 0, 9);
    const at::Tensor found = at::empty_like(x);
    AddPositions<TypeParam>(
        size, {this->In(direction), this->In(scale), this->In(bias)},
        this->In(x), this->Out(found));
    EXPECT_LT(this->Error(found, x + at::gelu(response).transpose(1, 2)),
              this->kTolerance)
        << kernel;
  }
}

}  // namespace
}  // namespace culturemert
