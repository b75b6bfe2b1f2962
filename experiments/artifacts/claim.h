// Who works on which artifact: a claim is a lock that processes of one or
// several machines agree on, and that outlives no holder for long.
//
//   <path>.lock   the lock, as tools/base/files/file_lock.h describes it
//   <path>.beat   a number that the holder raises every `beat_interval`
//
// On one machine, a claim whose process is dead is taken over at once. Of
// another machine (or container) it cannot be known whether a process lives; so
// a claim whose number has not changed for `stale_after`, by the clock of the
// one who looks, counts as left behind. The machines' clocks need not agree. A
// living process whose claim was taken in this way (its machine slept for
// longer than that) sees it at its next beat: is_lost() becomes true, CheckHeld
// fails and nothing that it made is put in place.
//
// Assumed of a shared file system: link(2) and rename(2) are atomic for all
// machines, and a change is seen by the others well before `stale_after` (NFS
// of version 3 and later, Lustre and CephFS do so). Machines must differ in
// their host names.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_CLAIM_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_CLAIM_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct ClaimOptions {
  absl::Duration beat_interval = absl::Seconds(15);
  absl::Duration stale_after = absl::Minutes(10);
  std::function<absl::Duration()> clock = MonotonicNow;
};

// Made by Claims::Take.
class Claim {
 public:
  // Gives the claim back.
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  const std::string& path() const { return path_; }

  // As the last beat found it; from any thread.
  bool is_lost() const;

  // Looks now. kAborted when someone else has the claim.
  absl::Status CheckHeld() const;

 private:
  friend class Claims;
  class Heart;

  Claim(Files& files, std::string path, std::string text,
        std::unique_ptr<FileLock> lock, absl::Duration beat_interval);

  Files& files_;
  const std::string path_;
  const std::string text_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<Heart> heart_;
};

// Not for several threads at once.
class Claims {
 public:
  explicit Claims(Files& files, ClaimOptions options = {})
      : files_(files), options_(std::move(options)) {}

  // Does not wait. kUnavailable when another process, or this one, has the
  // claim; DescribeHolder says who. For a holder on another machine to be
  // judged gone, the same Claims must have looked for `stale_after`.
  absl::StatusOr<std::unique_ptr<Claim>> Take(absl::string_view path);

  // "process 12 on host a since 2026-01-31T12:00:00Z"; empty when no one has
  // the claim, or a process of this machine that is dead.
  std::string DescribeHolder(absl::string_view path) const;

 private:
  struct Sight {
    std::string seen;      // Lock and beat.
    absl::Duration since;  // By the clock.
  };

  absl::StatusOr<std::unique_ptr<Claim>> TryLock(const std::string& path);
  bool IsLeftBehind(const std::string& path, const std::string& text);
  absl::Status Clear(const std::string& path, const std::string& text);

  Files& files_;
  const ClaimOptions options_;
  std::map<std::string, Sight> sights_;  // Of claims of other machines.
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_CLAIM_H_
