#include "datasets/sampling/segment_loader.h"

#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

absl::Status CheckOptions(const SegmentLoaderOptions& options) {
  if (options.workers < 1 || options.workers > SegmentLoader::kMaxWorkers) {
    return absl::InvalidArgumentError(
        absl::StrCat("workers is ", options.workers, ", but must be from 1 to ",
                     SegmentLoader::kMaxWorkers));
  }
  if (options.prefetch_batches < 1 ||
      options.prefetch_batches > SegmentLoader::kMaxPrefetchBatches) {
    return absl::InvalidArgumentError(absl::StrCat(
        "prefetch_batches is ", options.prefetch_batches,
        ", but must be from 1 to ", SegmentLoader::kMaxPrefetchBatches));
  }
  return absl::OkStatus();
}

absl::Status CheckBatch(std::uint64_t batch) {
  if (batch <= SegmentLoader::kMaxBatch) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("cannot start at batch ", batch, "; the last possible is ",
                   SegmentLoader::kMaxBatch));
}

absl::StatusOr<std::uint64_t> BufferBytes(const SegmentLoaderOptions& options,
                                          std::int64_t rows,
                                          std::int64_t segment_samples) {
  const std::uint64_t row_buffers =
      static_cast<std::uint64_t>(options.prefetch_batches) * rows;
  const std::uint64_t most = options.max_buffer_bytes / sizeof(float);
  if (static_cast<std::uint64_t>(segment_samples) > most / row_buffers) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.prefetch_batches, " batches of ", rows, " segments of ",
        segment_samples, " samples, 4 bytes each, need more than ",
        options.max_buffer_bytes,
        " bytes; lower prefetch_batches or batch_segments, or raise ",
        "max_buffer_bytes"));
  }
  return row_buffers * segment_samples * sizeof(float);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SegmentLoader>> SegmentLoader::Create(
    const SegmentSampler& sampler, const SegmentReader& reader,
    const SegmentLoaderOptions& options) {
  RETURN_IF_ERROR(CheckOptions(options));
  RETURN_IF_ERROR(CheckBatch(options.first_batch));
  ASSIGN_OR_RETURN(const BatchPlanner planner,
                   BatchPlanner::Create(sampler, options.slicing));
  ASSIGN_OR_RETURN(
      const std::uint64_t buffer_bytes,
      BufferBytes(options, planner.rows(), sampler.segment_samples()));
  auto loader = absl::WrapUnique(
      new SegmentLoader(planner, reader, options, buffer_bytes));
  RETURN_IF_ERROR(loader->Start(options.workers));
  return loader;
}

SegmentLoader::SegmentLoader(const BatchPlanner& planner,
                             const SegmentReader& reader,
                             const SegmentLoaderOptions& options,
                             std::uint64_t buffer_bytes)
    : planner_(planner),
      reader_(reader),
      buffer_bytes_(buffer_bytes),
      batch_floats_(buffer_bytes / options.prefetch_batches / sizeof(float)),
      slots_(options.prefetch_batches),
      next_batch_(options.first_batch),
      opened_(options.first_batch) {}

absl::Status SegmentLoader::Start(int workers) {
  try {
    while (static_cast<int>(workers_.size()) < workers) {
      workers_.emplace_back([this] { Work(); });
    }
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot start worker ", workers_.size() + 1, " of ", workers, ": ",
        error.what(), "; ask for fewer or raise the limit on threads"));
  }
  return absl::OkStatus();
}

SegmentLoader::~SegmentLoader() {
  Cancel();
  for (std::thread& worker : workers_) worker.join();
}

void SegmentLoader::Cancel() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
  }
  work_arrived_.notify_all();
  batch_ready_.notify_all();
  idle_.notify_all();
}

std::uint64_t SegmentLoader::next_batch() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return next_batch_;
}

SegmentLoaderStats SegmentLoader::stats() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stats_;
}

absl::Status SegmentLoader::Next(SegmentBatch& batch) {
  std::unique_lock<std::mutex> lock(mutex_);
  double waiting_seconds = 0;
  const bool late = !IsReady();
  if (late) {
    const Clock::time_point begin = Clock::now();
    batch_ready_.wait(lock, [&] { return cancelled_ || IsReady(); });
    waiting_seconds = SecondsSince(begin);
  }
  if (cancelled_) return absl::CancelledError("the loader was cancelled");
  Slot& slot = SlotOf(next_batch_);
  RETURN_IF_ERROR(slot.status);
  std::swap(batch, slot.batch);
  ++next_batch_;
  ++stats_.batches;
  stats_.late_batches += late;
  stats_.waiting_seconds += waiting_seconds;
  stats_.last_waiting_seconds = waiting_seconds;
  lock.unlock();
  work_arrived_.notify_one();
  return absl::OkStatus();
}

absl::Status SegmentLoader::Seek(std::uint64_t batch) {
  RETURN_IF_ERROR(CheckBatch(batch));
  {
    std::unique_lock<std::mutex> lock(mutex_);
    paused_ = true;
    idle_.wait(lock, [&] { return IsIdle(); });
    next_batch_ = batch;
    opened_ = batch;
    reading_ = nullptr;
    failed_ = false;
    paused_ = false;
  }
  work_arrived_.notify_all();
  return absl::OkStatus();
}

bool SegmentLoader::HasRow() const {
  return reading_ != nullptr && reading_->next_row < planner_.rows();
}

bool SegmentLoader::MayOpen() const {
  return !opening_ && !failed_ && opened_ - next_batch_ < slots_.size();
}

bool SegmentLoader::IsReady() {
  if (opened_ == next_batch_) return false;
  const Slot& slot = SlotOf(next_batch_);
  return slot.next_row == planner_.rows() && slot.rows_in_flight == 0;
}

void SegmentLoader::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    work_arrived_.wait(lock, [&] {
      return cancelled_ || (!paused_ && (HasRow() || MayOpen()));
    });
    if (cancelled_) return;
    if (HasRow()) {
      ReadRow(lock);
    } else {
      OpenBatch(lock);
    }
    if (IsReady()) batch_ready_.notify_all();
    if (IsIdle()) idle_.notify_all();
  }
}

void SegmentLoader::OpenBatch(std::unique_lock<std::mutex>& lock) {
  opening_ = true;
  Slot& slot = SlotOf(opened_);
  const std::uint64_t number = opened_;
  lock.unlock();
  const absl::Status status = Prepare(number, slot.batch);
  lock.lock();
  opening_ = false;
  ++opened_;
  slot.status = status;
  slot.failed_row = 0;
  slot.next_row = status.ok() ? 0 : planner_.rows();
  failed_ = failed_ || !status.ok();
  reading_ = &slot;
  work_arrived_.notify_all();
}

void SegmentLoader::ReadRow(std::unique_lock<std::mutex>& lock) {
  Slot& slot = *reading_;
  const std::int64_t row = slot.next_row++;
  ++slot.rows_in_flight;
  ++rows_in_flight_;
  lock.unlock();
  const Clock::time_point begin = Clock::now();
  absl::Status status = Read(slot.batch, row);
  const double reading_seconds = SecondsSince(begin);
  lock.lock();
  --slot.rows_in_flight;
  --rows_in_flight_;
  stats_.reading_seconds += reading_seconds;
  if (status.ok()) return;
  // Rows are taken in ascending order, so that none before this one is left;
  // whether one of them fails too does not depend on chance.
  if (slot.status.ok() || row < slot.failed_row) {
    slot.status = std::move(status);
    slot.failed_row = row;
  }
  slot.next_row = planner_.rows();
  failed_ = true;
}

absl::Status SegmentLoader::Prepare(std::uint64_t number,
                                    SegmentBatch& batch) const {
  try {
    BatchPlan plan = planner_.Plan(number);
    // Growing by resize alone could take twice what is needed.
    batch.audio.reserve(batch_floats_);
    batch.audio.resize(plan.segments.size() * plan.samples);
    batch.batch = plan.batch;
    batch.samples = plan.samples;
    batch.segments = std::move(plan.segments);
  } catch (const std::exception&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("batch ", number, ": no memory for ", planner_.rows(),
                     " segments; lower prefetch_batches or batch_segments"));
  }
  return absl::OkStatus();
}

absl::Status SegmentLoader::Read(SegmentBatch& batch, std::int64_t row) const {
  const Segment& segment = batch.segments[row];
  const auto out =
      absl::MakeSpan(batch.audio).subspan(row * batch.samples, batch.samples);
  absl::Status status;
  try {
    status = reader_.Read(segment.recording, segment.first_sample, out);
  } catch (const std::exception& exception) {
    status = absl::InternalError(
        absl::StrCat("exception of the reader: ", exception.what()));
  } catch (...) {
    status = absl::InternalError("exception of unknown type of the reader");
  }
  if (status.ok()) return status;
  return Annotate(
      status,
      absl::StrCat("batch ", batch.batch, ", row ", row, " (recording ",
                   segment.recording, ", samples ", segment.first_sample,
                   " to ", segment.first_sample + segment.samples - 1, ")"));
}

}  // namespace culturemert
