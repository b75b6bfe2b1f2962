#include "models/pretraining/product_cross_entropy.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <utility>

#include "tests/models/pretraining/random_tensors.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

struct Inputs {
  at::Tensor x;        // [K, M, H]
  at::Tensor y;        // [K, C, H]
  at::Tensor targets;  // [K, M]
};

Inputs MakeInputs(std::int64_t problems, std::int64_t rows,
                  std::int64_t classes, std::int64_t size,
                  c10::ScalarType dtype) {
  // x lies as a projection to K books does: [M, K, H].
  return {NormalTensor({rows, problems, size}, 1, dtype).transpose(0, 1),
          NormalTensor({problems, classes, size}, 2, dtype),
          IntegerTensor({problems, rows}, 3, classes)};
}

using Operator = absl::StatusOr<ProductCrossEntropyResult> (*)(
    const at::Tensor&, const at::Tensor&, const at::Tensor&);

struct Outputs {
  at::Tensor loss;
  at::Tensor correct;
  at::Tensor x_gradient;
  at::Tensor y_gradient;
};

// Each problem's loss enters the sum with another weight.
Outputs Evaluate(Operator operation, const Inputs& inputs) {
  const at::Tensor x = inputs.x.detach().requires_grad_();
  const at::Tensor y = inputs.y.detach().requires_grad_();
  const auto result = operation(x, y, inputs.targets);
  EXPECT_THAT(result, IsOk());
  const at::Tensor weights =
      NormalTensor({inputs.x.size(0)}, 4, inputs.x.scalar_type());
  (result->loss * weights).sum().backward();
  return {result->loss.detach(), result->correct, x.grad(), y.grad()};
}

double RelativeError(const at::Tensor& actual, const at::Tensor& expected) {
  return ((actual - expected).norm() / expected.norm()).item<double>();
}

struct Size {
  std::int64_t problems, rows, classes, size;
};

// Rows below, at and beyond the operator's block, and the degenerate ones.
constexpr Size kSizes[] = {{1, 1, 1, 1},   {1, 1, 2, 3},    {3, 63, 5, 4},
                           {2, 64, 17, 8}, {8, 65, 20, 16}, {2, 200, 33, 7}};

TEST(ProductCrossEntropy, EqualsThePlainDefinition) {
  for (const Size& size : kSizes) {
    SCOPED_TRACE(size.rows);
    const Inputs inputs = MakeInputs(size.problems, size.rows, size.classes,
                                     size.size, at::kDouble);
    const Outputs fast = Evaluate(&ProductCrossEntropy, inputs);
    const Outputs plain = Evaluate(&ProductCrossEntropyReference, inputs);
    EXPECT_TRUE(at::equal(fast.correct, plain.correct));
    EXPECT_LT((fast.loss - plain.loss).abs().max().item<double>(),
              1e-12 * static_cast<double>(size.rows));
    if (size.classes == 1) {  // Then there is nothing to learn.
      EXPECT_LT(fast.x_gradient.abs().max().item<double>(), 1e-15);
      continue;
    }
    EXPECT_LT(RelativeError(fast.x_gradient, plain.x_gradient), 1e-12);
    EXPECT_LT(RelativeError(fast.y_gradient, plain.y_gradient), 1e-12);
  }
}

TEST(ProductCrossEntropy, HasTheGradientOfFiniteDifferences) {
  const Inputs inputs = MakeInputs(2, 66, 9, 5, at::kDouble);
  const Outputs outputs = Evaluate(&ProductCrossEntropy, inputs);
  const at::Tensor weights = NormalTensor({2}, 4, at::kDouble);
  constexpr double kStep = 1e-5;
  for (const bool of_x : {true, false}) {
    const at::Tensor direction = NormalTensor(
        of_x ? inputs.x.sizes() : inputs.y.sizes(), 5, at::kDouble);
    double moved[2];
    for (const int sign : {-1, 1}) {
      Inputs there = inputs;
      (of_x ? there.x : there.y) =
          (of_x ? inputs.x : inputs.y) + direction * (sign * kStep);
      moved[(sign + 1) / 2] =
          (ProductCrossEntropy(there.x, there.y, there.targets)->loss * weights)
              .sum()
              .item<double>();
    }
    const double numeric = (moved[1] - moved[0]) / (2 * kStep);
    const double analytic =
        ((of_x ? outputs.x_gradient : outputs.y_gradient) * direction)
            .sum()
            .item<double>();
    EXPECT_NEAR(analytic / numeric, 1, 1e-6) << of_x;
  }
}

TEST(ProductCrossEntropy, StaysNearTheDefinitionInSinglePrecision) {
  Inputs inputs = MakeInputs(8, 300, 1024, 64, at::kDouble);
  inputs.x = inputs.x / inputs.x.norm(2, {-1}, true);
  inputs.y = inputs.y / inputs.y.norm(2, {-1}, true) * 10;
  const Outputs exact = Evaluate(&ProductCrossEntropyReference, inputs);
  inputs.x = inputs.x.to(at::kFloat);
  inputs.y = inputs.y.to(at::kFloat);
  const Outputs fast = Evaluate(&ProductCrossEntropy, inputs);
  EXPECT_LT(RelativeError(fast.loss, exact.loss), 1e-6);
  EXPECT_LT(RelativeError(fast.x_gradient, exact.x_gradient), 1e-5);
  EXPECT_LT(RelativeError(fast.y_gradient, exact.y_gradient), 1e-5);
}

TEST(ProductCrossEntropy, IsExactOverTheWholeRangeOfLogits) {
  // Logits of 0 and 80, the target's the lowest.
  at::Tensor y = at::zeros({1, 3, 1}, at::kFloat);
  y[0][1] = kMaxLogitRange;
  const at::Tensor x = at::zeros({1, 1, 1}, at::kFloat) + 1;
  const auto result = ProductCrossEntropy(x, y, at::zeros({1, 1}, at::kLong));
  ASSERT_THAT(result, IsOk());
  EXPECT_FLOAT_EQ(result->loss.item<float>(), kMaxLogitRange);
  EXPECT_EQ(result->correct.item<std::int64_t>(), 0);
}

TEST(ProductCrossEntropy, IsTheSameOnAnyNumberOfThreadsAboveOne) {
  const Inputs inputs = MakeInputs(8, 150, 1024, 64, at::kFloat);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Outputs one = Evaluate(&ProductCrossEntropy, inputs);
  at::set_num_threads(2);
  const Outputs two = Evaluate(&ProductCrossEntropy, inputs);
  at::set_num_threads(5);
  const Outputs five = Evaluate(&ProductCrossEntropy, inputs);
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(five.loss, two.loss));
  EXPECT_TRUE(at::equal(five.x_gradient, two.x_gradient));
  EXPECT_TRUE(at::equal(five.y_gradient, two.y_gradient));
  EXPECT_TRUE(at::equal(one.correct, two.correct));
  EXPECT_LT(RelativeError(one.loss, two.loss), 1e-6);
  EXPECT_LT(RelativeError(one.x_gradient, two.x_gradient), 1e-6);
  EXPECT_LT(RelativeError(one.y_gradient, two.y_gradient), 1e-6);
}

TEST(ProductCrossEntropy, GivesGradientsOnlyToThoseThatWantThem) {
  const Inputs inputs = MakeInputs(2, 70, 9, 5, at::kFloat);
  const at::Tensor y = inputs.y.detach().requires_grad_();
  const auto result = ProductCrossEntropy(inputs.x, y, inputs.targets);
  ASSERT_THAT(result, IsOk());
  result->loss.sum().backward();
  EXPECT_FALSE(inputs.x.grad().defined());
  EXPECT_GT(y.grad().norm().item<double>(), 0);
  EXPECT_FALSE(result->correct.requires_grad());

  const at::NoGradGuard no_gradients;
  const auto evaluated = ProductCrossEntropy(inputs.x, y, inputs.targets);
  ASSERT_THAT(evaluated, IsOk());
  EXPECT_FALSE(evaluated->loss.requires_grad());
  EXPECT_TRUE(at::equal(evaluated->loss, result->loss.detach()));
}

TEST(ProductCrossEntropy, CountsTiesAsCorrect) {
  const at::Tensor x = at::zeros({1, 2, 3}, at::kFloat);
  const at::Tensor y = NormalTensor({1, 4, 3}, 2, at::kFloat);
  EXPECT_EQ(ProductCrossEntropy(x, y, at::zeros({1, 2}, at::kLong))
                ->correct.item<std::int64_t>(),
            2);
}

TEST(ProductCrossEntropy, RefusesWhatDoesNotFit) {
  const Inputs inputs = MakeInputs(2, 4, 9, 5, at::kFloat);
  for (const std::int64_t wrong : {-1, 9}) {
    at::Tensor targets = inputs.targets.clone();
    targets[1][3] = wrong;
    EXPECT_THAT(ProductCrossEntropy(inputs.x, inputs.y, targets),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("target 3 of row 1 is")));
  }
  for (const Operator operation :
       {&ProductCrossEntropy, &ProductCrossEntropyReference}) {
    EXPECT_THAT(operation(inputs.x, inputs.y.to(at::kDouble), inputs.targets),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("Float, Double and Long")));
    EXPECT_THAT(
        operation(inputs.x, inputs.y.narrow(2, 0, 4), inputs.targets),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("y [K, C, H]")));
    EXPECT_THAT(
        operation(inputs.x, {}, inputs.targets),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("y [K, C, H]")));
  }
}

}  // namespace
}  // namespace culturemert
