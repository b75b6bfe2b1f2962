// What the segments are distributed like. All draws are fixed by their seeds:
// the tests hold or fail for ever.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "datasets/sampling/segment_sampler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/sampling/chi_square.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::Each;
using ::testing::Gt;
using ::testing::Lt;

std::unique_ptr<SegmentSampler> MakeSampler(
    const std::vector<SampledRecording>& recordings,
    const SegmentSamplerOptions& options) {
  auto sampler = SegmentSampler::Create(recordings, options);
  EXPECT_THAT(sampler, IsOk());
  return *std::move(sampler);
}

// Segments of 10 samples from recordings of 0 to 499, in three cultures of
// about 12 : 3 : 1 and a replay culture larger than all of them.
std::vector<SampledRecording> Corpus() {
  std::vector<SampledRecording> recordings;
  const RandomStream random(5, StreamId("corpus"));
  for (std::uint64_t i = 0; i < 400; ++i) {
    const std::uint64_t kind = random.UniformInt(2 * i, 32);
    recordings.push_back(
        {static_cast<std::int64_t>(random.UniformInt(2 * i + 1, 500)),
         kind < 12   ? "large"
         : kind < 15 ? "middle"
         : kind < 16 ? "small"
                     : "western"});
  }
  return recordings;
}

SegmentSamplerOptions Options(Drawing drawing) {
  SegmentSamplerOptions options;
  options.seed = 11;
  options.segment_samples = 10;
  options.piece_samples = 60;
  options.drawing = drawing;
  return options;
}

struct NamedMix {
  std::string name;
  CultureMix mix;
};

std::vector<NamedMix> Mixes() {
  std::vector<NamedMix> mixes = {
      {"duration", {}}, {"balanced", {}}, {"given", {}}};
  mixes[1].mix.weighting = CultureWeighting::kBalanced;
  mixes[2].mix.weighting = CultureWeighting::kGiven;
  mixes[2].mix.weights = {
      {"large", 1}, {"middle", 5}, {"small", 2}, {"western", 0.5}};
  for (std::size_t i = 0; i < 3; ++i) {
    NamedMix replay = mixes[i];
    replay.name += " and replay";
    replay.mix.replay_fraction = 0.3;
    replay.mix.replay_cultures = {"western"};
    replay.mix.weights.erase("western");
    mixes.push_back(replay);
  }
  return mixes;
}

std::map<std::string, std::uint64_t> CountCultures(
    const SegmentSampler& sampler,
    const std::vector<SampledRecording>& recordings, std::uint64_t first,
    std::uint64_t count) {
  std::map<std::string, std::uint64_t> counts;
  for (std::uint64_t number = first; number < first + count; ++number) {
    ++counts[recordings[sampler.At(number).recording].culture];
  }
  return counts;
}

std::map<std::string, double> ExpectedShares(
    const std::map<std::string, double>& samples, const CultureMix& mix) {
  std::map<std::string, double> shares;
  double sum = 0;
  for (const auto& [culture, amount] : samples) {
    const bool replay = mix.replay_fraction > 0 && culture == "western";
    shares[culture] = replay                                         ? 0
                      : mix.weighting == CultureWeighting::kBalanced ? 1
                      : mix.weighting == CultureWeighting::kGiven
                          ? mix.weights.at(culture)
                          : amount;
    sum += shares[culture];
  }
  for (auto& [culture, share] : shares) {
    share *= (1 - mix.replay_fraction) / sum;
  }
  if (mix.replay_fraction > 0) shares["western"] = mix.replay_fraction;
  return shares;
}

std::map<std::string, double> DrawableSamples(const SegmentSampler& sampler) {
  std::map<std::string, double> samples;
  for (const SampledCulture& culture : sampler.cultures()) {
    samples[culture.culture] = static_cast<double>(culture.drawable_samples);
  }
  return samples;
}

TEST(SegmentSamplerStatisticsTest, DrawsCulturesWithReplacementByTheirShares) {
  const std::vector<SampledRecording> recordings = Corpus();
  for (const NamedMix& named : Mixes()) {
    SCOPED_TRACE(named.name);
    SegmentSamplerOptions options = Options(Drawing::kWithReplacement);
    options.mix = named.mix;
    const auto sampler = MakeSampler(recordings, options);
    constexpr std::uint64_t kDraws = 100000;
    const auto counts = CountCultures(*sampler, recordings, 0, kDraws);
    std::vector<std::uint64_t> observed;
    std::vector<double> expected;
    for (const auto& [culture, share] :
         ExpectedShares(DrawableSamples(*sampler), named.mix)) {
      observed.push_back(counts.at(culture));
      expected.push_back(kDraws * share);
    }
    EXPECT_THAT(ChiSquareDeviations(observed, expected), Lt(4));
    for (const SampledCulture& culture : sampler->cultures()) {
      EXPECT_NEAR(
          culture.share,
          ExpectedShares(DrawableSamples(*sampler), named.mix)[culture.culture],
          1e-12);
    }
  }
}

TEST(SegmentSamplerStatisticsTest, HoldsEveryShareInEachEpochToWithinASegment) {
  const std::vector<SampledRecording> recordings = Corpus();
  for (const NamedMix& named : Mixes()) {
    SCOPED_TRACE(named.name);
    SegmentSamplerOptions options = Options(Drawing::kShuffledEpochs);
    options.mix = named.mix;
    const auto sampler = MakeSampler(recordings, options);
    const std::uint64_t segments = sampler->segments_per_epoch();
    const auto shares = ExpectedShares(DrawableSamples(*sampler), named.mix);
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      const auto counts =
          CountCultures(*sampler, recordings, epoch * segments, segments);
      for (const auto& [culture, share] : shares) {
        EXPECT_NEAR(static_cast<double>(counts.at(culture)),
                    share * static_cast<double>(segments), 1.5);
      }
      for (const SampledCulture& culture : sampler->cultures()) {
        EXPECT_DOUBLE_EQ(culture.share * static_cast<double>(segments),
                         static_cast<double>(counts.at(culture.culture)));
      }
    }
  }
}

// Which culture stands at a given place of an epoch is a matter of its share,
// and places next to each other do not know of one another.
TEST(SegmentSamplerStatisticsTest, SpreadsCulturesEvenlyOverAnEpoch) {
  SegmentSamplerOptions options = Options(Drawing::kShuffledEpochs);
  options.piece_samples = 10;
  const std::vector<SampledRecording> recordings = {
      {300, "a"}, {200, "b"}, {500, "c"}};
  const auto sampler = MakeSampler(recordings, options);
  ASSERT_EQ(sampler->segments_per_epoch(), 100);
  constexpr std::uint64_t kEpochs = 10000;
  for (const std::uint64_t place : {0, 1, 50, 98}) {
    std::vector<std::uint64_t> pairs(9);
    for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
      ++pairs[sampler->At(epoch, place).recording * 3 +
              sampler->At(epoch, place + 1).recording];
    }
    std::vector<double> expected;
    const double sizes[3] = {30, 20, 50};
    for (int first = 0; first < 3; ++first) {
      for (int second = 0; second < 3; ++second) {
        expected.push_back(kEpochs * sizes[first] / 100 *
                           (sizes[second] - (first == second ? 1 : 0)) / 99);
      }
    }
    EXPECT_THAT(ChiSquareDeviations(pairs, expected), Lt(4));
  }
}

TEST(SegmentSamplerStatisticsTest, DrawsRecordingsInProportionToTheirDuration) {
  const std::vector<SampledRecording> recordings = Corpus();
  SegmentSamplerOptions options = Options(Drawing::kWithReplacement);
  options.piece_samples = 0;
  const auto sampler = MakeSampler(recordings, options);
  constexpr std::uint64_t kDraws = 200000;
  std::vector<std::uint64_t> counts(recordings.size());
  for (std::uint64_t number = 0; number < kDraws; ++number) {
    ++counts[sampler->At(number).recording];
  }
  double total = 0;
  for (const SampledRecording& recording : recordings) {
    if (recording.samples >= 10)
      total += static_cast<double>(recording.samples);
  }
  std::vector<std::uint64_t> observed;
  std::vector<double> expected;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    if (recordings[i].samples < 10) {
      EXPECT_EQ(counts[i], 0);
    } else {
      observed.push_back(counts[i]);
      expected.push_back(kDraws * static_cast<double>(recordings[i].samples) /
                         total);
    }
  }
  EXPECT_THAT(ChiSquareDeviations(observed, expected), Lt(4));
}

TEST(SegmentSamplerStatisticsTest, KeepsEachEpochCloseToTheDurations) {
  const std::vector<SampledRecording> recordings = Corpus();
  SegmentSamplerOptions options = Options(Drawing::kShuffledEpochs);
  options.piece_samples = 0;
  const auto sampler = MakeSampler(recordings, options);
  const std::uint64_t segments = sampler->segments_per_epoch();
  constexpr std::uint64_t kEpochs = 40;
  std::vector<std::uint64_t> total(recordings.size());
  for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
    std::vector<std::uint64_t> counts(recordings.size());
    for (std::uint64_t index = 0; index < segments; ++index) {
      ++counts[sampler->At(epoch, index).recording];
    }
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      const std::int64_t samples = recordings[i].samples;
      ASSERT_NEAR(static_cast<double>(counts[i]),
                  samples < 10 ? 0 : static_cast<double>(samples) / 10, 2.01);
      total[i] += counts[i];
    }
  }
  // On average they are much closer, down to the share that slots of a little
  // more than a segment take away. A single count deviates
  // by less than 1.
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const double samples = static_cast<double>(recordings[i].samples);
    EXPECT_NEAR(static_cast<double>(total[i]) / kEpochs,
                samples < 10 ? 0 : samples / 10, 0.5 + samples / 10 * 0.005);
  }
}

// Pieces of just one segment: here a slot is a piece, and an epoch a
// permutation of all of them.
TEST(SegmentSamplerStatisticsTest, VisitsEverySlotOnceAnEpoch) {
  SegmentSamplerOptions options = Options(Drawing::kShuffledEpochs);
  options.piece_samples = 10;
  const auto sampler = MakeSampler(
      {{105, "a"}, {37, "b"}, {9, "b"}, {860, "a"}, {20, "c"}}, options);
  ASSERT_EQ(sampler->segments_per_epoch(), 10 + 3 + 86 + 2);
  std::vector<std::pair<std::int64_t, std::int64_t>> last;
  for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
    std::map<std::pair<std::int64_t, std::int64_t>, int> visits;
    std::vector<std::pair<std::int64_t, std::int64_t>> order;
    for (std::uint64_t index = 0; index < 101; ++index) {
      const Segment segment = sampler->At(epoch, index);
      ASSERT_EQ(segment.first_sample % 10, 0);
      order.emplace_back(segment.recording, segment.first_sample);
      ++visits[order.back()];
    }
    EXPECT_EQ(visits.size(), 101);
    EXPECT_NE(order, last);
    last = order;
  }
}

// However unequal the shares: no slot gets ahead of another of its culture.
TEST(SegmentSamplerStatisticsTest, VisitsTheSlotsOfACultureEquallyOften) {
  SegmentSamplerOptions options = Options(Drawing::kShuffledEpochs);
  options.piece_samples = 10;
  options.mix.weighting = CultureWeighting::kGiven;
  options.mix.weights = {{"a", 1}, {"b", 7}};
  options.mix.replay_fraction = 0.37;
  options.mix.replay_cultures = {"w"};
  const std::vector<SampledRecording> recordings = {
      {400, "a"}, {70, "b"}, {1300, "w"}};
  const auto sampler = MakeSampler(recordings, options);
  std::vector<std::vector<int>> visits = {
      std::vector<int>(40), std::vector<int>(7), std::vector<int>(130)};
  for (std::uint64_t epoch = 0; epoch < 60; ++epoch) {
    for (std::uint64_t i = 0; i < sampler->segments_per_epoch(); ++i) {
      const Segment segment = sampler->At(epoch, i);
      ++visits[segment.recording][segment.first_sample / 10];
    }
    for (const std::vector<int>& slots : visits) {
      const auto [least, most] =
          std::minmax_element(slots.begin(), slots.end());
      ASSERT_LE(*most - *least, 1);
    }
  }
  EXPECT_THAT(visits[1], Each(Gt(100)));
}

// In a piece of 25 samples a segment of 10 begins at one of 0 to 15.
TEST(SegmentSamplerStatisticsTest, DrawsAllOffsetsOfAPieceAlike) {
  for (const Drawing drawing :
       {Drawing::kShuffledEpochs, Drawing::kWithReplacement}) {
    SegmentSamplerOptions options = Options(drawing);
    options.piece_samples = 25;
    const auto sampler = MakeSampler({{50, "a"}, {25, "b"}}, options);
    std::vector<std::uint64_t> counts(3 * 16);
    for (std::uint64_t number = 0; number < 60000; ++number) {
      const Segment segment = sampler->At(number);
      const std::int64_t piece =
          segment.recording * 2 + segment.first_sample / 25;
      ++counts[piece * 16 + segment.first_sample % 25];
    }
    for (int piece = 0; piece < 3; ++piece) {
      const std::vector<std::uint64_t> offsets(
          counts.begin() + piece * 16, counts.begin() + (piece + 1) * 16);
      EXPECT_THAT(offsets, Each(Gt(0)));
      EXPECT_THAT(ChiSquareDeviations(offsets), Lt(4));
    }
  }
}

TEST(SegmentSamplerStatisticsTest, DrawsOffsetsOfRealPiecesAlike) {
  for (const Drawing drawing :
       {Drawing::kShuffledEpochs, Drawing::kWithReplacement}) {
    SegmentSamplerOptions options;
    options.drawing = drawing;
    const auto sampler = MakeSampler({{7200000, "a"}, {2880000, "b"}}, options);
    std::vector<std::uint64_t> counts(50);
    for (std::uint64_t number = 0; number < 100000; ++number) {
      const std::int64_t offset = sampler->At(number).first_sample % 720000;
      ASSERT_LE(offset, 600000);
      ++counts[offset * 50 / 600001];
    }
    EXPECT_THAT(ChiSquareDeviations(counts), Lt(4));
  }
}

// How much of the audio is heard in one epoch, in pieces of six segments. Free
// draws leave more than 1/e unheard; the ends of a piece are heard least in
// either case.
TEST(SegmentSamplerStatisticsTest, HearsMostOfTheAudioInAnEpoch) {
  const auto heard = [](Drawing drawing) {
    SegmentSamplerOptions options;
    options.drawing = drawing;
    options.segment_samples = 50;
    options.piece_samples = 300;
    const auto sampler = MakeSampler({{300 * 500, "a"}}, options);
    std::vector<bool> samples(300 * 500);
    for (std::uint64_t i = 0; i < sampler->segments_per_epoch(); ++i) {
      const Segment segment = sampler->At(0, i);
      std::fill_n(samples.begin() + segment.first_sample, segment.samples,
                  true);
    }
    return static_cast<double>(
               std::count(samples.begin(), samples.end(), true)) /
           (300 * 500);
  };
  EXPECT_THAT(heard(Drawing::kShuffledEpochs), Gt(0.79));
  EXPECT_THAT(heard(Drawing::kWithReplacement), Lt(0.65));
}

}  // namespace
}  // namespace culturemert
