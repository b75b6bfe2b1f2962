// Reads the batches of a training ahead of the step that uses them.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<SegmentLoader> loader,
//                    SegmentLoader::Create(*sampler, reader, options));
//   SegmentBatch batch;
//   while (training) {
//     RETURN_IF_ERROR(loader->Next(batch));
//     Step(batch.audio, batch.rows(), batch.samples);
//   }
//
// Threads of the loader's own read rows of the next batches, in order, into a
// ring of prefetch_batches buffers; when all of them are full the threads
// sleep. What Next gives, data and errors, depends on the sampler, the reader
// and the batch's number alone, never on the number of threads, the depth of
// the ring or the time anything takes.

#ifndef CULTUREMERT_DATASETS_SAMPLING_SEGMENT_LOADER_H_
#define CULTUREMERT_DATASETS_SAMPLING_SEGMENT_LOADER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/sampling/batch_plan.h"
#include "datasets/sampling/segment.h"
#include "datasets/sampling/segment_reader.h"
#include "datasets/sampling/segment_sampler.h"

namespace culturemert {

struct SegmentLoaderOptions {
  BatchSlicing slicing;
  int workers = 2;                // Threads: 1 to SegmentLoader::kMaxWorkers.
  int prefetch_batches = 4;       // 1 to SegmentLoader::kMaxPrefetchBatches.
  std::uint64_t first_batch = 0;  // At most SegmentLoader::kMaxBatch.
  // Create refuses a ring that would need more memory than this.
  std::uint64_t max_buffer_bytes = std::uint64_t{4} << 30;
};

// One rank's part of a batch, as batch_plan.h describes it.
struct SegmentBatch {
  std::uint64_t batch = 0;
  std::int64_t samples = 0;       // T, of every row.
  std::vector<Segment> segments;  // [rows]: what each row is.
  std::vector<float> audio;       // [rows, T], in [-1, 1].

  std::int64_t rows() const {
    return static_cast<std::int64_t>(segments.size());
  }
  absl::Span<const float> Row(std::int64_t row) const {
    return absl::MakeConstSpan(audio).subspan(row * samples, samples);
  }
};

// Since the loader was made.
struct SegmentLoaderStats {
  std::uint64_t batches = 0;        // Given by Next.
  std::uint64_t late_batches = 0;   // Among them: not ready when asked for.
  double waiting_seconds = 0;       // Spent by Next waiting for them.
  double last_waiting_seconds = 0;  // Of these, for the latest batch.
  double reading_seconds = 0;       // Spent by all workers in the reader.
};

class SegmentLoader {
 public:
  static constexpr int kMaxWorkers = 256;
  static constexpr int kMaxPrefetchBatches = 1024;
  static constexpr std::uint64_t kMaxBatch = std::uint64_t{1} << 40;

  // Starts reading at once. `sampler` and `reader` must outlive the loader.
  // kInvalidArgument when an option is out of range or the ring would need too
  // much memory, kResourceExhausted when the system gives no more threads.
  static absl::StatusOr<std::unique_ptr<SegmentLoader>> Create(
      const SegmentSampler& sampler, const SegmentReader& reader,
      const SegmentLoaderOptions& options);

  // Cancels, and waits for the rows being read at the moment. Next and Seek
  // must have returned.
  ~SegmentLoader();
  SegmentLoader(const SegmentLoader&) = delete;
  SegmentLoader& operator=(const SegmentLoader&) = delete;

  // Replaces `batch` by the next one, waiting for it if need be. What `batch`
  // held goes back into the ring: pass the same object each time, and after the
  // first few batches no memory is allocated any more.
  //
  // Where reading a batch failed: every batch before it is given first, and
  // then, for this call and all later ones until Seek, the error of the
  // batch's first row that fails, naming batch, row and segment. Rows and
  // batches after that one may or may not have been read. An exception of the
  // reader counts as kInternal. kCancelled after Cancel. `batch` is unchanged
  // by an error.
  //
  // Next and Seek may be called by one thread at a time.
  absl::Status Next(SegmentBatch& batch);

  // Makes `batch` the next one, and forgets errors. Reads nothing of any other;
  // waits for the rows being read at the moment. kInvalidArgument beyond
  // kMaxBatch.
  absl::Status Seek(std::uint64_t batch);

  // For any thread, at any time: stops reading, and lets a waiting Next and all
  // later ones fail. Does not wait.
  void Cancel();

  // The number of the batch that Next gives next. For any thread.
  std::uint64_t next_batch() const;

  // For any thread. Waiting and reading are counted when they end.
  SegmentLoaderStats stats() const;

  // The most that the ring holds, in bytes of audio: prefetch_batches * rows *
  // segment_samples * 4. The batch the caller holds comes on top.
  std::uint64_t buffer_bytes() const { return buffer_bytes_; }

 private:
  // A place of the ring.
  struct Slot {
    SegmentBatch batch;
    std::int64_t next_row = 0;  // The first that no worker has taken.
    std::int64_t rows_in_flight = 0;
    absl::Status status;
    std::int64_t failed_row = 0;  // Meaningless while status is OK.
  };

  SegmentLoader(const BatchPlanner& planner, const SegmentReader& reader,
                const SegmentLoaderOptions& options,
                std::uint64_t buffer_bytes);

  absl::Status Start(int workers);
  void Work();

  // These need the mutex.
  Slot& SlotOf(std::uint64_t batch) { return slots_[batch % slots_.size()]; }
  bool HasRow() const;
  bool MayOpen() const;
  bool IsReady();
  bool IsIdle() const { return !opening_ && rows_in_flight_ == 0; }

  // These release the mutex while they work.
  void OpenBatch(std::unique_lock<std::mutex>& lock);
  void ReadRow(std::unique_lock<std::mutex>& lock);

  absl::Status Prepare(std::uint64_t number, SegmentBatch& batch) const;
  absl::Status Read(SegmentBatch& batch, std::int64_t row) const;

  const BatchPlanner planner_;
  const SegmentReader& reader_;
  const std::uint64_t buffer_bytes_;
  const std::size_t batch_floats_;  // Of a batch whose rows are all whole.
  std::vector<std::thread> workers_;

  mutable std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable batch_ready_;
  std::condition_variable idle_;

  // All below is guarded by mutex_, but that the one thread that opens a batch,
  // and those that read its rows, own its slot's batch and their rows of it.
  std::vector<Slot> slots_;
  std::uint64_t next_batch_;  // The next to be given.
  std::uint64_t opened_;      // The next to be opened.
  Slot* reading_ = nullptr;   // The latest opened, if any.
  bool opening_ = false;      // A worker is planning a batch.
  std::int64_t rows_in_flight_ = 0;
  bool failed_ = false;  // No further batches are opened.
  bool paused_ = false;  // Seek is waiting for the workers.
  bool cancelled_ = false;
  SegmentLoaderStats stats_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_SEGMENT_LOADER_H_
