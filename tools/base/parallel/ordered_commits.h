// Results that several threads make in any order, committed one by one in the
// order of their numbers, with a bound on the memory of those that wait.

#ifndef CULTUREMERT_TOOLS_BASE_PARALLEL_ORDERED_COMMITS_H_
#define CULTUREMERT_TOOLS_BASE_PARALLEL_ORDERED_COMMITS_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "absl/status/status.h"

namespace culturemert {

// For numbers 0, 1, 2, ...: a thread calls Admit, makes the result, and calls
// Commit with what writes it. Threads must take numbers in ascending order, and
// none may be left out. All functions may be called from several threads at
// once; commits run one at a time, on whichever thread completes the order.
class OrderedCommits {
 public:
  // Admitted results take `budget_bytes` together at most, but that the one
  // next in order is always admitted, as nothing would ever go on otherwise.
  explicit OrderedCommits(std::uint64_t budget_bytes)
      : budget_bytes_(budget_bytes) {}

  // Waits until the result may be made. False once a commit has failed: then
  // neither make nor commit it.
  bool Admit(std::int64_t number, std::uint64_t size_bytes);

  // Runs `commit` once all lower numbers are committed; perhaps not before this
  // returns. `size_bytes` as admitted.
  void Commit(std::int64_t number, std::uint64_t size_bytes,
              std::function<absl::Status()> commit);

  // The first error of a commit, after which no other ran.
  absl::Status status() const;

 private:
  struct Waiting {
    std::uint64_t size_bytes = 0;
    std::function<absl::Status()> commit;
  };

  const std::uint64_t budget_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable committed_;
  // All guarded by mutex_.
  std::uint64_t admitted_bytes_ = 0;
  std::int64_t next_ = 0;
  bool is_committing_ = false;
  std::map<std::int64_t, Waiting> waiting_;
  absl::Status status_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_PARALLEL_ORDERED_COMMITS_H_
