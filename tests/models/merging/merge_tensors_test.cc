#include "models/merging/merge_tensors.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;

at::Tensor Random(std::uint64_t seed, at::IntArrayRef shape) {
  at::Tensor tensor = at::zeros(shape, at::kFloat);
  RandomStream(seed, 0).FillNormal(
      absl::MakeSpan(tensor.data_ptr<float>(), tensor.numel()), 0);
  return tensor;
}

NamedTensors RandomModel(std::uint64_t seed) {
  return {{"a.weight", Random(seed, {3, 4})},
          {"b.bias", Random(seed + 100, {5})},
          {"steps", at::full({}, static_cast<std::int64_t>(seed), at::kLong)}};
}

bool Equal(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && at::equal(a, b);
}

TEST(MergeTensorsTest, TaskArithmeticUsesTheScaleAsWritten) {
  const NamedTensors base = RandomModel(1);
  const std::vector<NamedTensors> adapted = {RandomModel(2), RandomModel(3)};
  for (const double scale : {0.2, -0.7}) {
    MergeOptions options;
    options.scale = scale;
    absl::StatusOr<NamedTensors> merged = MergeTensors(base, adapted, options);
    ASSERT_THAT(merged, IsOk());
    const at::Tensor expected =
        base.at("a.weight") +
        ((adapted[0].at("a.weight") - base.at("a.weight")) +
         (adapted[1].at("a.weight") - base.at("a.weight"))) *
            static_cast<float>(scale);
    EXPECT_TRUE(Equal(merged->at("a.weight"), expected)) << scale;
  }
}

TEST(MergeTensorsTest, IntegersAreTheBasesAndInputsStayAsTheyWere) {
  const NamedTensors base = RandomModel(1);
  std::vector<NamedTensors> adapted = {RandomModel(2)};
  adapted[0].erase("steps");
  absl::StatusOr<NamedTensors> merged = MergeTensors(base, adapted, {});
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(Equal(merged->at("steps"), base.at("steps")));
  merged->at("steps").fill_(77);
  merged->at("a.weight").fill_(77);
  EXPECT_TRUE(Equal(base.at("steps"), RandomModel(1).at("steps")));
  EXPECT_TRUE(Equal(base.at("a.weight"), RandomModel(1).at("a.weight")));
}

TEST(MergeTensorsTest, TheResultHasTheTypeOfTheBase) {
  const NamedTensors base = {{"w", Random(1, {4}).to(at::kBFloat16)}};
  const std::vector<NamedTensors> adapted = {{{"w", Random(2, {4})}}};
  MergeOptions options;
  options.method = MergeMethod::kAverage;
  absl::StatusOr<NamedTensors> merged = MergeTensors(base, adapted, options);
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(Equal(merged->at("w"), adapted[0].at("w").to(at::kBFloat16)));
}

TEST(MergeTensorsTest, StridedTensorsAreReadInTheirOwnOrder) {
  const at::Tensor wide = Random(5, {4, 3});
  const NamedTensors base = {{"w", at::zeros({3, 4}, at::kFloat)}};
  MergeOptions options;
  options.scale = 1;
  absl::StatusOr<NamedTensors> merged =
      MergeTensors(base, {{{"w", wide.t()}}}, options);
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(Equal(merged->at("w"), wide.t()));
}

TEST(MergeTensorsTest, TiesTrimsOverAllTensorsOfAModelTogether) {
  const NamedTensors base = {{"a", at::zeros({4}, at::kFloat)},
                             {"b", at::zeros({4}, at::kFloat)}};
  NamedTensors adapted = base;
  adapted["a"] = at::tensor({1.0f, 2.0f, 3.0f, 4.0f});
  adapted["b"] = at::tensor({5.0f, -6.0f, 7.0f, 0.5f});
  MergeOptions options;
  options.method = MergeMethod::kTies;
  options.scale = 1;
  options.density = 0.5;  // of eight
  absl::StatusOr<NamedTensors> merged = MergeTensors(base, {adapted}, options);
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(Equal(merged->at("a"), at::tensor({0.0f, 0.0f, 0.0f, 4.0f})));
  EXPECT_TRUE(Equal(merged->at("b"), at::tensor({5.0f, -6.0f, 7.0f, 0.0f})));
}

TEST(MergeTensorsTest, DareDependsOnSeedModelAndTensorNameOnly) {
  const NamedTensors zeros = {{"a", at::zeros({64}, at::kFloat)},
                              {"b", at::zeros({64}, at::kFloat)}};
  const NamedTensors ones = {{"a", at::ones({64}, at::kFloat)},
                             {"b", at::ones({64}, at::kFloat)}};
  MergeOptions options;
  options.method = MergeMethod::kDare;
  options.drop_rate = 0.5;
  absl::StatusOr<NamedTensors> both = MergeTensors(zeros, {ones}, options);
  ASSERT_THAT(both, IsOk());
  absl::StatusOr<NamedTensors> alone =
      MergeTensors({{"b", zeros.at("b")}}, {{{"b", ones.at("b")}}}, options);
  ASSERT_THAT(alone, IsOk());
  EXPECT_TRUE(Equal(both->at("b"), alone->at("b")));
  EXPECT_FALSE(Equal(both->at("a"), both->at("b")));
  options.seed = 1;
  absl::StatusOr<NamedTensors> other = MergeTensors(zeros, {ones}, options);
  ASSERT_THAT(other, IsOk());
  EXPECT_FALSE(Equal(both->at("a"), other->at("a")));
}

TEST(MergeTensorsTest, ModelsThatDoNotFitAreNamedWithAllThatIsWrong) {
  NamedTensors adapted = RandomModel(2);
  adapted["a.weight"] = at::zeros({4, 3}, at::kFloat);
  adapted["c.bias"] = adapted["b.bias"];
  adapted.erase("b.bias");
  EXPECT_THAT(
      MergeTensors(RandomModel(1), {RandomModel(3), adapted}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("adapted model 1 does not fit the base"),
                     HasSubstr("missing tensor: b.bias"),
                     HasSubstr("unexpected tensor: c.bias"),
                     HasSubstr("a.weight is [4, 3], expected [3, 4]"))));
}

struct BadOptions {
  MergeOptions options;
  std::size_t models;
  const char* message;
};

TEST(MergeTensorsTest, BadOptionsAreRefusedByName) {
  const BadOptions cases[] = {
      {{MergeMethod::kTaskArithmetic, std::nan("")}, 1, "scale is nan"},
      {{MergeMethod::kTies, 1, 0.0}, 1, "density is 0"},
      {{MergeMethod::kTies, 1, 1.5}, 1, "density is 1.5"},
      {{MergeMethod::kDare, 1, 1, 1.0}, 1, "drop_rate is 1"},
      {{MergeMethod::kDare, 1, 1, -0.1}, 1, "drop_rate is -0.1"},
      {{MergeMethod::kSlerp, 1, 1, 0, 1.1}, 2, "interpolation is 1.1"},
      {{MergeMethod::kSlerp}, 1, "takes two adapted models, not 1"},
      {{MergeMethod::kAverage}, 0, "no adapted model"},
  };
  for (const BadOptions& bad : cases) {
    EXPECT_THAT(
        MergeTensors(RandomModel(1),
                     std::vector<NamedTensors>(bad.models, RandomModel(2)),
                     bad.options),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
}

TEST(MergeTensorsTest, AModelOfIntegersAloneHasNothingToTrim) {
  MergeOptions options;
  options.method = MergeMethod::kTies;
  const NamedTensors base = {{"steps", at::zeros({2}, at::kLong)}};
  EXPECT_THAT(MergeTensors(base, {base}, options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no floating-point values")));
}

}  // namespace
}  // namespace culturemert
