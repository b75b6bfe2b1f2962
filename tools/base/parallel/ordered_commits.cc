#include "tools/base/parallel/ordered_commits.h"

#include <exception>
#include <utility>

namespace culturemert {
namespace {

// An exception here would leave all others waiting.
absl::Status Run(const std::function<absl::Status()>& commit) {
  try {
    return commit();
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace

bool OrderedCommits::Admit(std::int64_t number, std::uint64_t size_bytes) {
  std::unique_lock<std::mutex> lock(mutex_);
  committed_.wait(lock, [&] {
    const bool fits = size_bytes <= budget_bytes_ &&
                      admitted_bytes_ <= budget_bytes_ - size_bytes;
    return fits || number == next_ || !status_.ok();
  });
  if (!status_.ok()) return false;
  admitted_bytes_ += size_bytes;
  return true;
}

void OrderedCommits::Commit(std::int64_t number, std::uint64_t size_bytes,
                            std::function<absl::Status()> commit) {
  std::unique_lock<std::mutex> lock(mutex_);
  waiting_[number] = {size_bytes, std::move(commit)};
  if (is_committing_) return;
  is_committing_ = true;
  while (status_.ok() && !waiting_.empty() &&
         waiting_.begin()->first == next_) {
    Waiting first = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    lock.unlock();
    absl::Status status = Run(first.commit);
    first.commit = nullptr;  // Frees the result.
    lock.lock();
    status_ = std::move(status);
    admitted_bytes_ -= first.size_bytes;
    ++next_;
    committed_.notify_all();
  }
  is_committing_ = false;
}

absl::Status OrderedCommits::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

}  // namespace culturemert
