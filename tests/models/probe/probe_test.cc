#include "models/probe/probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/probe/plain_probe.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using probe_internal::AdamStep;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// Plain gradient descent with rate 1: what is subtracted is the gradient.
constexpr AdamStep kDescent = {/*beta1=*/0, /*beta2=*/1, /*epsilon=*/1,
                               /*step=*/1};

ProbeConfig Sized(std::int64_t state_size, std::int64_t hidden_size,
                  std::int64_t tags) {
  ProbeConfig config;
  config.states = 5;
  config.first_state = 1;
  config.last_state = 3;
  config.state_size = state_size;
  config.hidden_size = hidden_size;
  config.dropout = 0.3;
  config.tags = tags;
  return config;
}

// Every kind of probe, in sizes below and above those of the tiles and blocks.
std::vector<ProbeConfig> AllKinds() {
  std::vector<ProbeConfig> kinds;
  for (const auto& [input, name] : ConfigNamesOf(ProbeInput())) {
    for (const std::int64_t hidden_size : {0, 7, 288}) {
      for (const std::int64_t state_size : {11, 270}) {
        ProbeConfig config =
            Sized(state_size, hidden_size, state_size == 11 ? 3 : 40);
        config.input = input;
        kinds.push_back(config);
      }
    }
  }
  return kinds;
}

// Examples of features and labels, and views of them.
struct Examples {
  Examples(const ProbeConfig& config, std::int64_t count)
      : features(static_cast<std::size_t>(count * config.states *
                                          config.state_size)),
        labels(static_cast<std::size_t>(count * config.tags)) {
    RandomStream(5, 1).FillNormal(absl::MakeSpan(features), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labels[i] = RandomStream(5, 2).Bits32(i) % 3 == 0 ? 1 : 0;
    }
    for (std::int64_t b = 0; b < count; ++b) {
      states.push_back(features.data() + b * config.states * config.state_size);
      label_rows.push_back(labels.data() + b * config.tags);
    }
  }

  Probe::Batch Batch() const {
    return {states, label_rows, RandomStream(9, 4)};
  }

  std::vector<float> features;
  std::vector<std::uint8_t> labels;
  std::vector<const float*> states;
  std::vector<const std::uint8_t*> label_rows;
};

std::unique_ptr<Probe> Make(const ProbeConfig& config, std::uint64_t seed,
                            std::int64_t max_batch = 64) {
  absl::StatusOr<std::unique_ptr<Probe>> probe =
      Probe::Create(config, seed, max_batch);
  EXPECT_THAT(probe, IsOk());
  return probe.ok() ? *std::move(probe) : nullptr;
}

double RelativeError(const std::vector<float>& values,
                     const at::Tensor& expected) {
  const at::Tensor plain = expected.to(at::kDouble).contiguous().view({-1});
  EXPECT_EQ(plain.numel(), static_cast<std::int64_t>(values.size()));
  double error = 0;
  double norm = 1e-30;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double right = plain.data_ptr<double>()[i];
    error += (values[i] - right) * (values[i] - right);
    norm += right * right;
  }
  return std::sqrt(error / norm);
}

at::Tensor FeatureTensor(const ProbeConfig& config, const Examples& examples) {
  at::Tensor features =
      at::empty({1, static_cast<std::int64_t>(examples.states.size()),
                 config.states, config.state_size},
                at::kFloat);
  std::copy(examples.features.begin(), examples.features.end(),
            features.data_ptr<float>());
  return features.to(at::kDouble);
}

at::Tensor LabelTensor(const ProbeConfig& config, const Examples& examples) {
  at::Tensor labels = at::empty(
      {1, static_cast<std::int64_t>(examples.states.size()), config.tags},
      at::kDouble);
  std::copy(examples.labels.begin(), examples.labels.end(),
            labels.data_ptr<double>());
  return labels;
}

TEST(ProbeTest, FreshParametersAreThoseOfThePlainProbe) {
  for (const ProbeConfig& config : AllKinds()) {
    const auto plain = PlainProbe::Create(config, {17}, at::kDouble);
    ASSERT_THAT(plain, IsOk());
    const Probe::Parameters fresh = Make(config, 17)->parameters();
    ASSERT_EQ(fresh.size(), (*plain)->parameters().size());
    for (const auto& [name, values] : fresh) {
      EXPECT_LT(RelativeError(values, (*plain)->parameters().at(name)), 1e-7);
    }
  }
}

TEST(ProbeTest, LossGradientsAndLogitsAreThoseOfThePlainProbe) {
  for (const ProbeConfig& config : AllKinds()) {
    for (const std::int64_t count : {1, 32, 33}) {
      const Examples examples(config, count);
      const std::unique_ptr<Probe> probe = Make(config, 17);
      const auto plain = PlainProbe::Create(config, {17}, at::kDouble);
      ASSERT_THAT(plain, IsOk());
      const at::Tensor features = FeatureTensor(config, examples);
      const auto expected = (*plain)->LossAndGradients(
          {features, LabelTensor(config, examples), {RandomStream(9, 4)}});
      ASSERT_THAT(expected, IsOk());
      const auto expected_logits = (*plain)->Logits(features);
      ASSERT_THAT(expected_logits, IsOk());

      std::vector<float> logits(static_cast<std::size_t>(count * config.tags));
      ASSERT_THAT(probe->Logits(examples.states, absl::MakeSpan(logits)),
                  IsOk());
      EXPECT_LT(RelativeError(logits, *expected_logits), 1e-5);

      const Probe::Parameters before = probe->parameters();
      const auto loss = probe->Step(examples.Batch(), kDescent);
      ASSERT_THAT(loss, IsOk());
      EXPECT_NEAR(*loss, expected->losses.item<double>(), 1e-5);
      const Probe::Parameters after = probe->parameters();
      for (const auto& [name, values] : after) {
        // The gradient itself would lose its digits in a difference.
        const at::Tensor moved =
            (*plain)->parameters().at(name) - expected->gradients.at(name);
        EXPECT_LT(RelativeError(values, moved), 2e-6) << name;
        std::vector<float> gradient = before.at(name);
        for (std::size_t i = 0; i < gradient.size(); ++i) {
          gradient[i] -= values[i];
        }
        EXPECT_LT(RelativeError(gradient, expected->gradients.at(name)), 1e-3)
            << name << " " << count;
      }
    }
  }
}

// torch/optim/adam.py, in float64.
TEST(ProbeTest, UpdatesAreThoseOfTorchsAdam) {
  const ProbeConfig config = Sized(40, 20, 6);
  const Examples examples(config, 16);
  const std::unique_ptr<Probe> probe = Make(config, 3);
  const auto plain = PlainProbe::Create(config, {3}, at::kDouble);
  ASSERT_THAT(plain, IsOk());
  NamedTensors first;
  NamedTensors second;
  for (int update = 1; update <= 20; ++update) {
    ASSERT_THAT(probe->Step(examples.Batch(), ProbeAdamStep(1e-2, update)),
                IsOk());
    const auto step =
        (*plain)->LossAndGradients({FeatureTensor(config, examples),
                                    LabelTensor(config, examples),
                                    {RandomStream(9, 4)}});
    ASSERT_THAT(step, IsOk());
    for (const auto& [name, gradient] : step->gradients) {
      if (update == 1) {
        first[name] = gradient * 0;
        second[name] = gradient * 0;
      }
      first[name].mul_(0.9).add_(gradient, 0.1);
      second[name].mul_(0.999).add_(gradient * gradient, 0.001);
      const at::Tensor root =
          (second[name] / (1 - std::pow(0.999, update))).sqrt().add_(1e-8);
      at::Tensor parameter = (*plain)->parameters().at(name);
      parameter.sub_(first[name] / (1 - std::pow(0.9, update)) / root * 1e-2);
    }
  }
  for (const auto& [name, values] : probe->parameters()) {
    EXPECT_LT(RelativeError(values, (*plain)->parameters().at(name)), 1e-4)
        << name;
  }
}

TEST(ProbeTest, LogitsDoNotDependOnTheBatchTheyComeIn) {
  const ProbeConfig config = Sized(40, 20, 6);
  const Examples examples(config, 50);
  std::vector<float> whole(300);
  std::vector<float> parts(300);
  ASSERT_THAT(
      Make(config, 3, 64)->Logits(examples.states, absl::MakeSpan(whole)),
      IsOk());
  ASSERT_THAT(
      Make(config, 3, 7)->Logits(examples.states, absl::MakeSpan(parts)),
      IsOk());
  EXPECT_EQ(whole, parts);
}

TEST(ProbeTest, LearnsWhatItIsShown) {
  const ProbeConfig config = Sized(40, 20, 6);
  const Examples examples(config, 16);
  const std::unique_ptr<Probe> probe = Make(config, 3);
  double loss = 0;
  for (int update = 1; update <= 300; ++update) {
    const auto step =
        probe->Step(examples.Batch(), ProbeAdamStep(1e-2, update));
    ASSERT_THAT(step, IsOk());
    loss = *step;
  }
  EXPECT_LT(loss, 0.01);
}

TEST(ProbeTest, LayerWeightsAreAShareOfEachUsedState) {
  const std::vector<double> weights = Make(Sized(11, 7, 3), 3)->LayerWeights();
  ASSERT_THAT(weights, SizeIs(3));
  EXPECT_NEAR(weights[0] + weights[1] + weights[2], 1, 1e-12);
  ProbeConfig single = Sized(11, 7, 3);
  single.input = ProbeInput::kSingle;
  EXPECT_THAT(Make(single, 3)->LayerWeights(), SizeIs(0));
}

TEST(ProbeTest, LargeLogitsGiveAFiniteLoss) {
  const ProbeConfig config = Sized(11, 7, 3);
  Examples examples(config, 5);
  for (float& value : examples.features) value *= 1e6f;
  const auto loss = Make(config, 3)->Step(examples.Batch(), kDescent);
  ASSERT_THAT(loss, IsOk());
  EXPECT_TRUE(std::isfinite(*loss));
}

TEST(ProbeTest, ParametersCanBePutBack) {
  const ProbeConfig config = Sized(40, 20, 6);
  const Examples examples(config, 16);
  const std::unique_ptr<Probe> probe = Make(config, 3);
  const Probe::Parameters kept = probe->parameters();
  ASSERT_THAT(probe->Step(examples.Batch(), ProbeAdamStep(1e-2, 1)), IsOk());
  EXPECT_NE(probe->parameters(), kept);
  ASSERT_THAT(probe->SetParameters(kept), IsOk());
  EXPECT_EQ(probe->parameters(), kept);
  Probe::Parameters wrong = kept;
  wrong["output.bias"].pop_back();
  EXPECT_THAT(probe->SetParameters(wrong),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("output.bias of 6 elements")));
  wrong = kept;
  wrong["more"] = {};
  EXPECT_THAT(probe->SetParameters(wrong),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("6 tensors for a probe of 5")));
}

TEST(ProbeTest, WrongSizesAreRefused) {
  const ProbeConfig config = Sized(11, 7, 3);
  const Examples examples(config, 5);
  const std::unique_ptr<Probe> probe = Make(config, 3, 4);
  EXPECT_THAT(probe->Step(examples.Batch(), kDescent),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a batch of 5 examples with 5 labels")));
  EXPECT_THAT(probe->Step({}, kDescent),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a batch of 0 examples")));
  std::vector<float> logits(14);
  EXPECT_THAT(probe->Logits(examples.states, absl::MakeSpan(logits)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("room for 14 logits, expected 15")));
  EXPECT_THAT(
      Probe::Create(config, 3, 0),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("batches of 0")));
  ProbeConfig bad = config;
  bad.last_state = 5;
  EXPECT_THAT(
      Probe::Create(bad, 3, 4),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("last_state")));
}

}  // namespace
}  // namespace culturemert
