#include "datasets/sampling/segment_sampler.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/permutation.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 24000;
constexpr std::uint64_t kLast = ~std::uint64_t{0};

std::unique_ptr<SegmentSampler> MakeSampler(
    const std::vector<SampledRecording>& recordings,
    const SegmentSamplerOptions& options) {
  auto sampler = SegmentSampler::Create(recordings, options);
  EXPECT_THAT(sampler, IsOk());
  return *std::move(sampler);
}

void ExpectRefused(const std::vector<SampledRecording>& recordings,
                   const SegmentSamplerOptions& options,
                   const std::string& message) {
  EXPECT_THAT(SegmentSampler::Create(recordings, options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
}

std::vector<SampledRecording> SmallCorpus() {
  return {{100 * kSecond, "makam"},  {31 * kSecond, "lyra"},
          {4 * kSecond, "lyra"},     {250 * kSecond, "carnatic"},
          {9 * kSecond, "western"},  {64 * kSecond, "makam"},
          {200 * kSecond, "western"}};
}

SegmentSamplerOptions WithReplay(Drawing drawing) {
  SegmentSamplerOptions options;
  options.seed = 42;
  options.drawing = drawing;
  options.mix.replay_fraction = 0.2;
  options.mix.replay_cultures = {"western"};
  return options;
}

// Training data would change without anyone noticing: raise the version of
// whatever depends on it when these must change.
TEST(SegmentSamplerTest, NeverChangesItsShuffledEpochs) {
  const auto sampler =
      MakeSampler(SmallCorpus(), WithReplay(Drawing::kShuffledEpochs));
  EXPECT_THAT(sampler->At(0, 0), FieldsAre(3, 3629610, 120000));
  EXPECT_THAT(sampler->At(0, 1), FieldsAre(1, 14070, 120000));
  EXPECT_THAT(sampler->At(0, 2), FieldsAre(3, 404029, 120000));
  EXPECT_THAT(sampler->At(1, 0), FieldsAre(5, 49914, 120000));
  EXPECT_THAT(sampler->At(1000000, 7), FieldsAre(3, 4774780, 120000));
}

TEST(SegmentSamplerTest, NeverChangesItsDrawingWithReplacement) {
  const auto sampler =
      MakeSampler(SmallCorpus(), WithReplay(Drawing::kWithReplacement));
  EXPECT_THAT(sampler->At(0, 0), FieldsAre(6, 2542763, 120000));
  EXPECT_THAT(sampler->At(0, 1), FieldsAre(5, 578791, 120000));
  EXPECT_THAT(sampler->At(0, 2), FieldsAre(3, 986115, 120000));
  EXPECT_THAT(sampler->At(1, 0), FieldsAre(6, 1695770, 120000));
  EXPECT_THAT(sampler->At(1000000, 7), FieldsAre(3, 4510105, 120000));
}

TEST(SegmentSamplerTest, TellsWhatItMadeOfEachCulture) {
  const auto sampler =
      MakeSampler(SmallCorpus(), WithReplay(Drawing::kShuffledEpochs));
  const std::vector<SampledCulture>& cultures = sampler->cultures();
  ASSERT_EQ(cultures.size(), 4);
  EXPECT_EQ(cultures[0].culture, "carnatic");
  EXPECT_EQ(cultures[1].culture, "lyra");
  EXPECT_EQ(cultures[2].culture, "makam");
  EXPECT_EQ(cultures[3].culture, "western");
  EXPECT_THAT((std::vector<bool>{cultures[0].replay, cultures[1].replay,
                                 cultures[2].replay, cultures[3].replay}),
              ElementsAre(false, false, false, true));
  // Lyra's 31 s lose their tail of 1 s, and 4 s are too short.
  EXPECT_EQ(cultures[1].recordings, 2);
  EXPECT_EQ(cultures[1].recordings_too_short, 1);
  EXPECT_EQ(cultures[1].drawable_samples, 30 * kSecond);
  EXPECT_EQ(cultures[1].slots, 6);
  // Makam's 64 s lose theirs of 4 s: 160 s.
  EXPECT_EQ(cultures[2].recordings_too_short, 0);
  EXPECT_EQ(cultures[2].slots, 32);
  EXPECT_EQ(cultures[0].slots, 50);
  // 88 slots of the mix are 80 % of an epoch.
  EXPECT_EQ(sampler->segments_per_epoch(), 110);
  EXPECT_DOUBLE_EQ(cultures[0].share, 50. / 110);
  EXPECT_DOUBLE_EQ(cultures[1].share, 6. / 110);
  EXPECT_DOUBLE_EQ(cultures[2].share, 32. / 110);
  EXPECT_DOUBLE_EQ(cultures[3].share, 22. / 110);
}

TEST(SegmentSamplerTest, CountsAnEpochAsOnePassOverTheMixAndItsReplay) {
  const std::vector<SampledRecording> recordings = {
      {100, "a"}, {300, "b"}, {9000, "w"}};
  SegmentSamplerOptions options;
  options.segment_samples = 10;
  options.mix.replay_cultures = {"w"};
  for (const Drawing drawing :
       {Drawing::kShuffledEpochs, Drawing::kWithReplacement}) {
    options.drawing = drawing;
    for (const auto& [fraction, segments] :
         std::vector<std::pair<double, std::uint64_t>>{
             {0, 40}, {0.2, 50}, {0.5, 80}, {0.9, 400}, {1, 900}}) {
      options.mix.replay_fraction = fraction;
      EXPECT_EQ(MakeSampler(recordings, options)->segments_per_epoch(),
                segments);
    }
  }
}

TEST(SegmentSamplerTest, RunsOnIntoTheNextEpochs) {
  for (const Drawing drawing :
       {Drawing::kShuffledEpochs, Drawing::kWithReplacement}) {
    const auto sampler = MakeSampler(SmallCorpus(), WithReplay(drawing));
    for (std::uint64_t number = 0; number < 500; ++number) {
      EXPECT_EQ(sampler->At(number), sampler->At(number / 110, number % 110));
      EXPECT_EQ(sampler->At(number), sampler->At(0, number));
    }
    EXPECT_EQ(sampler->At(5, 110 * 3 + 7), sampler->At(8, 7));
    // Nothing special happens at the end of all numbers.
    EXPECT_LT(sampler->At(kLast, kLast).recording, 7);
  }
}

// The same segments whoever asks, in whichever order.
TEST(SegmentSamplerTest, IsAPureFunctionUsableFromAnyThread) {
  for (const Drawing drawing :
       {Drawing::kShuffledEpochs, Drawing::kWithReplacement}) {
    const auto sampler = MakeSampler(SmallCorpus(), WithReplay(drawing));
    const auto same = MakeSampler(SmallCorpus(), WithReplay(drawing));
    constexpr std::uint64_t kCount = 1000;
    std::vector<Segment> expected;
    for (std::uint64_t number = 0; number < kCount; ++number) {
      expected.push_back(same->At(number));
    }
    std::vector<std::vector<Segment>> got(4, std::vector<Segment>(kCount));
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 0; thread < got.size(); ++thread) {
      threads.emplace_back([&, thread] {
        for (const std::uint64_t number :
             Permutation(RandomStream(thread, StreamId("order")), kCount)) {
          got[thread][number] = sampler->At(number);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<Segment>& segments : got) {
      EXPECT_EQ(segments, expected);
    }
  }
}

TEST(SegmentSamplerTest, GivesOtherSegmentsForOtherSeedsAndEpochs) {
  for (const Drawing drawing :
       {Drawing::kShuffledEpochs, Drawing::kWithReplacement}) {
    SegmentSamplerOptions options = WithReplay(drawing);
    const auto sampler = MakeSampler(SmallCorpus(), options);
    ++options.seed;
    const auto other = MakeSampler(SmallCorpus(), options);
    int same_seed = 0;
    int same_epoch = 0;
    for (std::uint64_t index = 0; index < 110; ++index) {
      same_seed += sampler->At(0, index) == other->At(0, index);
      same_epoch += sampler->At(0, index) == sampler->At(1, index);
    }
    EXPECT_LE(same_seed, 2);
    EXPECT_LE(same_epoch, 2);
  }
}

TEST(SegmentSamplerTest, NeverLeavesARecordingOrAPiece) {
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const RandomStream random(trial, StreamId("trial"));
    SegmentSamplerOptions options;
    options.seed = trial;
    options.drawing =
        trial % 2 == 0 ? Drawing::kShuffledEpochs : Drawing::kWithReplacement;
    options.segment_samples = 1 + random.UniformInt(0, 30);
    options.minimum_samples = random.UniformInt(1, 40);
    const std::int64_t minimum = options.minimum_samples == 0
                                     ? options.segment_samples
                                     : options.minimum_samples;
    options.piece_samples =
        trial % 3 == 0 ? 0 : minimum + random.UniformInt(2, 50);
    std::vector<SampledRecording> recordings = {{100, "a"}};
    for (int i = 0; i < 20; ++i) {
      recordings.push_back(
          {static_cast<std::int64_t>(random.UniformInt(3 + i, 200)),
           i % 2 == 0 ? "a" : "b"});
    }
    const auto sampler = MakeSampler(recordings, options);
    for (std::uint64_t number = 0; number < 300; ++number) {
      const Segment segment = sampler->At(number);
      ASSERT_GE(segment.recording, 0);
      ASSERT_LT(segment.recording, 21);
      const std::int64_t duration = recordings[segment.recording].samples;
      const std::int64_t piece =
          options.piece_samples == 0 ? duration : options.piece_samples;
      const std::int64_t begin = segment.first_sample / piece * piece;
      const std::int64_t end = std::min(begin + piece, duration);
      ASSERT_GE(segment.first_sample, 0);
      ASSERT_LE(segment.first_sample + segment.samples, end);
      ASSERT_GE(end - begin, minimum);
      ASSERT_EQ(segment.samples,
                std::min(options.segment_samples, end - begin));
      ASSERT_GE(segment.samples, sampler->shortest_segment_samples());
    }
  }
}

TEST(SegmentSamplerTest, DrawsOnlyWholeSegmentsUnlessAskedOtherwise) {
  SegmentSamplerOptions options;
  const std::vector<SampledRecording> recordings = {
      {4 * kSecond, "a"}, {34 * kSecond, "a"}, {2 * kSecond, "a"}};
  const auto whole = MakeSampler(recordings, options);
  EXPECT_EQ(whole->shortest_segment_samples(), 5 * kSecond);
  EXPECT_EQ(whole->cultures()[0].drawable_samples, 30 * kSecond);
  EXPECT_EQ(whole->cultures()[0].recordings_too_short, 2);

  options.minimum_samples = 72000;  // MERT's.
  const auto short_too = MakeSampler(recordings, options);
  EXPECT_EQ(short_too->segment_samples(), 5 * kSecond);
  EXPECT_EQ(short_too->shortest_segment_samples(), 4 * kSecond);
  EXPECT_EQ(short_too->cultures()[0].drawable_samples, 38 * kSecond);
  EXPECT_EQ(short_too->cultures()[0].recordings_too_short, 1);
  std::set<std::int64_t> lengths;
  for (std::uint64_t number = 0; number < 100; ++number) {
    const Segment segment = short_too->At(number);
    lengths.insert(segment.samples);
    if (segment.samples == 4 * kSecond) {
      EXPECT_EQ(segment.first_sample,
                segment.recording == 0 ? 0 : 30 * kSecond);
    }
  }
  EXPECT_THAT(lengths, ElementsAre(4 * kSecond, 5 * kSecond));
}

TEST(SegmentSamplerTest, RefusesLengthsThatMakeNoSense) {
  const std::vector<SampledRecording> one = {{100 * kSecond, "a"}};
  SegmentSamplerOptions options;
  options.segment_samples = 0;
  ExpectRefused(one, options, "segment_samples is 0, but must be at least 1");
  options = {};
  options.minimum_samples = -1;
  ExpectRefused(one, options,
                "minimum_samples and piece_samples are -1 and 720000");
  options = {};
  options.piece_samples = std::numeric_limits<std::int64_t>::min();
  ExpectRefused(one, options, "but must be at least 0");
  options = {};
  options.piece_samples = 119999;
  ExpectRefused(one, options,
                "piece_samples is 119999, so that no piece reaches the minimum "
                "of 120000");
  options = {};
  options.segment_samples = std::numeric_limits<std::int64_t>::max();
  options.piece_samples = 0;
  ExpectRefused(one, options,
                "none of the 1 recordings has the 9223372036854775807 samples");
}

TEST(SegmentSamplerTest, RefusesRecordingsThatCannotBe) {
  ExpectRefused({}, {}, "there are no recordings to draw segments from");
  ExpectRefused({{240000, "a"}, {-1, "a"}}, {},
                "recording 1 of the list has -1 samples");
  ExpectRefused({{std::numeric_limits<std::int64_t>::max(), "a"}}, {},
                "expected 0 to 1099511627776");
  ExpectRefused(
      {{119999, "a"}, {0, "a"}}, {},
      "none of the 2 recordings has the 120000 samples that a segment "
      "needs, the longest has 119999");
}

TEST(SegmentSamplerTest, RefusesSharesThatAnEpochCannotHold) {
  SegmentSamplerOptions options;
  options.segment_samples = 10;
  options.mix.weighting = CultureWeighting::kGiven;
  options.mix.weights = {{"a", 1}, {"b", 1e-3}};
  const std::vector<SampledRecording> recordings = {{100, "a"}, {100, "b"}};
  ExpectRefused(recordings, options,
                "culture \"b\" has a share of 0.000999001, which is less than "
                "one of an epoch's 20 segments");
  options.drawing = Drawing::kWithReplacement;
  EXPECT_THAT(SegmentSampler::Create(recordings, options), IsOk());

  options = {};
  options.segment_samples = 10;
  options.mix.replay_cultures = {"b"};
  options.mix.replay_fraction = 1 - 1e-15;
  ExpectRefused(recordings, options, "lower replay_fraction, now 1");
}

TEST(SegmentSamplerTest, PassesOnWhatIsWrongWithTheMix) {
  SegmentSamplerOptions options;
  options.mix.replay_fraction = 2;
  ExpectRefused(SmallCorpus(), options, "replay_fraction is 2");
}

}  // namespace
}  // namespace culturemert
