// Notices within seconds when another rank is lost, and says which one and why.
// Every rank writes its state (alive, failed with a reason, ended) into the
// shared store a few times a second and reads the others'. Free of LibTorch.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_RANK_WATCH_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_RANK_WATCH_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/distributed/rank_store.h"

namespace culturemert {

struct RankWatchOptions {
  int rank = 0;
  int size = 1;
  // How often states are written and read.
  std::chrono::milliseconds interval{250};
  // A rank whose state has not changed for so long is gone.
  std::chrono::milliseconds silence{15000};
  // Rank 0 of ranks whose store lives in rank 0's process: it stays, for up to
  // `silence`, until the others have read how it ended.
  bool keeps_store = false;
  // Who keeps the store, for messages: "rank 0", "the launcher".
  std::string store_keeper = "rank 0";
};

// All functions may be called from several threads. The group fails once, for
// good, and with the same status on all ranks: each that learns of a failure
// passes it on.
class RankWatch {
 public:
  // Starts to write and read, in a thread of its own.
  RankWatch(std::unique_ptr<RankStore> store, RankWatchOptions options);

  // Tells the others that this rank has ended. Returns within about
  // 2 * silence even if the store does not answer.
  ~RankWatch();
  RankWatch(const RankWatch&) = delete;
  RankWatch& operator=(const RankWatch&) = delete;

  // Between the two this rank waits for the others, in collective operation
  // `what`; returns its number (1, 2, ...), or the failure.
  absl::StatusOr<std::int64_t> Begin(absl::string_view what);
  void End();

  // OK, or how the group failed:
  //   kUnavailable  ranks are gone, or ended while this one waits for them, or
  //                 the store is lost
  //   what Fail() was told, here or on another rank
  absl::Status status() const;

  // The same after waiting for a failure for at most this long.
  absl::Status WaitForFailure(std::chrono::milliseconds at_most) const;

  // Fails the group unless it has failed already; returns how it failed.
  absl::Status Fail(const absl::Status& failure);

  // Where the other ranks are if not where this one is: "rank 2 has begun 16
  // (the last: barrier \"epoch\")"; empty if all are in the same operation.
  std::string Stragglers() const;

  const RankWatchOptions& options() const;

 private:
  class State;
  const std::shared_ptr<State> state_;  // Shared with the thread.
};

// "rank 2", "ranks 1, 3 and 7".
std::string RankList(const std::vector<int>& ranks);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_RANK_WATCH_H_
