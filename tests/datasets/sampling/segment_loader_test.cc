#include "datasets/sampling/segment_loader.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/sampling/loader_fixtures.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::Ge;
using ::testing::HasSubstr;

BatchPlanner MakePlanner(const SegmentSampler& sampler,
                         const BatchSlicing& slicing) {
  auto planner = BatchPlanner::Create(sampler, slicing);
  EXPECT_THAT(planner, IsOk());
  return *std::move(planner);
}

class SegmentLoaderTest : public testing::TestWithParam<std::tuple<int, int>> {
 protected:
  SegmentLoaderOptions Options() const {
    return LoaderOptions(std::get<0>(GetParam()), std::get<1>(GetParam()));
  }
  const std::unique_ptr<SegmentSampler> sampler_ = MakeTestSampler();
};

INSTANTIATE_TEST_SUITE_P(WorkersAndDepths, SegmentLoaderTest,
                         testing::Combine(testing::Values(1, 2, 4, 8),
                                          testing::Values(1, 2, 3, 9)),
                         [](const auto& info) {
                           return absl::StrCat(
                               std::get<0>(info.param), "Workers",
                               std::get<1>(info.param), "Batches");
                         });

TEST_P(SegmentLoaderTest, GivesTheSameBatchesInTheSameOrder) {
  const TestReader reader([](std::int64_t recording, std::int64_t first) {
    Dawdle(recording, first);
    return absl::OkStatus();
  });
  const BatchPlanner planner = MakePlanner(*sampler_, Options().slicing);
  const auto loader = MakeLoader(*sampler_, reader, Options());
  SegmentBatch batch;
  for (std::uint64_t number = 0; number < 100; ++number) {
    EXPECT_EQ(loader->next_batch(), number);
    ASSERT_THAT(loader->Next(batch), IsOk());
    ExpectBatch(batch, planner.Plan(number));
  }
}

TEST_P(SegmentLoaderTest, CutsBatchesAsPlanned) {
  const auto sampler = MakeTestSampler(/*minimum_samples=*/20);
  const TestReader reader;
  const BatchPlanner planner = MakePlanner(*sampler, Options().slicing);
  const auto loader = MakeLoader(*sampler, reader, Options());
  SegmentBatch batch;
  std::set<std::int64_t> lengths;
  for (std::uint64_t number = 0; number < 60; ++number) {
    ASSERT_THAT(loader->Next(batch), IsOk());
    ExpectBatch(batch, planner.Plan(number));
    lengths.insert(batch.samples);
    EXPECT_LE(batch.audio.capacity(), 6 * 64);
  }
  EXPECT_GT(lengths.size(), 2);
}

TEST_P(SegmentLoaderTest, GivesTheErrorOfTheFirstRowOfTheBatchThatFails) {
  for (std::int64_t trial = 0; trial < 20; ++trial) {
    const auto fails = [&](std::int64_t recording, std::int64_t first) {
      const RandomStream random(trial * 1000 + recording, StreamId("fails"));
      return random.UniformInt(first, 5 + 10 * trial) == 0;
    };
    const TestReader reader([&](std::int64_t recording, std::int64_t first) {
      Dawdle(recording, first);
      return fails(recording, first) ? absl::DataLossError("bad sector")
                                     : absl::OkStatus();
    });
    const BatchPlanner planner = MakePlanner(*sampler_, Options().slicing);
    const auto loader = MakeLoader(*sampler_, reader, Options());
    SegmentBatch batch;
    for (std::uint64_t number = 0;; ++number) {
      ASSERT_LT(number, 10000);
      const BatchPlan plan = planner.Plan(number);
      std::size_t row = 0;
      while (row < plan.segments.size() &&
             !fails(plan.segments[row].recording,
                    plan.segments[row].first_sample)) {
        ++row;
      }
      if (row == plan.segments.size()) {
        ASSERT_THAT(loader->Next(batch), IsOk());
        ExpectBatch(batch, plan);
        continue;
      }
      const Segment& segment = plan.segments[row];
      const std::string message =
          absl::StrCat("batch ", number, ", row ", row, " (recording ",
                       segment.recording, ", samples ", segment.first_sample,
                       " to ", segment.first_sample + 63, "): bad sector");
      const SegmentBatch before = batch;
      for (int again = 0; again < 3; ++again) {
        ASSERT_THAT(loader->Next(batch),
                    StatusIs(absl::StatusCode::kDataLoss, message));
      }
      EXPECT_EQ(loader->next_batch(), number);
      EXPECT_EQ(batch.audio, before.audio);
      break;
    }
  }
}

TEST_P(SegmentLoaderTest, SeeksAnywhereAndPastErrors) {
  const BatchPlanner planner = MakePlanner(*sampler_, Options().slicing);
  const Segment bad = planner.Plan(5).segments[3];
  const TestReader reader([&](std::int64_t recording, std::int64_t first) {
    Dawdle(recording, first);
    return recording == bad.recording && first == bad.first_sample
               ? absl::DataLossError("bad sector")
               : absl::OkStatus();
  });
  const auto loader = MakeLoader(*sampler_, reader, Options());
  SegmentBatch batch;
  for (const std::uint64_t to : {0, 7, 3, 1000000, 6, 6, 0}) {
    ASSERT_THAT(loader->Seek(to), IsOk());
    EXPECT_EQ(loader->next_batch(), to);
    for (std::uint64_t number = to; number < to + 4; ++number) {
      if (number == 5) {
        EXPECT_THAT(loader->Next(batch), StatusIs(absl::StatusCode::kDataLoss,
                                                  HasSubstr("batch 5, row 3")));
        break;
      }
      ASSERT_THAT(loader->Next(batch), IsOk());
      ExpectBatch(batch, planner.Plan(number));
    }
  }
}

TEST_P(SegmentLoaderTest, ResumesWithoutReadingWhatIsBefore) {
  std::mutex mutex;
  std::set<std::pair<std::int64_t, std::int64_t>> read;
  const TestReader reader([&](std::int64_t recording, std::int64_t first) {
    const std::lock_guard<std::mutex> lock(mutex);
    read.emplace(recording, first);
    return absl::OkStatus();
  });
  SegmentLoaderOptions options = Options();
  options.first_batch = 40;
  const BatchPlanner planner = MakePlanner(*sampler_, options.slicing);
  std::set<std::pair<std::int64_t, std::int64_t>> allowed;
  {
    const auto loader = MakeLoader(*sampler_, reader, options);
    SegmentBatch batch;
    for (std::uint64_t number = 40; number < 50; ++number) {
      ASSERT_THAT(loader->Next(batch), IsOk());
      ExpectBatch(batch, planner.Plan(number));
    }
  }
  for (std::uint64_t number = 40; number < 50u + options.prefetch_batches;
       ++number) {
    for (const Segment& segment : planner.Plan(number).segments) {
      allowed.emplace(segment.recording, segment.first_sample);
    }
  }
  for (const auto& segment : read) EXPECT_EQ(allowed.count(segment), 1);
}

// The threads stop when the ring is full, and go on by one batch for each that
// is taken.
TEST_P(SegmentLoaderTest, ReadsNoFurtherAheadThanTheRingIsDeep) {
  const TestReader reader;
  const SegmentLoaderOptions options = Options();
  const auto loader = MakeLoader(*sampler_, reader, options);
  SegmentBatch batch;
  for (std::int64_t taken = 0; taken < 4; ++taken) {
    const std::int64_t most = (taken + options.prefetch_batches) * 6;
    EXPECT_TRUE(WaitUntil([&] { return reader.reads() == most; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(reader.reads(), most);
    ASSERT_THAT(loader->Next(batch), IsOk());
  }
}

// In the long run batches come in the buffers of the ring and the caller's.
TEST_P(SegmentLoaderTest, AllocatesNoMemoryOnceAllBuffersAreThere) {
  const TestReader reader;
  const SegmentLoaderOptions options = Options();
  const auto loader = MakeLoader(*sampler_, reader, options);
  EXPECT_EQ(loader->buffer_bytes(), options.prefetch_batches * 6 * 64 * 4);
  SegmentBatch batch;
  std::set<const float*> buffers;
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(loader->Next(batch), IsOk());
    buffers.insert(batch.audio.data());
  }
  EXPECT_LE(buffers.size(), options.prefetch_batches + 1);
}

TEST_P(SegmentLoaderTest, GivesRanksTheirPartsOfTheSameBatches) {
  const TestReader reader;
  SegmentLoaderOptions options = Options();
  const auto whole = MakeLoader(*sampler_, reader, options);
  std::vector<std::unique_ptr<SegmentLoader>> ranks;
  options.slicing.world_size = 3;
  for (options.slicing.rank = 0; options.slicing.rank < 3;
       ++options.slicing.rank) {
    ranks.push_back(MakeLoader(*sampler_, reader, options));
  }
  SegmentBatch batch;
  SegmentBatch part;
  for (int number = 0; number < 20; ++number) {
    ASSERT_THAT(whole->Next(batch), IsOk());
    std::vector<float> joined;
    for (const auto& rank : ranks) {
      ASSERT_THAT(rank->Next(part), IsOk());
      joined.insert(joined.end(), part.audio.begin(), part.audio.end());
    }
    EXPECT_EQ(joined, batch.audio);
  }
}

TEST(SegmentLoaderErrorsTest, TakesAnExceptionOfTheReaderForAnError) {
  const auto sampler = MakeTestSampler();
  SegmentBatch batch;
  const TestReader throws_error([](std::int64_t, std::int64_t) -> absl::Status {
    throw std::runtime_error("disk on fire");
  });
  EXPECT_THAT(
      MakeLoader(*sampler, throws_error, LoaderOptions(3, 2))->Next(batch),
      StatusIs(absl::StatusCode::kInternal,
               testing::AllOf(
                   HasSubstr("batch 0, row 0 (recording "),
                   HasSubstr("): exception of the reader: disk on fire"))));
  const TestReader throws_number(
      [](std::int64_t, std::int64_t) -> absl::Status { throw 7; });
  EXPECT_THAT(
      MakeLoader(*sampler, throws_number, LoaderOptions(3, 2))->Next(batch),
      StatusIs(absl::StatusCode::kInternal,
               HasSubstr("exception of unknown type of the reader")));
}

TEST(SegmentLoaderErrorsTest, RefusesOptionsOutOfRange) {
  const auto sampler = MakeTestSampler();
  const TestReader reader;
  const auto refuses = [&](const SegmentLoaderOptions& options,
                           const std::string& message) {
    EXPECT_THAT(
        SegmentLoader::Create(*sampler, reader, options),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refuses(LoaderOptions(0, 1), "workers is 0, but must be from 1 to 256");
  refuses(LoaderOptions(257, 1), "workers is 257");
  refuses(LoaderOptions(1, 0),
          "prefetch_batches is 0, but must be from 1 to 1024");
  refuses(LoaderOptions(1, 1025), "prefetch_batches is 1025");
  refuses(LoaderOptions(1, 1, 0), "batch_segments is 0");
  SegmentLoaderOptions options;
  options.first_batch = SegmentLoader::kMaxBatch + 1;
  refuses(options, "cannot start at batch 1099511627777");
  options = LoaderOptions(1, 10, 100);
  options.max_buffer_bytes = 10 * 100 * 64 * 4 - 1;
  refuses(options,
          "10 batches of 100 segments of 64 samples, 4 bytes each, need more "
          "than 255999 bytes; lower prefetch_batches");
  options.max_buffer_bytes = 0;
  refuses(options, "need more than 0 bytes");
  options.max_buffer_bytes = 10 * 100 * 64 * 4;
  EXPECT_THAT(SegmentLoader::Create(*sampler, reader, options), IsOk());
  EXPECT_THAT(
      MakeLoader(*sampler, reader, {})->Seek(SegmentLoader::kMaxBatch + 1),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("cannot start at batch")));
}

// The limit itself must not overflow with segments of any length.
TEST(SegmentLoaderErrorsTest, RefusesBuffersThatNoMachineHas) {
  SegmentSamplerOptions options;
  options.segment_samples = DrawableAudio::kMaxRecordingSamples;
  options.piece_samples = 0;
  const std::vector<SampledRecording> recordings = {
      {DrawableAudio::kMaxRecordingSamples, "a"}};
  const auto sampler = SegmentSampler::Create(recordings, options);
  ASSERT_THAT(sampler, IsOk());
  const TestReader reader;
  EXPECT_THAT(
      SegmentLoader::Create(**sampler, reader, LoaderOptions(1, 1024, 1048576)),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("need more than 4294967296 bytes")));
}

TEST(SegmentLoaderCancelTest, LetsAWaitingNextGoWhileAReadGoesOn) {
  const auto sampler = MakeTestSampler();
  for (const int workers : {1, 3}) {
    Gate gate;
    const TestReader reader([&](std::int64_t, std::int64_t) {
      gate.Pass();
      return absl::OkStatus();
    });
    const auto loader = MakeLoader(*sampler, reader, LoaderOptions(workers, 2));
    absl::Status status;
    std::thread consumer([&] {
      SegmentBatch batch;
      status = loader->Next(batch);
    });
    EXPECT_TRUE(WaitUntil([&] { return reader.reads() >= workers; }));
    loader->Cancel();
    consumer.join();  // Though all reads are still held up.
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled,
                                 "the loader was cancelled"));
    gate.Open();
  }
}

TEST(SegmentLoaderCancelTest, FailsAllLaterCalls) {
  const auto sampler = MakeTestSampler();
  const TestReader reader;
  const auto loader = MakeLoader(*sampler, reader, LoaderOptions(2, 2));
  SegmentBatch batch;
  ASSERT_THAT(loader->Next(batch), IsOk());
  EXPECT_TRUE(WaitUntil([&] { return reader.reads() == 18; }));
  loader->Cancel();
  loader->Cancel();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(loader->Next(batch),
                StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
    EXPECT_THAT(loader->Seek(0), IsOk());
  }
}

TEST(SegmentLoaderStatsTest, CountWaitingForASlowReader) {
  const auto sampler = MakeTestSampler();
  const TestReader reader([](std::int64_t, std::int64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return absl::OkStatus();
  });
  const auto loader = MakeLoader(*sampler, reader, LoaderOptions(1, 2));
  SegmentBatch batch;
  for (int i = 0; i < 10; ++i) ASSERT_THAT(loader->Next(batch), IsOk());
  const SegmentLoaderStats stats = loader->stats();
  EXPECT_EQ(stats.batches, 10);
  EXPECT_EQ(stats.late_batches, 10);
  // Six reads of one millisecond for each.
  EXPECT_GE(stats.waiting_seconds, 0.05);
  EXPECT_GE(stats.last_waiting_seconds, 0.004);
  EXPECT_LT(stats.last_waiting_seconds, stats.waiting_seconds);
  EXPECT_GE(stats.reading_seconds, 0.06);
}

TEST(SegmentLoaderStatsTest, CountNoWaitingForBatchesThatAreReady) {
  const auto sampler = MakeTestSampler();
  const TestReader reader;
  const auto loader = MakeLoader(*sampler, reader, LoaderOptions(2, 3));
  EXPECT_EQ(loader->stats().batches, 0);
  SegmentBatch batch;
  for (int i = 1; i <= 5; ++i) {
    EXPECT_TRUE(WaitUntil([&] { return reader.reads() == (i + 2) * 6; }));
    // The last of them may not have ended yet, but those of the next batch
    // have.
    ASSERT_THAT(loader->Next(batch), IsOk());
    EXPECT_EQ(loader->stats().batches, i);
    EXPECT_EQ(loader->stats().late_batches, 0);
    EXPECT_EQ(loader->stats().waiting_seconds, 0);
    EXPECT_EQ(loader->stats().last_waiting_seconds, 0);
  }
  EXPECT_THAT(loader->stats().reading_seconds, Ge(0));
}

}  // namespace
}  // namespace culturemert
