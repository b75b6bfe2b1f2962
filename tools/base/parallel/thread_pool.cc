#include "tools/base/parallel/thread_pool.h"

#include <atomic>
#include <exception>
#include <system_error>

#include "absl/memory/memory.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/available_cpus.h"

namespace culturemert {
namespace parallel_internal {

// One ParallelFor: gives out its indices in ascending order, none above the
// lowest that has failed. So every index below a failed one has been given out
// before it, and runs.
class Loop {
 public:
  Loop(std::int64_t n, absl::FunctionRef<absl::Status(std::int64_t)> function)
      : function_(function), end_(n) {}

  bool HasWork() const { return next_.load() < end_.load(); }

  // Runs indices until there are none left to give out.
  void Work() {
    while (true) {
      const std::int64_t index = next_.fetch_add(1);
      if (index >= end_.load()) return;
      absl::Status status = Call(index);
      if (!status.ok()) Fail(index, std::move(status));
    }
  }

  // Only after all work is done.
  absl::Status TakeStatus() { return std::move(status_); }

  // Threads of the pool in Work(); guarded by the pool's mutex.
  int workers = 0;

 private:
  absl::Status Call(std::int64_t index) const {
    try {
      return function_(index);
    } catch (const std::exception& exception) {
      return absl::InternalError(
          absl::StrCat("exception at index ", index,
                       " of a parallel loop: ", exception.what()));
    } catch (...) {
      return absl::InternalError(absl::StrCat(
          "exception of unknown type at index ", index, " of a parallel loop"));
    }
  }

  void Fail(std::int64_t index, absl::Status status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (index >= end_.load()) return;
    end_.store(index);
    status_ = std::move(status);
  }

  const absl::FunctionRef<absl::Status(std::int64_t)> function_;
  std::atomic<std::int64_t> next_{0};
  std::atomic<std::int64_t> end_;  // The size, or the lowest failed index.
  std::mutex mutex_;
  absl::Status status_;  // Guarded by mutex_ while there is work.
};

}  // namespace parallel_internal

using parallel_internal::Loop;

absl::StatusOr<std::unique_ptr<ThreadPool>> ThreadPool::Create(int size) {
  if (size < 1 || size > kMaxSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot make a pool of ", size, " threads; ask for 1 to ", kMaxSize));
  }
  auto pool = absl::WrapUnique(new ThreadPool(size));
  RETURN_IF_ERROR(pool->Start());
  return pool;
}

int ThreadPool::DefaultSize() {
  return std::min(AvailableCpus(Files::Real()), kMaxSize);
}

absl::Status ThreadPool::Start() {
  try {
    while (static_cast<int>(threads_.size()) < size_ - 1) {
      threads_.emplace_back([this] { Work(); });
    }
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot start thread ", threads_.size() + 2, " of ", size_, ": ",
        error.what(), "; ask for fewer threads or raise the limit on them"));
  }
  return absl::OkStatus();
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  work_arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Loop* ThreadPool::FindLoop() {
  for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
    if ((*loop)->HasWork()) return *loop;
  }
  return nullptr;
}

void ThreadPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    Loop* loop = nullptr;
    work_arrived_.wait(
        lock, [&] { return stopping_ || (loop = FindLoop()) != nullptr; });
    if (stopping_) return;
    ++loop->workers;
    lock.unlock();
    loop->Work();
    lock.lock();
    --loop->workers;
    if (loop->workers == 0) worker_left_.notify_all();
  }
}

void ThreadPool::Run(Loop& loop) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    loops_.push_back(&loop);
  }
  work_arrived_.notify_all();
  loop.Work();
  std::unique_lock<std::mutex> lock(mutex_);
  loops_.erase(std::find(loops_.begin(), loops_.end(), &loop));
  worker_left_.wait(lock, [&] { return loop.workers == 0; });
}

absl::Status ParallelFor(
    ThreadPool& pool, std::int64_t n,
    absl::FunctionRef<absl::Status(std::int64_t)> function) {
  if (n < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot loop over ", n, " indices; expected 0 or more"));
  }
  Loop loop(n, function);
  if (pool.size() == 1 || n <= 1) {
    loop.Work();
  } else {
    pool.Run(loop);
  }
  return loop.TakeStatus();
}

}  // namespace culturemert
