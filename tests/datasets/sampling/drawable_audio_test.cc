#include "datasets/sampling/drawable_audio.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::Each;
using ::testing::Pair;
using ::testing::SizeIs;

// The definition, spelled out.
struct Piece {
  std::int64_t recording;
  std::int64_t begin;
  std::int64_t samples;
};

std::vector<Piece> Pieces(const SegmentLengths& lengths,
                          const std::vector<std::int64_t>& durations) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < durations.size(); ++i) {
    const std::int64_t step =
        lengths.piece_samples > 0 ? lengths.piece_samples : durations[i] + 1;
    for (std::int64_t begin = 0; begin < durations[i]; begin += step) {
      const std::int64_t samples = std::min(step, durations[i] - begin);
      if (samples >= lengths.minimum_samples) {
        pieces.push_back({static_cast<std::int64_t>(i), begin, samples});
      }
    }
  }
  return pieces;
}

std::vector<SegmentLengths> AllSmallLengths() {
  std::vector<SegmentLengths> all;
  for (std::int64_t segment = 1; segment <= 5; ++segment) {
    for (std::int64_t minimum = 1; minimum <= 6; ++minimum) {
      all.push_back({segment, minimum, 0});
      for (std::int64_t piece = minimum; piece <= 9; ++piece) {
        all.push_back({segment, minimum, piece});
      }
    }
  }
  return all;
}

std::vector<std::int64_t> DurationsUpTo(std::int64_t last) {
  std::vector<std::int64_t> durations;
  for (std::int64_t samples = 0; samples <= last; ++samples) {
    durations.push_back(samples);
  }
  return durations;
}

DrawableAudio MakeAudio(const SegmentLengths& lengths,
                        const std::vector<std::int64_t>& durations) {
  DrawableAudio audio(lengths);
  for (std::size_t i = 0; i < durations.size(); ++i) {
    EXPECT_EQ(audio.Add(static_cast<std::int64_t>(i), durations[i]),
              durations[i] >= lengths.minimum_samples);
  }
  return audio;
}

TEST(DrawableAudioTest, IsEmptyAtFirstAndWhenAllIsTooShort) {
  DrawableAudio audio({5, 3, 0});
  EXPECT_FALSE(audio.Add(0, 0));
  EXPECT_FALSE(audio.Add(1, 2));
  EXPECT_EQ(audio.samples(), 0);
  EXPECT_EQ(audio.recordings(), 0);
  EXPECT_EQ(audio.shortest_piece_samples(), 0);
}

TEST(DrawableAudioTest, LaysThePiecesThatAreLongEnoughEndToEnd) {
  const std::vector<std::int64_t> durations = DurationsUpTo(20);
  for (const SegmentLengths& lengths : AllSmallLengths()) {
    const DrawableAudio audio = MakeAudio(lengths, durations);
    std::uint64_t line = 0;
    std::int64_t shortest = 1000;
    for (const Piece& piece : Pieces(lengths, durations)) {
      shortest = std::min(shortest, piece.samples);
      for (std::int64_t sample = 0; sample < piece.samples; ++sample) {
        for (const std::uint32_t fraction : {0u, 1u << 31, ~0u}) {
          const Segment segment = audio.At(line, fraction);
          ASSERT_EQ(segment.recording, piece.recording);
          ASSERT_EQ(segment.samples,
                    std::min(lengths.segment_samples, piece.samples));
          ASSERT_GE(segment.first_sample, piece.begin);
          ASSERT_LE(segment.first_sample + segment.samples,
                    piece.begin + piece.samples);
        }
        ++line;
      }
    }
    ASSERT_EQ(audio.samples(), line);
    ASSERT_EQ(audio.shortest_piece_samples(), shortest);
  }
}

// Points that divide the piece into as many equal steps as it has samples times
// offsets: each offset gets as many as there are samples.
TEST(DrawableAudioTest, GivesEveryOffsetTheSameStretchOfThePiece) {
  for (std::int64_t segment = 1; segment <= 7; ++segment) {
    for (std::int64_t samples = segment; samples <= 40; ++samples) {
      const DrawableAudio audio = MakeAudio({segment, segment, 0}, {samples});
      const std::uint64_t offsets = samples - segment + 1;
      std::map<std::int64_t, std::int64_t> points;
      for (std::int64_t point = 0; point < samples; ++point) {
        for (std::uint64_t step = 0; step < offsets; ++step) {
          const std::uint64_t fraction =
              ((step << 32) + offsets - 1) / offsets;  // Rounded up.
          ++points[audio.At(point, static_cast<std::uint32_t>(fraction))
                       .first_sample];
        }
      }
      ASSERT_THAT(points, SizeIs(offsets));
      ASSERT_EQ(points.begin()->first, 0);
      ASSERT_EQ(points.rbegin()->first, samples - segment);
      ASSERT_THAT(points, Each(Pair(testing::_, samples)));
    }
  }
}

TEST(DrawableAudioTest, NeverStepsBackWithinAPiece) {
  const DrawableAudio audio = MakeAudio({120000, 120000, 720000}, {720000});
  std::int64_t last = 0;
  for (std::uint64_t point = 0; point < 720000; point += 7) {
    const std::int64_t offset = audio.At(point, 12345).first_sample;
    ASSERT_GE(offset, last);
    last = offset;
  }
}

TEST(DrawableAudioTest, ReachesBothEndsOfTheLongestRecording) {
  constexpr std::int64_t kLongest = DrawableAudio::kMaxRecordingSamples;
  const DrawableAudio audio =
      MakeAudio({120000, 120000, 0}, {kLongest, kLongest});
  EXPECT_EQ(audio.samples(), std::uint64_t{2} * kLongest);
  EXPECT_EQ(audio.At(0, 0), (Segment{0, 0, 120000}));
  EXPECT_EQ(audio.At(kLongest - 1, ~0u),
            (Segment{0, kLongest - 120000, 120000}));
  EXPECT_EQ(audio.At(kLongest, 0), (Segment{1, 0, 120000}));
  EXPECT_EQ(audio.At(std::uint64_t{2} * kLongest - 1, ~0u),
            (Segment{1, kLongest - 120000, 120000}));
}

}  // namespace
}  // namespace culturemert
