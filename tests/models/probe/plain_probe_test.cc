#include "tests/models/probe/plain_probe.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/ops/dropout.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kExamples = 5;

// Sizes that are no multiples of anything.
ProbeConfig Small() {
  ProbeConfig config;
  config.states = 5;
  config.first_state = 1;
  config.last_state = 3;
  config.state_size = 11;
  config.hidden_size = 7;
  config.dropout = 0.3;
  config.tags = 3;
  return config;
}

// Every kind of probe there is.
std::vector<ProbeConfig> AllKinds() {
  std::vector<ProbeConfig> kinds;
  for (const auto& [input, name] : ConfigNamesOf(ProbeInput())) {
    for (const std::int64_t hidden_size : {0, 7}) {
      ProbeConfig config = Small();
      config.input = input;
      config.hidden_size = hidden_size;
      kinds.push_back(config);
    }
  }
  return kinds;
}

at::Tensor Random(std::uint64_t seed, at::IntArrayRef shape,
                  at::ScalarType type) {
  at::Tensor tensor = at::empty(shape, at::kDouble);
  const RandomStream stream(seed, 1);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    tensor.data_ptr<double>()[i] = stream.Normal(static_cast<std::uint64_t>(i));
  }
  return tensor.to(type);
}

PlainProbe::Batch RandomBatch(const ProbeConfig& config, std::int64_t seeds,
                              at::ScalarType type) {
  PlainProbe::Batch batch;
  batch.features =
      Random(1, {seeds, kExamples, config.states, config.state_size}, type);
  batch.labels =
      (Random(2, {seeds, kExamples, config.tags}, type) > 0).to(type);
  for (std::int64_t s = 0; s < seeds; ++s) {
    batch.dropout_streams.emplace_back(9, static_cast<std::uint64_t>(s));
  }
  return batch;
}

std::unique_ptr<PlainProbe> Make(const ProbeConfig& config,
                                 const std::vector<std::uint64_t>& seeds,
                                 at::ScalarType type) {
  absl::StatusOr<std::unique_ptr<PlainProbe>> probe =
      PlainProbe::Create(config, seeds, type);
  EXPECT_THAT(probe, IsOk());
  return probe.ok() ? *std::move(probe) : nullptr;
}

// The definition by LibTorch's operators, one seed at a time.
at::Tensor PlainLogits(const ProbeConfig& config,
                       const NamedTensors& parameters,
                       const at::Tensor& features,
                       const RandomStream* dropout) {
  const std::int64_t last = config.input == ProbeInput::kSingle
                                ? config.first_state
                                : config.last_state;
  at::Tensor input =
      features.narrow(1, config.first_state, last - config.first_state + 1);
  if (config.input == ProbeInput::kWeightedSum) {
    const at::Tensor weights = at::softmax(parameters.at("layer_weights"), 0);
    input = (input * weights.reshape({1, -1, 1})).sum(1);
  } else {
    input = input.flatten(1);
  }
  if (config.hidden_size > 0) {
    input = at::addmm(parameters.at("hidden.bias"), input,
                      parameters.at("hidden.weight").t())
                .relu();
    if (dropout != nullptr) {
      at::Tensor scale = at::empty(input.sizes(), at::kDouble);
      for (std::int64_t row = 0; row < input.size(0); ++row) {
        Dropout(config.dropout, *dropout)
            .Factors(row, input.size(1),
                     scale.data_ptr<double>() + row * input.size(1));
      }
      input = input * scale;
    }
  }
  return at::addmm(parameters.at("output.bias"), input,
                   parameters.at("output.weight").t());
}

double RelativeError(const at::Tensor& value, const at::Tensor& expected) {
  const double norm = expected.norm().item<double>();
  return (value - expected).norm().item<double>() / (norm > 0 ? norm : 1);
}

TEST(PlainProbeTest, LossAndGradientsAreThoseOfThePlainDefinition) {
  for (const ProbeConfig& config : AllKinds()) {
    for (const bool with_dropout : {false, true}) {
      const std::unique_ptr<PlainProbe> probe =
          Make(config, {3, 4}, at::kDouble);
      PlainProbe::Batch batch = RandomBatch(config, 2, at::kDouble);
      if (!with_dropout) batch.dropout_streams.clear();
      absl::StatusOr<PlainProbe::Step> step = probe->LossAndGradients(batch);
      ASSERT_THAT(step, IsOk());
      for (std::int64_t s = 0; s < 2; ++s) {
        NamedTensors leaves;
        for (const auto& [name, parameter] : probe->parameters()) {
          leaves[name] = parameter.select(0, s).clone().requires_grad_();
        }
        const at::Tensor loss = at::binary_cross_entropy_with_logits(
            PlainLogits(
                config, leaves, batch.features.select(0, s),
                with_dropout
                    ? &batch.dropout_streams[static_cast<std::size_t>(s)]
                    : nullptr),
            batch.labels.select(0, s));
        loss.backward();
        EXPECT_NEAR(step->losses[s].item<double>(), loss.item<double>(), 1e-14);
        ASSERT_EQ(step->gradients.size(), leaves.size());
        for (const auto& [name, leaf] : leaves) {
          EXPECT_LT(
              RelativeError(step->gradients.at(name).select(0, s), leaf.grad()),
              1e-12)
              << name;
        }
      }
    }
  }
}

TEST(PlainProbeTest, GradientsAreTheSlopesOfTheLoss) {
  for (const ProbeConfig& config : AllKinds()) {
    const std::unique_ptr<PlainProbe> probe = Make(config, {8}, at::kDouble);
    const PlainProbe::Batch batch = RandomBatch(config, 1, at::kDouble);
    absl::StatusOr<PlainProbe::Step> step = probe->LossAndGradients(batch);
    ASSERT_THAT(step, IsOk());
    const auto loss_at = [&](double* value, double change) {
      const double before = *value;
      *value = before + change;
      absl::StatusOr<PlainProbe::Step> moved = probe->LossAndGradients(batch);
      EXPECT_THAT(moved, IsOk());
      *value = before;
      return moved.ok() ? moved->losses.item<double>() : 0;
    };
    for (const auto& [name, parameter] : probe->parameters()) {
      const at::Tensor slopes = at::empty_like(parameter);
      for (std::int64_t i = 0; i < parameter.numel(); ++i) {
        constexpr double kStep = 1e-5;
        double* const value = parameter.data_ptr<double>() + i;
        slopes.data_ptr<double>()[i] =
            (loss_at(value, kStep) - loss_at(value, -kStep)) / (2 * kStep);
      }
      EXPECT_LT(RelativeError(step->gradients.at(name), slopes), 1e-6) << name;
    }
  }
}

TEST(PlainProbeTest, ASeedsBitsDoNotDependOnWhichOthersRunBesideIt) {
  for (const ProbeConfig& config : AllKinds()) {
    const std::vector<std::uint64_t> seeds = {3, 4, 7, 13, 21};
    const std::unique_ptr<PlainProbe> all = Make(config, seeds, at::kFloat);
    const PlainProbe::Batch batch = RandomBatch(config, 5, at::kFloat);
    absl::StatusOr<PlainProbe::Step> step = all->LossAndGradients(batch);
    ASSERT_THAT(step, IsOk());
    absl::StatusOr<at::Tensor> logits = all->Logits(batch.features);
    ASSERT_THAT(logits, IsOk());
    for (std::size_t s = 0; s < seeds.size(); ++s) {
      const auto index = static_cast<std::int64_t>(s);
      const std::unique_ptr<PlainProbe> alone =
          Make(config, {seeds[s]}, at::kFloat);
      for (const auto& [name, parameter] : alone->parameters()) {
        EXPECT_TRUE(at::equal(parameter[0], all->parameters().at(name)[index]));
      }
      absl::StatusOr<PlainProbe::Step> alone_step =
          alone->LossAndGradients({batch.features.select(0, index),
                                   batch.labels.select(0, index),
                                   {batch.dropout_streams[s]}});
      ASSERT_THAT(alone_step, IsOk());
      EXPECT_TRUE(at::equal(alone_step->losses[0], step->losses[index]));
      for (const auto& [name, gradient] : alone_step->gradients) {
        EXPECT_TRUE(at::equal(gradient[0], step->gradients.at(name)[index]))
            << name;
      }
      absl::StatusOr<at::Tensor> alone_logits =
          alone->Logits(batch.features.select(0, index));
      ASSERT_THAT(alone_logits, IsOk());
      EXPECT_TRUE(at::equal((*alone_logits)[0], (*logits)[index]));
    }
  }
}

TEST(PlainProbeTest, SharedFeaturesAndLabelsServeEverySeed) {
  const std::unique_ptr<PlainProbe> probe = Make(Small(), {3, 4}, at::kFloat);
  PlainProbe::Batch shared = RandomBatch(Small(), 2, at::kFloat);
  shared.features = shared.features[0];
  shared.labels = shared.labels[0];
  PlainProbe::Batch repeated = shared;
  repeated.features = at::stack({shared.features, shared.features});
  repeated.labels = at::stack({shared.labels, shared.labels});
  absl::StatusOr<PlainProbe::Step> first = probe->LossAndGradients(shared);
  absl::StatusOr<PlainProbe::Step> second = probe->LossAndGradients(repeated);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(at::equal(first->losses, second->losses));
  EXPECT_TRUE(at::equal(first->gradients.at("hidden.weight"),
                        second->gradients.at("hidden.weight")));
}

TEST(PlainProbeTest, LogitsAreWithoutDropout) {
  const std::unique_ptr<PlainProbe> probe = Make(Small(), {3}, at::kDouble);
  const at::Tensor features = RandomBatch(Small(), 1, at::kDouble).features[0];
  NamedTensors parameters;
  for (const auto& [name, parameter] : probe->parameters()) {
    parameters[name] = parameter[0];
  }
  absl::StatusOr<at::Tensor> logits = probe->Logits(features);
  ASSERT_THAT(logits, IsOk());
  EXPECT_LT(RelativeError((*logits)[0],
                          PlainLogits(Small(), parameters, features, nullptr)),
            1e-14);
}

TEST(PlainProbeTest, LargeLogitsGiveAFiniteLossAndGradient) {
  const std::unique_ptr<PlainProbe> probe = Make(Small(), {3}, at::kFloat);
  PlainProbe::Batch batch = RandomBatch(Small(), 1, at::kFloat);
  batch.features.mul_(1e6);
  absl::StatusOr<PlainProbe::Step> step = probe->LossAndGradients(batch);
  ASSERT_THAT(step, IsOk());
  EXPECT_TRUE(std::isfinite(step->losses.item<float>()));
  for (const auto& [name, gradient] : step->gradients) {
    EXPECT_TRUE(gradient.isfinite().all().item<bool>()) << name;
  }
}

TEST(PlainProbeTest, FreshProbesAreDrawnAsTorchDrawsLinearMaps) {
  ProbeConfig config;
  const std::unique_ptr<PlainProbe> probe = Make(config, {1, 2}, at::kFloat);
  const at::Tensor& weight = probe->parameters().at("hidden.weight");
  const double bound = 1 / std::sqrt(768.0);
  EXPECT_LE(weight.abs().max().item<double>(), bound * (1 + 1e-6));
  // Uniform in +-bound: standard deviation bound / sqrt(3).
  EXPECT_NEAR(weight.std().item<double>(), bound / std::sqrt(3.0), bound / 500);
  EXPECT_NEAR(weight.mean().item<double>(), 0, bound / 200);
  EXPECT_LE(probe->parameters().at("output.weight").abs().max().item<double>(),
            1 / std::sqrt(512.0) * (1 + 1e-6));
  EXPECT_GT(probe->parameters().at("layer_weights").std().item<double>(), 0.5);
  EXPECT_FALSE(at::equal(weight[0], weight[1]));
}

TEST(PlainProbeTest, BatchesOfAnotherShapeAreRefusedWithTheOneExpected) {
  const std::unique_ptr<PlainProbe> probe = Make(Small(), {3, 4}, at::kFloat);
  const PlainProbe::Batch good = RandomBatch(Small(), 2, at::kFloat);
  ASSERT_THAT(probe->LossAndGradients(good), IsOk());
  const auto expect_refused = [&](const PlainProbe::Batch& batch,
                                  const char* message) {
    EXPECT_THAT(
        probe->LossAndGradients(batch),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  PlainProbe::Batch batch = good;
  batch.features = good.features.narrow(2, 0, 4);
  expect_refused(batch, "features are [2, 5, 4, 11], expected [B, 5, 11]");
  batch.features = good.features.narrow(0, 0, 1);
  expect_refused(batch, "features are [1, 5, 5, 11]");
  batch.features = good.features.to(at::kDouble);
  expect_refused(batch, "of Float on the CPU");
  batch.features = good.features.narrow(1, 0, 0);
  expect_refused(batch, "B at least 1");
  batch.features = at::Tensor();
  expect_refused(batch, "features are undefined");
  batch = good;
  batch.labels = good.labels.narrow(1, 0, 4);
  expect_refused(batch, "labels are [2, 4, 3], expected [5, 3]");
  batch.labels = at::Tensor();
  expect_refused(batch, "labels are undefined");
  batch = good;
  batch.dropout_streams.pop_back();
  expect_refused(batch, "1 dropout streams");
}

TEST(PlainProbeTest, BadConfigurationsAreRefusedByField) {
  ProbeConfig config = Small();
  config.last_state = 5;
  EXPECT_THAT(
      PlainProbe::Create(config, {1}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("last_state")));
  config = Small();
  config.first_state = 4;
  EXPECT_THAT(PlainProbe::Create(config, {1}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("must not be before first_state")));
  config = Small();
  config.dropout = 1;
  EXPECT_THAT(
      PlainProbe::Create(config, {1}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("dropout")));
  EXPECT_THAT(
      PlainProbe::Create(Small(), {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no seeds")));
  EXPECT_THAT(PlainProbe::Create(Small(), {1}, at::kHalf),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Half")));
}

}  // namespace
}  // namespace culturemert
