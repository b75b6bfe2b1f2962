// The pre-training loss and all its gradients, through the encoder to the
// waveform's convolutions, against the public model's operations in float64.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "models/pretraining/mixture.h"
#include "tests/parity/parity_cases.h"
#include "tests/parity/parity_report.h"
#include "tests/parity/pretraining_case.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSpecialRows = 4;
constexpr double kBar = 1e-6;

// Gradients this small beside the whole are rounding: a key's bias moves all
// scores of a query alike, and has none in exact arithmetic.
constexpr double kNothing = 1e-10;

double RelativeError(double actual, double expected) {
  return std::abs(actual - expected) / std::abs(expected);
}

struct Case {
  explicit Case(bool with_special_rows)
      : folder(CaseFolder("loss")),
        model(folder, at::kDouble, kSpecialRows, with_special_rows),
        expected(ReadCaseFile(folder, with_special_rows
                                          ? "expected_specials.json"
                                          : "expected_no_specials.json")) {
    targets.mask = ReadNpy(folder + "/mask.npy");
    targets.codes =
        ReadNpy(folder + "/codes.npy") + (with_special_rows ? kSpecialRows : 0);
    targets.cqt = ReadNpy(folder + "/cqt.npy");
  }

  std::string folder;
  PretrainingCase model;
  nlohmann::json expected;
  PretrainingTargets targets;
};

void CompareTerms(const PretrainingLoss& loss, const nlohmann::json& expected,
                  const std::string& variant) {
  const auto frames = static_cast<double>(loss.masked_frames);
  ASSERT_EQ(loss.masked_frames, expected.at("masked_frames"));
  const auto report = [&](const std::string& term, double actual,
                          const nlohmann::json& value) {
    ReportParity("loss", variant + "." + term,
                 RelativeError(actual, value.get<double>()), kBar);
  };
  report("cross_entropy", loss.cross_entropy.sum().item<double>() / frames,
         expected.at("ce_sum_over_books_mean_over_frames"));
  for (std::int64_t book = 0; book < loss.cross_entropy.size(0); ++book) {
    report("cross_entropy_of_a_book",
           loss.cross_entropy[book].item<double>() / frames,
           expected.at("ce_per_book").at(static_cast<std::size_t>(book)));
  }
  report("feature_penalty", loss.feature_penalty.item<double>(),
         expected.at("feature_penalty"));
  report("cqt_error", loss.cqt_error.item<double>(), expected.at("cqt_mse"));
  report("total", loss.sum.item<double>() / frames, expected.at("loss"));
}

void CompareGradientNorms(const Case& parity_case, double frames,
                          const std::string& variant) {
  const nlohmann::json& norms = parity_case.expected.at("gradient_norms");
  const double whole = parity_case.expected.at("gradient_norm");
  ASSERT_EQ(norms.size(), parity_case.model.parameters().size());
  double worst = 0;
  for (const auto& [name, tensor] : parity_case.model.parameters()) {
    ASSERT_TRUE(tensor.grad().defined()) << name;
    const double actual = tensor.grad().norm().item<double>() / frames;
    const double expected = norms.at(name);
    const double error = std::abs(actual - expected) /
                         std::max(expected, kNothing * whole / kBar);
    EXPECT_LE(error, kBar) << name;
    worst = std::max(worst, error);
  }
  ReportParity("loss", variant + ".gradient_norm_of_any_tensor", worst, kBar);
}

class LossParityTest : public testing::TestWithParam<bool> {};

TEST_P(LossParityTest, EveryTermAndGradientNormIsTheOriginals) {
  const std::string variant = GetParam() ? "specials" : "no_specials";
  const Case parity_case(GetParam());
  const PretrainingLoss loss = parity_case.model.Loss(
      ReadNpy(parity_case.folder + "/audio_mixed.npy"), parity_case.targets);
  CompareTerms(loss, parity_case.expected, variant);
  loss.sum.backward();
  CompareGradientNorms(parity_case, static_cast<double>(loss.masked_frames),
                       variant);
}

INSTANTIATE_TEST_SUITE_P(LabelRows, LossParityTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& info) {
                           return info.param ? "WithSpecialRows"
                                             : "WithoutSpecialRows";
                         });

TEST(LossParityTest, EveryGradientIsTheOriginals) {
  const Case parity_case(/*with_special_rows=*/true);
  const PretrainingLoss loss = parity_case.model.Loss(
      ReadNpy(parity_case.folder + "/audio_mixed.npy"), parity_case.targets);
  loss.sum.backward();
  const NamedTensors expected =
      ReadSafetensors(parity_case.folder + "/gradients_specials.safetensors");
  const double whole = parity_case.expected.at("gradient_norm");
  ASSERT_EQ(expected.size(), parity_case.model.parameters().size());
  double worst = 0;
  for (const auto& [name, tensor] : parity_case.model.parameters()) {
    const at::Tensor gradient =
        tensor.grad() / static_cast<double>(loss.masked_frames);
    const at::Tensor theirs = expected.at(name).to(at::kDouble);
    ASSERT_EQ(gradient.sizes(), theirs.sizes()) << name;
    const double error =
        (gradient - theirs).norm().item<double>() /
        std::max(theirs.norm().item<double>(), kNothing * whole / kBar);
    EXPECT_LE(error, kBar) << name;
    worst = std::max(worst, error);
  }
  ReportParity("loss", "specials.gradient_of_any_tensor", worst, kBar);
}

TEST(LossParityTest, TheMixtureIsTheOriginalsBitForBit) {
  const std::string folder = CaseFolder("loss");
  const at::Tensor clean = ReadNpy(folder + "/audio_clean.npy");
  MixturePlan plan(static_cast<std::size_t>(clean.size(0)));
  const nlohmann::json parity_case = ReadCase(folder);
  for (const nlohmann::json& piece : parity_case.at("mixture_plan")) {
    plan.at(piece.at("clip").get<std::size_t>())
        .push_back({piece.at("from"), piece.at("length"), piece.at("at")});
  }
  const auto mixed = Mix(clean, plan, /*gain=*/1);
  ASSERT_THAT(mixed, IsOk());
  const at::Tensor expected = ReadNpy(folder + "/audio_mixed.npy");
  EXPECT_FALSE(at::equal(expected, clean));
  EXPECT_TRUE(at::equal(*mixed, expected));
}

}  // namespace
}  // namespace culturemert
