// Threads that share out loops, so that what a loop returns does not depend on
// how many there are, nor on which of them did what.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<ThreadPool> pool,
//                    ThreadPool::Create(ThreadPool::DefaultSize()));
//   RETURN_IF_ERROR(ParallelFor(*pool, recordings.size(), [&](std::int64_t i) {
//     return Decode(recordings[i]);
//   }));
//
// The loops may be started from several threads at once, and from inside one
// another: whoever starts a loop works on it too, and waits only for threads
// that are at work on it, so nesting cannot deadlock.

#ifndef CULTUREMERT_TOOLS_BASE_PARALLEL_THREAD_POOL_H_
#define CULTUREMERT_TOOLS_BASE_PARALLEL_THREAD_POOL_H_

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

namespace parallel_internal {
class Loop;
}  // namespace parallel_internal

class ThreadPool {
 public:
  static constexpr int kMaxSize = 1024;

  // `size` threads work on a loop, the one that starts it among them; so size 1
  // starts no thread and runs everything inline. kInvalidArgument unless
  // 1 <= size <= kMaxSize; kResourceExhausted when the system gives no more
  // threads.
  static absl::StatusOr<std::unique_ptr<ThreadPool>> Create(int size);

  // AvailableCpus() of this process, at most kMaxSize.
  static int DefaultSize();

  // Joins the threads. No loop may be running.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return size_; }

 private:
  friend absl::Status ParallelFor(
      ThreadPool& pool, std::int64_t n,
      absl::FunctionRef<absl::Status(std::int64_t)> function);

  explicit ThreadPool(int size) : size_(size) {}

  absl::Status Start();
  void Work();
  // The latest loop that still has indices to give out; nullptr if none.
  parallel_internal::Loop* FindLoop();
  // Works on `loop` together with the pool's threads until all is done.
  void Run(parallel_internal::Loop& loop);

  const int size_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable worker_left_;
  bool stopping_ = false;                        // Guarded by mutex_.
  std::vector<parallel_internal::Loop*> loops_;  // Guarded by mutex_.
};

// Calls function(i) for i in [0, n), in any order and at the same time, and
// returns what a plain loop that stops at the first error would: OK, or the
// error of the lowest index that fails. All indices below that one are always
// run; those above may or may not be. An exception counts as kInternal error
// that names the index. Everything the calls did is visible to the caller
// afterwards. A negative n is kInvalidArgument.
absl::Status ParallelFor(
    ThreadPool& pool, std::int64_t n,
    absl::FunctionRef<absl::Status(std::int64_t)> function);

// The values of function(i) for i in [0, n), in this order, or the error of the
// lowest index that fails, as ParallelFor. `function` returns an
// absl::StatusOr<T>; T need not be default constructible nor copyable.
template <typename Function>
auto ParallelMap(ThreadPool& pool, std::int64_t n, const Function& function)
    -> absl::StatusOr<std::vector<typename decltype(function(n))::value_type>> {
  using Value = typename decltype(function(n))::value_type;
  std::vector<std::optional<Value>> values(
      static_cast<std::size_t>(std::max<std::int64_t>(n, 0)));
  RETURN_IF_ERROR(ParallelFor(pool, n, [&](std::int64_t i) -> absl::Status {
    ASSIGN_OR_RETURN(values[i], function(i));
    return absl::OkStatus();
  }));
  std::vector<Value> result;
  result.reserve(values.size());
  for (std::optional<Value>& value : values) {
    result.push_back(*std::move(value));
  }
  return result;
}

// Reduces [0, n) to one value, the same to the last bit for every pool size:
// map(begin, end), an absl::StatusOr<T>, is called for the chunks
// [0, chunk_size), [chunk_size, 2 chunk_size), ... (the last may be shorter),
// and neighbouring results are combined pairwise, T combine(T left, T right),
// in a binary tree that depends only on n and chunk_size:
// ((c0 c1) (c2 c3)) (c4 c5) ... `combine` need not be associative nor
// commutative. Returns `empty` when n is 0, which is not used otherwise; an
// error is that of the lowest chunk that fails. kInvalidArgument for a negative
// n or a chunk_size below 1.
template <typename T, typename Map, typename Combine>
absl::StatusOr<T> ParallelReduce(ThreadPool& pool, std::int64_t n,
                                 std::int64_t chunk_size, T empty,
                                 const Map& map, const Combine& combine) {
  static_assert(!std::is_same_v<T, bool>,
                "elements of std::vector<bool> cannot be written in parallel");
  if (chunk_size < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("chunk_size is ", chunk_size, ", but must be at least 1"));
  }
  if (n == 0) return empty;
  const std::int64_t chunks = n / chunk_size + (n % chunk_size > 0 ? 1 : 0);
  ASSIGN_OR_RETURN(
      std::vector<T> values,
      ParallelMap(pool, n < 0 ? n : chunks,
                  [&](std::int64_t chunk) -> absl::StatusOr<T> {
                    const std::int64_t begin = chunk * chunk_size;
                    return map(begin, begin + std::min(chunk_size, n - begin));
                  }));
  for (std::int64_t stride = 1; stride < chunks; stride *= 2) {
    const std::int64_t pairs = (chunks - stride - 1) / (2 * stride) + 1;
    RETURN_IF_ERROR(ParallelFor(pool, pairs, [&](std::int64_t pair) {
      T& left = values[pair * 2 * stride];
      T& right = values[pair * 2 * stride + stride];
      left = combine(std::move(left), std::move(right));
      return absl::OkStatus();
    }));
  }
  return std::move(values.front());
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_PARALLEL_THREAD_POOL_H_
