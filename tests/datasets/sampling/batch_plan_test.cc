#include "datasets/sampling/batch_plan.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// Whole segments have 10 samples; with minimum_samples 3 some have fewer.
std::unique_ptr<SegmentSampler> MakeSampler(std::int64_t minimum_samples) {
  std::vector<SampledRecording> recordings;
  for (std::int64_t samples = 0; samples < 40; ++samples) {
    recordings.push_back({samples, samples % 2 == 0 ? "even" : "odd"});
  }
  SegmentSamplerOptions options;
  options.segment_samples = 10;
  options.minimum_samples = minimum_samples;
  options.piece_samples = 20;
  auto sampler = SegmentSampler::Create(recordings, options);
  EXPECT_THAT(sampler, IsOk());
  return *std::move(sampler);
}

BatchPlanner MakePlanner(const SegmentSampler& sampler,
                         const BatchSlicing& slicing) {
  auto planner = BatchPlanner::Create(sampler, slicing);
  EXPECT_THAT(planner, IsOk());
  return *std::move(planner);
}

TEST(BatchPlanTest, HasSegmentNOfTheTrainingWhereTheFormulaSays) {
  const auto sampler = MakeSampler(0);
  for (const std::int64_t segments : {1, 6, 12, 24}) {
    for (int world = 1; world <= segments; ++world) {
      if (segments % world != 0) continue;
      for (int rank = 0; rank < world; ++rank) {
        const BatchPlanner planner =
            MakePlanner(*sampler, {segments, rank, world});
        EXPECT_EQ(planner.rows(), segments / world);
        // More than two epochs.
        const auto batches = static_cast<std::uint64_t>(200 / segments);
        for (std::uint64_t batch = 0; batch < batches; ++batch) {
          const BatchPlan plan = planner.Plan(batch);
          EXPECT_EQ(plan.batch, batch);
          EXPECT_EQ(plan.samples, 10);
          ASSERT_THAT(plan.segments, SizeIs(segments / world));
          for (std::int64_t row = 0; row < segments / world; ++row) {
            const std::uint64_t n =
                batch * segments + rank * (segments / world) + row;
            const std::uint64_t epoch = n / sampler->segments_per_epoch();
            EXPECT_EQ(plan.segments[row],
                      sampler->At(epoch, n % sampler->segments_per_epoch()));
          }
        }
      }
    }
  }
}

TEST(BatchPlanTest, CutsAllRanksToTheShortestSegmentOfTheBatch) {
  const auto sampler = MakeSampler(3);
  ASSERT_LT(sampler->shortest_segment_samples(), 10);
  int cut = 0;
  int whole = 0;
  for (std::uint64_t batch = 0; batch < 100; ++batch) {
    std::int64_t shortest = 10;
    for (std::uint64_t n = batch * 12; n < (batch + 1) * 12; ++n) {
      shortest = std::min(shortest, sampler->At(n).samples);
    }
    (shortest < 10 ? cut : whole) += 1;
    for (const int world : {1, 2, 3, 4, 6, 12}) {
      std::uint64_t n = batch * 12;
      for (int rank = 0; rank < world; ++rank) {
        const BatchPlan plan =
            MakePlanner(*sampler, {12, rank, world}).Plan(batch);
        EXPECT_EQ(plan.samples, shortest);
        for (const Segment& segment : plan.segments) {
          const Segment drawn = sampler->At(n++);
          EXPECT_EQ(segment,
                    (Segment{drawn.recording, drawn.first_sample, shortest}));
        }
      }
    }
  }
  EXPECT_GT(cut, 10);
  EXPECT_GT(whole, 10);
}

TEST(BatchPlanTest, RefusesASlicingThatCannotBe) {
  const auto sampler = MakeSampler(0);
  const auto refuses = [&](const BatchSlicing& slicing,
                           const std::string& message) {
    EXPECT_THAT(
        BatchPlanner::Create(*sampler, slicing),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refuses({0, 0, 1}, "batch_segments is 0, but must be from 1 to 1048576");
  refuses({-16, 0, 1}, "batch_segments is -16");
  refuses({1048577, 0, 1}, "batch_segments is 1048577");
  refuses({16, 0, 0}, "rank 0 of 0 does not exist");
  refuses({16, -1, 4}, "rank -1 of 4 does not exist");
  refuses({16, 4, 4}, "rank 4 of 4 does not exist");
  refuses({16, 0, 3}, "a batch of 16 segments cannot be shared evenly by 3");
  refuses({4, 0, 8}, "a batch of 4 segments cannot be shared evenly by 8");
}

}  // namespace
}  // namespace culturemert
