// The loader under readers that are slow, fail, or are left in the middle.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "datasets/sampling/segment_loader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/sampling/loader_fixtures.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

std::int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total_pages = 0;
  std::int64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * 4096;
}

TEST(SegmentLoaderStressTest, EndsCleanlyAtAnyMoment) {
  const auto sampler = MakeTestSampler();
  std::atomic<int> reading{0};
  const TestReader reader([&](std::int64_t recording, std::int64_t first) {
    ++reading;
    Dawdle(recording, first);
    --reading;
    return absl::OkStatus();
  });
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const RandomStream random(trial, StreamId("end"));
    auto loader = MakeLoader(
        *sampler, reader,
        LoaderOptions(1 + static_cast<int>(random.UniformInt(0, 8)),
                      1 + static_cast<int>(random.UniformInt(1, 5))));
    SegmentBatch batch;
    for (std::uint64_t i = random.UniformInt(2, 10); i > 0; --i) {
      ASSERT_THAT(loader->Next(batch), IsOk());
    }
    std::this_thread::sleep_for(
        std::chrono::microseconds(random.UniformInt(3, 100)));
    loader.reset();
    ASSERT_EQ(reading, 0);  // No read outlives the loader.
  }
}

TEST(SegmentLoaderStressTest, IsCancelledByAnotherThreadAtAnyMoment) {
  const auto sampler = MakeTestSampler();
  const TestReader reader([](std::int64_t recording, std::int64_t first) {
    Dawdle(recording, first);
    return absl::OkStatus();
  });
  for (std::uint64_t trial = 0; trial < 100; ++trial) {
    const RandomStream random(trial, StreamId("cancel"));
    const auto loader = MakeLoader(
        *sampler, reader,
        LoaderOptions(1 + static_cast<int>(random.UniformInt(0, 4)), 2));
    std::thread other([&] {
      std::this_thread::sleep_for(
          std::chrono::microseconds(random.UniformInt(1, 500)));
      loader->stats();
      loader->next_batch();
      loader->Cancel();
    });
    SegmentBatch batch;
    absl::Status status;
    do {
      status = loader->Next(batch);
    } while (status.ok());
    EXPECT_THAT(status,
                StatusIs(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
    other.join();
  }
}

TEST(SegmentLoaderStressTest, SurvivesSeekingAmongFailures) {
  const auto sampler = MakeTestSampler();
  const auto fails = [](const Segment& segment) {
    return RandomStream(segment.recording, StreamId("fails"))
               .UniformInt(segment.first_sample, 40) == 0;
  };
  const TestReader reader([&](std::int64_t recording, std::int64_t first) {
    Dawdle(recording, first);
    return fails({recording, first, 0}) ? absl::UnavailableError("try later")
                                        : absl::OkStatus();
  });
  const SegmentLoaderOptions options = LoaderOptions(4, 3);
  const auto planner = BatchPlanner::Create(*sampler, options.slicing);
  ASSERT_THAT(planner, IsOk());
  const auto loader = MakeLoader(*sampler, reader, options);
  SegmentBatch batch;
  int failures = 0;
  for (std::uint64_t trial = 0; trial < 300; ++trial) {
    const RandomStream random(trial, StreamId("seek"));
    const std::uint64_t first = random.UniformInt(0, 1000);
    ASSERT_THAT(loader->Seek(first), IsOk());
    for (std::uint64_t number = first; number < first + random.UniformInt(1, 8);
         ++number) {
      const BatchPlan plan = planner->Plan(number);
      const bool fail =
          std::any_of(plan.segments.begin(), plan.segments.end(), fails);
      const absl::Status status = loader->Next(batch);
      ASSERT_EQ(status.ok(), !fail) << status;
      failures += fail;
      if (fail) break;
      ExpectBatch(batch, plan);
    }
  }
  EXPECT_GT(failures, 50);
}

// Takes no time; all the memory is touched anyhow, as the loader clears it.
class QuickReader final : public SegmentReader {
  absl::Status Read(std::int64_t, std::int64_t,
                    absl::Span<float> out) const override {
    out.front() = 1;
    out.back() = 1;
    return absl::OkStatus();
  }
};

class SegmentLoaderMemoryTest : public testing::Test {
 protected:
  SegmentLoaderMemoryTest() {
    const std::vector<SampledRecording> recordings(100, {240000, "a"});
    SegmentSamplerOptions options;
    options.segment_samples = 32768;
    auto sampler = SegmentSampler::Create(recordings, options);
    EXPECT_THAT(sampler, IsOk());
    sampler_ = *std::move(sampler);
    loader_ = MakeLoader(*sampler_, reader_, LoaderOptions(2, 4, 8));
  }

  const QuickReader reader_;
  std::unique_ptr<SegmentSampler> sampler_;
  std::unique_ptr<SegmentLoader> loader_;
};

// 4 GiB of audio go through a ring of 4 MiB.
TEST_F(SegmentLoaderMemoryTest, StaysAsSmallAsItsRing) {
  EXPECT_EQ(loader_->buffer_bytes(), 4 << 20);
  SegmentBatch batch;
  for (int i = 0; i < 20; ++i) ASSERT_THAT(loader_->Next(batch), IsOk());
  const std::int64_t before = ResidentBytes();
  for (int i = 0; i < 4096; ++i) ASSERT_THAT(loader_->Next(batch), IsOk());
  EXPECT_LT(ResidentBytes() - before, 16 << 20);
}

// Nor does memory grow where the caller hands no batch back.
TEST_F(SegmentLoaderMemoryTest, IsReturnedWithBatchesThatAreNotHandedBack) {
  for (int i = 0; i < 20; ++i) {
    SegmentBatch batch;
    ASSERT_THAT(loader_->Next(batch), IsOk());
  }
  const std::int64_t before = ResidentBytes();
  for (int i = 0; i < 512; ++i) {
    SegmentBatch batch;
    ASSERT_THAT(loader_->Next(batch), IsOk());
  }
  // 512 MiB have come and gone, of which AddressSanitizer keeps up to 256 MiB.
  EXPECT_LT(ResidentBytes() - before, 320 << 20);
}

}  // namespace
}  // namespace culturemert
