// Recordings and readers for the tests of SegmentLoader.

#ifndef CULTUREMERT_TESTS_DATASETS_SAMPLING_LOADER_FIXTURES_H_
#define CULTUREMERT_TESTS_DATASETS_SAMPLING_LOADER_FIXTURES_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "datasets/sampling/segment_loader.h"
#include "datasets/sampling/segment_reader.h"
#include "datasets/sampling/segment_sampler.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {

// Sample `sample` of recording `recording` in these tests.
inline float TestSample(std::int64_t recording, std::int64_t sample) {
  return static_cast<float>(recording * 10000 + sample);
}

// Fills in TestSample, and counts; before that calls `interfere`, if there is
// one, and fails as that does.
class TestReader : public SegmentReader {
 public:
  using Interfere = std::function<absl::Status(std::int64_t recording,
                                               std::int64_t first_sample)>;

  TestReader() = default;
  explicit TestReader(Interfere interfere) : interfere_(std::move(interfere)) {}

  absl::Status Read(std::int64_t recording, std::int64_t first_sample,
                    absl::Span<float> out) const override {
    ++reads_;
    if (interfere_) {
      const absl::Status status = interfere_(recording, first_sample);
      if (!status.ok()) return status;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] =
          TestSample(recording, first_sample + static_cast<std::int64_t>(i));
    }
    return absl::OkStatus();
  }

  // Begun so far.
  std::int64_t reads() const { return reads_; }

 private:
  const Interfere interfere_;
  mutable std::atomic<std::int64_t> reads_{0};
};

// Lets other threads overtake now and then.
inline void Dawdle(std::int64_t recording, std::int64_t first_sample) {
  const RandomStream random(recording, StreamId("dawdle"));
  if (random.UniformInt(first_sample, 8) == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(30));
  }
}

// Holds everyone up until it is opened.
class Gate {
 public:
  void Open() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Waits up to 20 seconds for `condition`; false if it never held.
inline bool WaitUntil(const std::function<bool()>& condition) {
  for (int i = 0; i < 20000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

// Segments of 64 samples, or with a minimum_samples below that some shorter
// ones, from 50 recordings of up to 500.
inline std::unique_ptr<SegmentSampler> MakeTestSampler(
    std::int64_t minimum_samples = 0) {
  std::vector<SampledRecording> recordings;
  for (std::int64_t i = 0; i < 50; ++i) {
    recordings.push_back({i * i / 5, i % 3 == 0 ? "makam" : "lyra"});
  }
  SegmentSamplerOptions options;
  options.segment_samples = 64;
  options.minimum_samples = minimum_samples;
  options.piece_samples = 256;
  auto sampler = SegmentSampler::Create(recordings, options);
  EXPECT_THAT(sampler, IsOk());
  return *std::move(sampler);
}

inline std::unique_ptr<SegmentLoader> MakeLoader(
    const SegmentSampler& sampler, const SegmentReader& reader,
    const SegmentLoaderOptions& options) {
  auto loader = SegmentLoader::Create(sampler, reader, options);
  EXPECT_THAT(loader, IsOk());
  return *std::move(loader);
}

inline SegmentLoaderOptions LoaderOptions(int workers, int prefetch_batches,
                                          std::int64_t batch_segments = 6) {
  SegmentLoaderOptions options;
  options.slicing.batch_segments = batch_segments;
  options.workers = workers;
  options.prefetch_batches = prefetch_batches;
  return options;
}

// That `batch` is what the plan says, sample by sample.
inline void ExpectBatch(const SegmentBatch& batch, const BatchPlan& plan) {
  ASSERT_EQ(batch.batch, plan.batch);
  ASSERT_EQ(batch.samples, plan.samples);
  ASSERT_EQ(batch.segments, plan.segments);
  ASSERT_EQ(batch.rows(), static_cast<std::int64_t>(plan.segments.size()));
  ASSERT_EQ(batch.audio.size(), plan.segments.size() * plan.samples);
  for (std::int64_t row = 0; row < batch.rows(); ++row) {
    const absl::Span<const float> samples = batch.Row(row);
    ASSERT_EQ(samples.data(), batch.audio.data() + row * plan.samples);
    ASSERT_EQ(samples.size(), plan.samples);
    for (std::int64_t i = 0; i < plan.samples; ++i) {
      ASSERT_EQ(samples[i], TestSample(plan.segments[row].recording,
                                       plan.segments[row].first_sample + i));
    }
  }
}

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_DATASETS_SAMPLING_LOADER_FIXTURES_H_
