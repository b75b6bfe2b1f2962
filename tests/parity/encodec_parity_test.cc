// EnCodec against the encodec package: latents computed in float64, codes of
// its float32 run, and the margin of each of its decisions.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "models/encodec/encodec.h"
#include "models/encodec/encodec_layers.h"
#include "models/encodec/encodec_reference.h"
#include "models/weights/encodec_weights.h"
#include "tests/parity/parity_cases.h"
#include "tests/parity/parity_report.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr int kBooks = 8;

// The original is 3e-6 away from float64 itself.
constexpr double kLatentBar = 1e-4;
constexpr double kUnequalCodesBar = 1e-3;
// A squared distance near 100 is rounded to multiples of 7.6e-6 and is the sum
// of three; two decisions nearer than this can fall either way.
constexpr double kNearTie = 1e-3;

class EncodecParityTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = CaseFolder("encodec");
    case_ = ReadCase(folder_);
    absl::StatusOr<EncodecCheckpoint> checkpoint =
        LoadEncodecCheckpoint(Files::Real(), folder_ + "/hf_model.safetensors");
    ASSERT_THAT(checkpoint, IsOk());
    checkpoint_ = *std::move(checkpoint);
    absl::StatusOr<std::unique_ptr<Encodec>> encodec =
        Encodec::Create(checkpoint_.config, checkpoint_.tensors);
    ASSERT_THAT(encodec, IsOk());
    encodec_ = *std::move(encodec);
  }

  at::Tensor Audio(const std::string& name) const {
    return ReadAudio(folder_ + "/audio_" + name + ".wav").unsqueeze(0);
  }
  at::Tensor Expected(const std::string& what, const std::string& name) const {
    return ReadNpy(folder_ + "/" + what + "_" + name + ".npy").unsqueeze(0);
  }

  std::string folder_;
  nlohmann::json case_;
  EncodecCheckpoint checkpoint_;
  std::unique_ptr<Encodec> encodec_;
};

double LargestDifference(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

TEST_F(EncodecParityTest, LatentsAreThoseOfTheOriginal) {
  for (const auto& [name, about] : case_["files"].items()) {
    const absl::StatusOr<at::Tensor> latents = encodec_->Latents(Audio(name));
    ASSERT_THAT(latents, IsOk());
    ReportParity("encodec", "latents_" + name + "_max_abs",
                 LargestDifference(*latents, Expected("latents", name)),
                 kLatentBar);
  }
}

TEST_F(EncodecParityTest, ReferenceLatentsInFloat64AreThoseOfTheOriginal) {
  NamedTensors doubles;
  for (const auto& [name, tensor] : checkpoint_.tensors) {
    doubles.emplace(name, tensor.to(at::kDouble));
  }
  const absl::StatusOr<EncodecLayers> layers =
      BuildEncodecLayers(checkpoint_.config, doubles);
  ASSERT_THAT(layers, IsOk());
  for (const auto& [name, about] : case_["files"].items()) {
    const at::Tensor latents =
        ReferenceLatents(*layers, Audio(name).to(at::kDouble));
    // The expected values are rounded to float32.
    ReportParity("encodec", "reference_latents_" + name + "_max_abs",
                 LargestDifference(latents, Expected("latents", name)), 1e-6);
  }
}

// Frames whose codes differ, by their first differing book, must be near ties
// of that book; the books behind it see another residual.
void ExpectNearTies(const at::Tensor& codes, const at::Tensor& expected,
                    const at::Tensor& margins, const std::string& name) {
  for (std::int64_t t = 0; t < codes.size(2); ++t) {
    for (int book = 0; book < kBooks; ++book) {
      const auto found = codes[0][book][t].item<std::int64_t>();
      if (found == expected[0][book][t].item<std::int64_t>()) continue;
      const auto margin = margins[0][book][t].item<float>();
      EXPECT_LT(margin, kNearTie)
          << name << ", frame " << t << ", book " << book << ": code " << found;
      break;
    }
  }
}

TEST_F(EncodecParityTest, CodesAreThoseOfTheOriginalButForNearTies) {
  double unequal = 0;
  double all = 0;
  for (const auto& [name, about] : case_["files"].items()) {
    const absl::StatusOr<at::Tensor> codes =
        encodec_->Codes(Audio(name), kBooks);
    ASSERT_THAT(codes, IsOk());
    const at::Tensor expected = Expected("codes", name);
    ASSERT_EQ(codes->sizes(), expected.sizes());
    unequal += (*codes != expected).sum().item<double>();
    all += static_cast<double>(codes->numel());
    ExpectNearTies(*codes, expected, Expected("margin", name), name);
  }
  ReportParity("encodec", "codes_unequal_share", unequal / all,
               kUnequalCodesBar);
}

TEST_F(EncodecParityTest, EverySpellingOfTheWeightsGivesTheSameCodes) {
  const at::Tensor audio = Audio("odd");
  const absl::StatusOr<at::Tensor> expected = encodec_->Codes(audio, kBooks);
  ASSERT_THAT(expected, IsOk());
  for (const char* file : {"hf_model_parametrizations.safetensors",
                           "original.safetensors", "original.th"}) {
    const absl::StatusOr<EncodecCheckpoint> other =
        LoadEncodecCheckpoint(Files::Real(), folder_ + "/" + file);
    ASSERT_THAT(other, IsOk());
    const absl::StatusOr<std::unique_ptr<Encodec>> encodec =
        Encodec::Create(other->config, other->tensors);
    ASSERT_THAT(encodec, IsOk());
    const absl::StatusOr<at::Tensor> codes = (*encodec)->Codes(audio, kBooks);
    ASSERT_THAT(codes, IsOk());
    EXPECT_TRUE(codes->equal(*expected)) << file;
  }
}

}  // namespace
}  // namespace culturemert
