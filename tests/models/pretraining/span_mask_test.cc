#include "models/pretraining/span_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::int64_t kFiveSecondFrames = 374;

RandomStream Sample(std::uint64_t number) {
  return RandomStream(7, StreamId("mask")).Substream(number);
}

std::vector<RandomStream> Samples(std::uint64_t first, std::uint64_t count) {
  std::vector<RandomStream> samples;
  for (std::uint64_t i = first; i < first + count; ++i) {
    samples.push_back(Sample(i));
  }
  return samples;
}

std::vector<std::uint8_t> Row(const FrameMask& mask, std::int64_t row) {
  const auto begin = mask.masked.begin() + row * mask.frames;
  return {begin, begin + mask.frames};
}

std::int64_t Count(const std::vector<std::uint8_t>& row) {
  return std::count(row.begin(), row.end(), 1);
}

// The share of frames hidden by n spans of L frames whose starts are drawn
// without replacement from [0, T - L): 1 - P(no start in the L places before).
double ExpectedShare(std::int64_t frames, std::int64_t span, int spans) {
  const std::int64_t starts = frames - span;
  double hidden = 0;
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    const std::int64_t first = std::max<std::int64_t>(0, frame - span + 1);
    const std::int64_t last = std::min(frame, starts - 1);
    double none = 1;
    for (std::int64_t i = 0; i < last - first + 1; ++i) {
      none *= static_cast<double>(starts - spans - i) /
              static_cast<double>(starts - i);
    }
    hidden += 1 - none;
  }
  return hidden / static_cast<double>(frames);
}

// Every set of starts that can be drawn, as the mask it gives and how often.
std::map<std::vector<std::int64_t>, int> AllMasks(std::int64_t frames,
                                                  std::int64_t span,
                                                  std::int64_t starts,
                                                  int spans) {
  std::map<std::vector<std::int64_t>, int> masks;
  for (std::uint32_t chosen = 0; chosen < 1u << starts; ++chosen) {
    if (__builtin_popcount(chosen) != spans) continue;
    std::set<std::int64_t> hidden;
    for (std::int64_t start = 0; start < starts; ++start) {
      if ((chosen >> start & 1) == 0) continue;
      for (std::int64_t i = 0; i < span; ++i) {
        if (start + i < frames) hidden.insert(start + i);
      }
    }
    ++masks[{hidden.begin(), hidden.end()}];
  }
  return masks;
}

// Pearson's statistic of 20,000 masks against AllMasks, in standard deviations
// above its mean.
double Deviation(const SpanMaskConfig& config, std::int64_t frames,
                 std::int64_t starts, int spans) {
  constexpr int kDraws = 20000;
  std::map<std::vector<std::int64_t>, int> drawn;
  for (int i = 0; i < kDraws; ++i) {
    ++drawn[DrawSpans(config, frames, Sample(i)).value()];
  }
  const auto possible = AllMasks(frames, config.span_frames, starts, spans);
  int sets = 0;
  for (const auto& [mask, ways] : possible) sets += ways;
  double statistic = 0;
  int matched = 0;
  for (const auto& [mask, ways] : possible) {
    const double expected = static_cast<double>(ways) * kDraws / sets;
    const double difference = drawn[mask] - expected;
    statistic += difference * difference / expected;
    matched += drawn[mask];
  }
  EXPECT_EQ(matched, kDraws) << "a mask was drawn that cannot be";
  const double freedom = static_cast<double>(possible.size()) - 1;
  return (statistic - freedom) / std::sqrt(2 * freedom);
}

TEST(DrawSpans, DrawsEveryPossibleMaskAsOftenAsItHasWays) {
  // 0.8 * 10 / 4 = 2 spans exactly, starts in [0, 6).
  SpanMaskConfig config;
  config.span_frames = 4;
  EXPECT_LT(Deviation(config, /*frames=*/10, /*starts=*/6, /*spans=*/2), 4);
}

TEST(DrawSpans, CutsSpansThatDoNotFitIntoShortClips) {
  // At least three spans need starts in [0, 4): the last is cut at the end.
  SpanMaskConfig config;
  config.min_spans = 3;
  EXPECT_LT(Deviation(config, /*frames=*/6, /*starts=*/4, /*spans=*/3), 4);
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_THAT(DrawSpans(config, 2, Sample(i)),
                IsOkAndHolds(SizeIs(AnyOf(1, 2))));
  }
}

TEST(DrawSpans, HidesTheShareThatTheArithmeticGives) {
  constexpr int kDraws = 2000;
  double sum = 0;
  double square = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const auto row = DrawSpans({}, kFiveSecondFrames, Sample(i)).value();
    ASSERT_TRUE(std::is_sorted(row.begin(), row.end()));
    ASSERT_LT(row.back(), kFiveSecondFrames - 1);
    const double share = static_cast<double>(row.size()) / kFiveSecondFrames;
    sum += share;
    square += share * share;
  }
  const double mean = sum / kDraws;
  const double deviation = std::sqrt(square / kDraws - mean * mean);
  // 0.8 * 374 / 5 = 59.84: 60 spans with chance 0.84, else 59.
  const double expected = 0.84 * ExpectedShare(kFiveSecondFrames, 5, 60) +
                          0.16 * ExpectedShare(kFiveSecondFrames, 5, 59);
  EXPECT_NEAR(expected, 0.59, 0.01);
  EXPECT_NEAR(mean, expected, 4 * deviation / std::sqrt(kDraws));
}

TEST(DrawSpanMask, HidesAsManyFramesOfEveryClip) {
  const std::vector<RandomStream> batch = Samples(0, 16);
  const auto mask = DrawSpanMask({}, kFiveSecondFrames, batch);
  ASSERT_THAT(mask, IsOk());
  EXPECT_EQ(mask->rows, 16);
  EXPECT_EQ(mask->frames, kFiveSecondFrames);
  std::int64_t fewest = kFiveSecondFrames;
  for (std::int64_t row = 0; row < 16; ++row) {
    const auto spans = DrawSpans({}, kFiveSecondFrames, batch[row]).value();
    fewest = std::min(fewest, static_cast<std::int64_t>(spans.size()));
    const std::vector<std::uint8_t> hidden = Row(*mask, row);
    EXPECT_EQ(Count(hidden), mask->masked_per_row);
    // Frames are lost, none is won.
    EXPECT_EQ(std::count_if(spans.begin(), spans.end(),
                            [&](std::int64_t f) { return hidden[f] == 1; }),
              mask->masked_per_row);
  }
  EXPECT_EQ(mask->masked_per_row, fewest);
}

TEST(DrawSpanMask, LosesFramesAnywhere) {
  // Of a clip that loses some, each of its frames is lost about as often.
  SpanMaskConfig config;
  config.span_frames = 4;
  std::vector<int> lost(12, 0);
  int pairs = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const std::vector<RandomStream> batch = Samples(2 * i, 2);
    const FrameMask mask = DrawSpanMask(config, 12, batch).value();
    const auto spans = DrawSpans(config, 12, batch[0]).value();
    if (spans.size() != 8 || mask.masked_per_row != 7) continue;
    ++pairs;
    for (std::size_t place = 0; place < spans.size(); ++place) {
      lost[place] += mask.masked[spans[place]] == 0 ? 1 : 0;
    }
  }
  ASSERT_GT(pairs, 200);
  for (int place = 0; place < 8; ++place) {
    EXPECT_NEAR(lost[place], pairs / 8.0, 4 * std::sqrt(pairs / 8.0)) << place;
  }
}

TEST(DrawSpanMask, IsTheSameHoweverRanksShareTheBatch) {
  const std::vector<RandomStream> batch = Samples(40, 6);
  const FrameMask whole = DrawSpanMask({}, kFiveSecondFrames, batch).value();
  for (const std::int64_t rows : {1, 2, 3}) {
    for (std::int64_t first = 0; first < 6; first += rows) {
      const FrameMask part =
          DrawSpanMask({}, kFiveSecondFrames, batch, first, rows).value();
      for (std::int64_t row = 0; row < rows; ++row) {
        EXPECT_EQ(Row(part, row), Row(whole, first + row));
      }
    }
  }
}

TEST(DrawSpanMask, KeepsTheSpansOfAClipThatLosesNoneInAnyBatch) {
  const FrameMask alone =
      DrawSpanMask({}, kFiveSecondFrames, Samples(3, 1)).value();
  const auto spans = DrawSpans({}, kFiveSecondFrames, Sample(3)).value();
  EXPECT_EQ(Count(Row(alone, 0)), static_cast<std::int64_t>(spans.size()));
  for (const std::int64_t frame : spans) EXPECT_EQ(alone.masked[frame], 1);
}

TEST(DrawSpanMask, RefusesWhatItCannotMask) {
  const std::vector<RandomStream> batch = Samples(0, 2);
  for (const std::int64_t frames : {-1, 0, 1, 1 << 30}) {
    EXPECT_THAT(
        DrawSpanMask({}, frames, batch),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("frames")));
  }
  EXPECT_THAT(DrawSpanMask({}, 374, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rows")));
  EXPECT_THAT(DrawSpanMask({}, 374, batch, 1, 2),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rows")));
  SpanMaskConfig config;
  config.probability = 0;
  EXPECT_THAT(
      DrawSpanMask(config, 374, batch),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("probability")));
}

}  // namespace
}  // namespace culturemert
