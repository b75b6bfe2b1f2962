#include "datasets/synthesis/corpus_renderer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/hash/hash.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::int64_t kRecordings = 4;

RenderOptions ShortClips() {
  RenderOptions options;
  options.clip_seconds = 2;
  return options;
}

std::unique_ptr<CorpusRenderer> MakeRenderer(const std::string& corpus) {
  return CorpusRenderer::Create(corpus, ShortClips()).value();
}

Hash128 HashOf(const CorpusRenderer& renderer, std::uint64_t index) {
  const RenderedRecording recording = renderer.Render(index).value();
  return HashBytes(absl::MakeConstSpan(
      reinterpret_cast<const std::uint8_t*>(recording.samples.data()),
      2 * recording.samples.size()));
}

class CorpusRendererTest : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(All, CorpusRendererTest,
                         testing::ValuesIn(RenderedCorpusNames()),
                         [](const auto& tested) { return tested.param; });

TEST_P(CorpusRendererTest, BytesDoNotDependOnOrderOrOnWhatWasPlayedBefore) {
  const std::unique_ptr<CorpusRenderer> reused = MakeRenderer(GetParam());
  std::vector<Hash128> forwards;
  for (std::int64_t i = 0; i < kRecordings; ++i) {
    forwards.push_back(HashOf(*reused, i));
  }
  for (std::int64_t i = kRecordings; i-- > 0;) {
    EXPECT_EQ(HashOf(*reused, i), forwards[i]) << i;
  }
  EXPECT_EQ(HashOf(*MakeRenderer(GetParam()), kRecordings - 1),
            forwards[kRecordings - 1]);
}

TEST_P(CorpusRendererTest, BytesDoNotDependOnTheNumberOfThreads) {
  const std::unique_ptr<CorpusRenderer> renderer = MakeRenderer(GetParam());
  std::vector<std::vector<Hash128>> all;
  for (const int threads : {1, 2, 4}) {
    const std::unique_ptr<ThreadPool> pool =
        ThreadPool::Create(threads).value();
    all.push_back(ParallelMap(*pool, kRecordings,
                              [&](std::int64_t i) -> absl::StatusOr<Hash128> {
                                return HashOf(*renderer, i);
                              })
                      .value());
  }
  EXPECT_EQ(all[1], all[0]);
  EXPECT_EQ(all[2], all[0]);
}

TEST_P(CorpusRendererTest, RecordingsHaveTheirLengthAndAReasonableLevel) {
  const std::unique_ptr<CorpusRenderer> renderer = MakeRenderer(GetParam());
  for (std::int64_t i = 0; i < 8; ++i) {
    const RenderedRecording recording = renderer->Render(i).value();
    ASSERT_EQ(recording.samples.size(), 48000u);
    double squares = 0;
    int peak = 0;
    for (const int sample : recording.samples) {
      squares += static_cast<double>(sample) * sample;
      peak = std::max(peak, std::abs(sample));
    }
    const double level_dbfs = 10 * std::log10(squares / 48000) - 90.3;
    EXPECT_LT(peak, 32000) << i;
    EXPECT_GT(level_dbfs, -45) << i;
    EXPECT_LT(level_dbfs, -10) << i;
    EXPECT_EQ(recording.samples.front(), 0);
    EXPECT_EQ(recording.samples.back(), 0);
  }
}

TEST_P(CorpusRendererTest, RenderAndDescribeAgreeOnTheLabels) {
  const std::unique_ptr<CorpusRenderer> renderer = MakeRenderer(GetParam());
  const RecordingLabels described = renderer->Describe(3);
  const RecordingLabels rendered = renderer->Render(3).value().labels;
  EXPECT_EQ(rendered.id, described.id);
  EXPECT_EQ(rendered.culture, described.culture);
  EXPECT_EQ(rendered.tune, described.tune);
  EXPECT_EQ(rendered.split, described.split);
  EXPECT_EQ(rendered.tags, described.tags);
  EXPECT_EQ(rendered.tonic_cents, described.tonic_cents);
  EXPECT_EQ(rendered.pulses_per_minute, described.pulses_per_minute);
}

// What a synthesizer keeps of one piece changed the rounding of another in one
// of some thousand recordings: these two are such a pair.
TEST(CorpusRendererTraceTest, APieceThatStealsVoicesLeavesNoTrace) {
  const auto renderer = [] {
    return CorpusRenderer::Create("western", RenderOptions()).value();
  };
  const std::unique_ptr<CorpusRenderer> reused = renderer();
  HashOf(*reused, 3924);
  EXPECT_EQ(HashOf(*reused, 3925), HashOf(*renderer(), 3925));
}

TEST(CorpusRendererErrorsTest, AnUnknownCorpusIsMetWithTheNearestName) {
  EXPECT_THAT(
      CorpusRenderer::Create("makkam", {}),
      StatusIs(absl::StatusCode::kNotFound,
               AllOf(HasSubstr("'makkam'"), HasSubstr("did you mean \"makam\""),
                     HasSubstr("western_genres"))));
}

TEST(CorpusRendererErrorsTest, LengthsOutOfRangeAreRefused) {
  for (const double seconds :
       {0.0, -1.0, 0.99, 600.1, std::numeric_limits<double>::quiet_NaN(),
        std::numeric_limits<double>::infinity()}) {
    RenderOptions options;
    options.clip_seconds = seconds;
    EXPECT_THAT(CorpusRenderer::Create("makam", options),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("clip_seconds")));
  }
}

TEST(CorpusRendererErrorsTest, AMissingSoundFontNamesItsPathAndPackage) {
  RenderOptions options;
  options.sound_font = "/nowhere/none.sf2";
  EXPECT_THAT(CorpusRenderer::Create("makam", options),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("/nowhere/none.sf2"),
                             HasSubstr("timgm6mb-soundfont"))));
}

TEST(CorpusRendererErrorsTest, MissingTablaSamplesNameTheirPathAndPackage) {
  RenderOptions options;
  options.tabla_folder = "/nowhere";
  EXPECT_THAT(CorpusRenderer::Create("makam", options),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("/nowhere/tabla_ghe1.flac"),
                             HasSubstr("sonic-pi-samples"))));
}

TEST(CorpusRendererErrorsTest, AFileThatIsNoSoundFontIsRefused) {
  RenderOptions options;
  options.sound_font = "/usr/share/sonic-pi/samples/tabla_na.flac";
  EXPECT_THAT(
      CorpusRenderer::Create("makam", options),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tabla_na.flac")));
}

TEST(CorpusRendererIndexTest, TheLargestIndexCanBeRendered) {
  const std::uint64_t index = (std::uint64_t{1} << 60) - 1;
  EXPECT_THAT(MakeRenderer("greek")->Render(index), IsOk());
}

}  // namespace
}  // namespace culturemert
