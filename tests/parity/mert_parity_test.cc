// MERT's encoder against transformers' HubertModel in its shapes: all hidden
// states, computed by the original in float64, with and without normalisation
// of the audio.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/layer_norm.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/mert/mert.h"
#include "models/weights/mert_weights.h"
#include "tests/parity/parity_cases.h"
#include "tests/parity/parity_report.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

// The original in float32 is up to 3e-5 away from float64 itself, at standard
// deviations of 1 to 3.
constexpr double kStateBar = 1e-4;
constexpr double kDecorrelationBar = 1e-5;

double LargestDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

// 1 less the correlation of all elements.
double Decorrelation(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor x = a.to(at::kDouble) - a.to(at::kDouble).mean();
  const at::Tensor y = b.to(at::kDouble) - b.to(at::kDouble).mean();
  return 1 - ((x * y).sum() / (x.norm() * y.norm())).item<double>();
}

class MertParityTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    folder_ = CaseFolder(GetParam());
    case_ = ReadCase(folder_);
  }

  absl::StatusOr<std::unique_ptr<Mert>> Load(const std::string& file) const {
    ASSIGN_OR_RETURN(MertCheckpoint checkpoint,
                     LoadMertCheckpoint(Files::Real(), folder_ + "/" + file));
    return Mert::Create(checkpoint.config, std::move(checkpoint.encoder));
  }

  // [layers + 1, T, D] of the case's entry `name`.
  absl::StatusOr<at::Tensor> States(const Mert& mert,
                                    const std::string& name) const {
    const std::string audio_name = case_["files"][name]["audio"];
    at::Tensor audio = ReadAudio(folder_ + "/" + audio_name).unsqueeze(0);
    if (absl::EndsWith(name, "_norm")) {
      ASSIGN_OR_RETURN(audio, NormalizeUtterances(audio));
    }
    ASSIGN_OR_RETURN(const at::Tensor states, mert.HiddenStates(audio));
    return states.select(1, 0);
  }

  // With norms before attention, transformers 5 records the last state in front
  // of the final norm; the versions MERT was published for, and Mert, behind
  // it.
  at::Tensor Expected(const Mert& mert, const std::string& name) const {
    at::Tensor states =
        ReadNpy(absl::StrCat(folder_, "/hidden_states_", name, ".npy"));
    if (mert.config().norm_placement == NormPlacement::kPre) {
      const NamedTensors& parameters = mert.parameters();
      at::Tensor last = states[states.size(0) - 1];
      last.copy_(at::layer_norm(
          last.to(at::kDouble), {states.size(2)},
          parameters.at("encoder.layer_norm.weight").to(at::kDouble),
          parameters.at("encoder.layer_norm.bias").to(at::kDouble), 1e-5));
    }
    return states;
  }

  void Compare(const Mert& mert, const std::string& suffix) const {
    for (const auto& [name, about] : case_["files"].items()) {
      const absl::StatusOr<at::Tensor> states = States(mert, name);
      ASSERT_THAT(states, IsOk());
      const at::Tensor expected = Expected(mert, name);
      ASSERT_EQ(states->sizes(), expected.sizes());
      const std::string quantity = absl::StrCat("states_", name, suffix);
      for (std::int64_t i = 0; i < expected.size(0); ++i) {
        const at::Tensor state = states->select(0, i).to(at::kFloat);
        ReportParity(GetParam(), quantity + "_max_abs",
                     LargestDifference(state, expected[i]), kStateBar);
        ReportParity(GetParam(), quantity + "_decorrelation",
                     Decorrelation(state, expected[i]), kDecorrelationBar);
      }
    }
  }

  std::string folder_;
  nlohmann::json case_;
};

INSTANTIATE_TEST_SUITE_P(Shapes, MertParityTest,
                         testing::Values("mert", "mert_pre_ln"),
                         [](const auto& info) { return info.param; });

TEST_P(MertParityTest, AllHiddenStatesAreThoseOfTheOriginal) {
  const absl::StatusOr<std::unique_ptr<Mert>> mert = Load("model.safetensors");
  ASSERT_THAT(mert, IsOk());
  Compare(**mert, "");
}

TEST_P(MertParityTest, HiddenStatesInFloat64AreThoseOfTheOriginal) {
  const absl::StatusOr<std::unique_ptr<Mert>> mert = Load("model.safetensors");
  ASSERT_THAT(mert, IsOk());
  ASSERT_THAT((*mert)->To(at::kCPU, at::kDouble), IsOk());
  Compare(**mert, "_float64");
}

}  // namespace
}  // namespace culturemert
