#include "experiments/training/adam.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

// More than one chunk, and an odd rest.
constexpr std::int64_t kSize = (1 << 16) + 1003;

at::Tensor Normal(std::int64_t size, absl::string_view name,
                  at::ScalarType type) {
  const RandomStream random(7, StreamId(name));
  at::Tensor values = at::empty({size}, at::kDouble);
  double* const data = values.mutable_data_ptr<double>();
  for (std::int64_t i = 0; i < size; ++i) data[i] = random.Normal(i);
  return values.to(type);
}

NamedTensors Parameters(at::ScalarType type) {
  NamedTensors parameters = {{"large", Normal(kSize, "large", type)},
                             {"small", Normal(3, "small", type)}};
  for (auto& [name, parameter] : parameters) parameter.set_requires_grad(true);
  return parameters;
}

void SetGradients(NamedTensors& parameters, int update) {
  for (auto& [name, parameter] : parameters) {
    parameter.mutable_grad() =
        Normal(parameter.numel(), name + std::to_string(update),
               parameter.scalar_type());
  }
}

std::vector<double> Values(const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach().to(at::kDouble).contiguous();
  const double* const data = values.const_data_ptr<double>();
  return std::vector<double>(data, data + values.numel());
}

// The definition in adam.h, word by word.
void PlainUpdate(const AdamConfig& config, int t, double rate, double scale,
                 const std::vector<double>& gradients, std::vector<double>& p,
                 std::vector<double>& m, std::vector<double>& v) {
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double g = gradients[i] * scale;
    m[i] = config.beta1 * m[i] + (1 - config.beta1) * g;
    v[i] = config.beta2 * v[i] + (1 - config.beta2) * g * g;
    p[i] -= rate * config.weight_decay * p[i];
    p[i] -= rate * std::sqrt(1 - std::pow(config.beta2, t)) /
            (1 - std::pow(config.beta1, t)) * m[i] /
            (std::sqrt(v[i]) + config.epsilon);
  }
}

class AdamPrecisionTest : public testing::TestWithParam<at::ScalarType> {};

TEST_P(AdamPrecisionTest, FollowsItsDefinition) {
  const double tolerance = GetParam() == at::kDouble ? 1e-14 : 1e-6;
  NamedTensors parameters = Parameters(GetParam());
  AdamConfig config;
  config.weight_decay = 0.1;
  Adam adam(config, parameters);
  std::vector<double> p = Values(parameters.at("large"));
  std::vector<double> m(p.size());
  std::vector<double> v(p.size());
  for (int t = 1; t <= 5; ++t) {
    SetGradients(parameters, t);
    PlainUpdate(config, t, 0.01, 0.3, Values(parameters.at("large").grad()), p,
                m, v);
    ASSERT_THAT(adam.Update(0.01, 0.3), IsOk());
  }
  EXPECT_EQ(adam.updates(), 5);
  const std::vector<double> found = Values(parameters.at("large"));
  for (std::size_t i = 0; i < p.size(); ++i) {
    ASSERT_NEAR(found[i], p[i], tolerance * (1 + std::abs(p[i]))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(, AdamPrecisionTest,
                         testing::Values(at::kFloat, at::kDouble));

NamedTensors AfterUpdates(int threads) {
  at::set_num_threads(threads);
  NamedTensors parameters = Parameters(at::kFloat);
  Adam adam(AdamConfig(), parameters);
  for (int t = 1; t <= 3; ++t) {
    SetGradients(parameters, t);
    const double norm = GradientNorm(parameters, 0.5).value();
    EXPECT_THAT(adam.Update(0.01, 0.5 * ClipFactor(norm, 10)), IsOk());
  }
  return parameters;
}

TEST(AdamTest, GivesTheSameBitsForAnyNumberOfThreads) {
  const NamedTensors one = AfterUpdates(1);
  const NamedTensors three = AfterUpdates(3);
  EXPECT_TRUE(at::equal(one.at("large"), three.at("large")));
}

TEST(AdamTest, LeavesParametersWithoutGradientAlone) {
  NamedTensors parameters = Parameters(at::kFloat);
  Adam adam(AdamConfig(), parameters);
  SetGradients(parameters, 1);
  parameters.at("small").mutable_grad() = at::Tensor();
  const std::vector<double> before = Values(parameters.at("small"));
  ASSERT_THAT(adam.Update(0.01, 1), IsOk());
  EXPECT_EQ(Values(parameters.at("small")), before);
}

TEST(AdamTest, GoesOnFromItsMomentsAsIfNeverStopped) {
  NamedTensors whole = Parameters(at::kFloat);
  NamedTensors halved = Parameters(at::kFloat);
  Adam adam(AdamConfig(), whole);
  Adam first_half(AdamConfig(), halved);
  Adam second_half(AdamConfig(), halved);
  for (int t = 1; t <= 4; ++t) {
    SetGradients(whole, t);
    ASSERT_THAT(adam.Update(0.01, 1), IsOk());
    SetGradients(halved, t);
    if (t == 3) {
      ASSERT_THAT(
          second_half.Restore(first_half.updates(), first_half.first_moments(),
                              first_half.second_moments()),
          IsOk());
    }
    ASSERT_THAT((t < 3 ? first_half : second_half).Update(0.01, 1), IsOk());
  }
  EXPECT_TRUE(at::equal(whole.at("large"), halved.at("large")));
}

TEST(AdamTest, RefusesMomentsOfOtherParameters) {
  NamedTensors parameters = Parameters(at::kFloat);
  Adam adam(AdamConfig(), parameters);
  EXPECT_THAT(
      adam.Restore(1, {{"large", at::zeros({2})}}, adam.second_moments()),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("first moments: 1 missing tensor: small")));
  EXPECT_EQ(adam.updates(), 0);
}

TEST(GradientNorm, IsThatOfAllGradientsTogether) {
  NamedTensors parameters = Parameters(at::kFloat);
  SetGradients(parameters, 1);
  double squares = 0;
  for (const auto& [name, parameter] : parameters) {
    for (const double g : Values(parameter.grad())) squares += g * g;
  }
  EXPECT_NEAR(GradientNorm(parameters, 2).value(), 2 * std::sqrt(squares),
              1e-12 * std::sqrt(squares));
  parameters.at("large").mutable_grad() = at::Tensor();
  parameters.at("small").mutable_grad() = at::zeros({3});
  EXPECT_EQ(GradientNorm(parameters, 2).value(), 0);
}

TEST(ClipFactor, ShortensOnlyWhatIsTooLong) {
  EXPECT_EQ(ClipFactor(5, 10), 1);
  EXPECT_NEAR(ClipFactor(40, 10), 0.25, 1e-7);
  EXPECT_EQ(ClipFactor(1e9, 0), 1);
}

}  // namespace
}  // namespace culturemert
