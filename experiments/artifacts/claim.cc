#include "experiments/artifacts/claim.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

std::string LockPath(absl::string_view path) {
  return absl::StrCat(path, ".lock");
}

std::string BeatPath(absl::string_view path) {
  return absl::StrCat(path, ".beat");
}

// The value of the line "<name> <value>" of a lock's text; empty without one.
std::string LineValue(absl::string_view text, absl::string_view name) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  for (absl::string_view line : lines) {
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, " ")) {
      return std::string(line);
    }
  }
  return "";
}

// Whether locks can tell if a process lives: one of this machine's.
bool IsOfThisMachine(Files& files, absl::string_view text) {
  const ProcessIdentity self = files.system_calls().ThisProcess();
  return LineValue(text, "host") == self.host &&
         LineValue(text, "pid_namespace") == self.pid_namespace;
}

// Whether the process that wrote the text certainly lives no more: the rule of
// file_lock.h, by which the next Take takes over.
bool IsOfDeadProcess(Files& files, absl::string_view text) {
  if (!IsOfThisMachine(files, text)) return false;
  const ProcessIdentity self = files.system_calls().ThisProcess();
  if (LineValue(text, "boot") != self.boot) return true;
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
  std::uint64_t start_ticks_now = 0;
  if (!absl::SimpleAtoi(LineValue(text, "pid"), &pid) ||
      !absl::SimpleAtoi(LineValue(text, "start_ticks"), &start_ticks)) {
    return false;
  }
  const int result =
      files.system_calls().ProcessStartTicks(pid, &start_ticks_now);
  if (result < 0) return result == -ESRCH;
  return start_ticks != start_ticks_now;
}

// Whether the lock is there with this text; errors count as yes, since a
// network that is away for a moment takes no claim.
bool MayHold(Files& files, const std::string& path, const std::string& text) {
  const absl::StatusOr<std::string> now = files.Read(LockPath(path));
  if (now.ok()) return *now == text;
  return !absl::IsNotFound(now.status());
}

}  // namespace

// Raises the number until it ends.
class Claim::Heart {
 public:
  Heart(Files& files, const std::string& path, const std::string& text,
        absl::Duration interval)
      : files_(files), path_(path), text_(text), interval_(interval) {
    thread_ = std::thread([this] { Run(); });
  }

  ~Heart() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      is_ending_ = true;
    }
    ending_.notify_all();
    thread_.join();
    // A crashed holder's too. Left in place it does no harm.
    if (!is_lost_) files_.Remove(BeatPath(path_)).IgnoreError();
  }

  bool is_lost() const { return is_lost_; }

 private:
  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ending_.wait_for(lock, absl::ToChronoNanoseconds(interval_),
                             [this] { return is_ending_; })) {
      if (!MayHold(files_, path_, text_)) {
        is_lost_ = true;
        return;
      }
      // A beat that fails is made up for by the next.
      files_.WriteAtomically(BeatPath(path_), absl::StrCat(++beats_, "\n"))
          .IgnoreError();
    }
  }

  Files& files_;
  const std::string path_;
  const std::string text_;
  const absl::Duration interval_;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool is_ending_ = false;
  std::int64_t beats_ = 0;
  std::atomic<bool> is_lost_{false};
  std::thread thread_;
};

Claim::Claim(Files& files, std::string path, std::string text,
             std::unique_ptr<FileLock> lock, absl::Duration beat_interval)
    : files_(files),
      path_(std::move(path)),
      text_(std::move(text)),
      lock_(std::move(lock)),
      heart_(std::make_unique<Heart>(files, path_, text_, beat_interval)) {}

Claim::~Claim() { heart_.reset(); }

bool Claim::is_lost() const { return heart_->is_lost(); }

absl::Status Claim::CheckHeld() const {
  const absl::StatusOr<std::string> now = files_.Read(LockPath(path_));
  if (now.ok() && *now == text_) return absl::OkStatus();
  if (!now.ok() && !absl::IsNotFound(now.status())) return now.status();
  return absl::AbortedError(
      absl::StrCat(LockPath(path_),
                   ": another process has taken over this work, since it saw "
                   "no sign of life of this one; the result is the other's"));
}

absl::StatusOr<std::unique_ptr<Claim>> Claims::Take(absl::string_view path) {
  const std::string path_string(path);
  absl::StatusOr<std::unique_ptr<Claim>> claim = TryLock(path_string);
  if (!absl::IsUnavailable(claim.status())) return claim;
  const absl::StatusOr<std::string> text = files_.Read(LockPath(path));
  if (!text.ok()) return claim;  // It was given back just now: next time.
  if (!IsLeftBehind(path_string, *text)) return claim;
  RETURN_IF_ERROR(Clear(path_string, *text));
  return TryLock(path_string);
}

std::string Claims::DescribeHolder(absl::string_view path) const {
  const absl::StatusOr<std::string> text = files_.Read(LockPath(path));
  if (!text.ok() || IsOfDeadProcess(files_, *text)) return "";
  return absl::StrCat("process ", Printable(LineValue(*text, "pid")),
                      " on host ", Printable(LineValue(*text, "host")),
                      " since ", Printable(LineValue(*text, "since")));
}

absl::StatusOr<std::unique_ptr<Claim>> Claims::TryLock(
    const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<FileLock> lock, files_.Lock(LockPath(path)));
  ASSIGN_OR_RETURN(std::string text, files_.Read(LockPath(path)));
  sights_.erase(path);
  try {
    return absl::WrapUnique(new Claim(files_, path, std::move(text),
                                      std::move(lock), options_.beat_interval));
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start a thread: ", error.what()));
  }
}

bool Claims::IsLeftBehind(const std::string& path, const std::string& text) {
  if (IsOfThisMachine(files_, text)) return false;
  const absl::StatusOr<std::string> beat = files_.Read(BeatPath(path));
  const std::string seen = absl::StrCat(text, beat.ok() ? *beat : "");
  const absl::Duration now = options_.clock();
  Sight& sight = sights_[path];
  if (sight.seen != seen) {
    sight = {seen, now};
    return false;
  }
  return now - sight.since >= options_.stale_after;
}

// One remover at a time, and only of the very lock that was judged.
absl::Status Claims::Clear(const std::string& path, const std::string& text) {
  ASSIGN_OR_RETURN(const std::unique_ptr<FileLock> guard,
                   files_.Lock(absl::StrCat(path, ".takeover")));
  const absl::StatusOr<std::string> now = files_.Read(LockPath(path));
  if (absl::IsNotFound(now.status())) return absl::OkStatus();
  RETURN_IF_ERROR(now);
  if (*now != text) {
    return absl::UnavailableError(
        absl::StrCat(LockPath(path), ": another process has just taken it"));
  }
  return files_.Remove(LockPath(path));
}

}  // namespace culturemert
