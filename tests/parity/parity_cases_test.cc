#include "tests/parity/parity_cases.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;

std::vector<std::int64_t> Shape(const at::Tensor& tensor) {
  return tensor.sizes().vec();
}

TEST(ParityCasesTest, ArraysHaveTheTypeAndShapeOfTheirFile) {
  const std::string folder = CaseFolder("loss");
  const at::Tensor mask = ReadNpy(folder + "/mask.npy");
  EXPECT_EQ(mask.scalar_type(), at::kBool);
  const std::int64_t frames = mask.size(1);
  EXPECT_THAT(Shape(mask), ElementsAre(3, frames));
  const at::Tensor codes = ReadNpy(folder + "/codes.npy");
  EXPECT_EQ(codes.scalar_type(), at::kLong);
  EXPECT_THAT(Shape(codes), ElementsAre(8, 3, frames + 1));
  const at::Tensor cqt = ReadNpy(folder + "/cqt.npy");
  EXPECT_EQ(cqt.scalar_type(), at::kFloat);
  EXPECT_THAT(Shape(cqt), ElementsAre(3, frames + 2, 336));
  const at::Tensor labels = ReadNpy(CaseFolder("metrics") + "/labels.npy");
  EXPECT_EQ(labels.scalar_type(), at::kByte);
}

TEST(ParityCasesTest, ElementsAreThoseOfTheFile) {
  // Rows 3 and 0 of the special tags: all scores 0.5, no positives.
  const std::string folder = CaseFolder("metrics");
  const at::Tensor scores = ReadNpy(folder + "/scores.npy");
  const at::Tensor labels = ReadNpy(folder + "/labels.npy");
  for (std::int64_t clip = 0; clip < scores.size(0); ++clip) {
    ASSERT_EQ(scores[clip][3].item<float>(), 0.5f);
    ASSERT_EQ(labels[clip][0].item<int>(), 0);
    ASSERT_EQ(labels[clip][1].item<int>(), 1);
  }
}

TEST(ParityCasesTest, AudioIsWhatTheImpulseCaseSays) {
  const at::Tensor audio = ReadAudio(CaseFolder("cqt") + "/audio_impulse.wav");
  const std::int64_t samples = audio.size(0);
  EXPECT_EQ(audio.scalar_type(), at::kFloat);
  EXPECT_EQ(audio[samples / 2].item<float>(), 0.5f);
  EXPECT_EQ(audio[samples / 7].item<float>(), -0.25f);
  EXPECT_EQ(audio[0].item<float>(), 0.0f);
}

TEST(ParityCasesTest, EveryFileOfACaseHasTheSizeItsCaseStates) {
  for (const std::string part : {"mert", "mert_pre_ln"}) {
    const std::string folder = CaseFolder(part);
    for (const auto& [name, file] : ReadCase(folder)["files"].items()) {
      const std::string wav = file["audio"];
      EXPECT_EQ(ReadAudio(absl::StrCat(folder, "/", wav)).size(0),
                file["samples"]);
      const at::Tensor states =
          ReadNpy(absl::StrCat(folder, "/hidden_states_", name, ".npy"));
      EXPECT_EQ(states.size(0), file["std_per_state"].size());
      EXPECT_EQ(states.size(1), file["frames"]);
    }
  }
}

TEST(ParityCasesDeathTest, AMissingCaseEndsTheProgramAndIsNamed) {
  EXPECT_DEATH(ReadCase("no/such/folder"), "no/such/folder/case.json");
  EXPECT_DEATH(ReadNpy("no/such.npy"), "no/such.npy");
}

}  // namespace
}  // namespace culturemert
