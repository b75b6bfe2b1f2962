// Processes that train one model: what they send each other.
//
//   ASSIGN_OR_RETURN(const World world, WorldFromEnvironment());
//   ASSIGN_OR_RETURN(const auto group, ProcessGroup::Connect(world, options));
//   RETURN_IF_ERROR(group->Broadcast(parameters));
//   ...
//   RETURN_IF_ERROR(group->SumInPlace(gradients));
//
// All ranks make the same calls in the same order. In a world of one process
// every call is a no-op and no network is used.
//
// Lost ranks: a call that waits for a rank that is gone (killed, crashed, its
// machine off the network) or has given up returns, on every rank and within
// `timeout`, an error that names that rank and its reason. The group has then
// failed for good: every later call returns the same error.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_PROCESS_GROUP_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_PROCESS_GROUP_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/distributed/rank_watch.h"
#include "experiments/distributed/tcp_store.h"
#include "experiments/distributed/transport.h"
#include "experiments/distributed/world.h"

namespace culturemert {

struct ProcessGroupOptions {
  // Until all ranks have come. Long, for a cluster starts them one by one.
  std::chrono::milliseconds connect_timeout{600'000};
  // Of one call, from when this rank makes it. Longer than any work that ranks
  // do alone between two calls.
  std::chrono::milliseconds timeout{60'000};
  // A rank that shows no sign of life for so long is gone; its process, however
  // busy, shows one four times a second. Below `timeout`.
  std::chrono::milliseconds silence{15'000};
  // Where the tensors are: the CPU (by Gloo), or this rank's own GPU (by NCCL,
  // loaded at run time as the CUDA backend is).
  c10::Device device = c10::Device(c10::kCPU);
};

class ProcessGroup {
 public:
  static constexpr std::int64_t kMaxTextBytes = 1 << 16;

  // Meets the other ranks; from then on this process ignores SIGPIPE, so that a
  // rank that is gone is an error. kInvalidArgument: options or world that
  // contradict themselves, or two processes that claim one rank, or ranks that
  // disagree on how many they are. kUnavailable: the leader's port is taken, or
  // nobody is there. kDeadlineExceeded: names the ranks that did not come in
  // time.
  static absl::StatusOr<std::unique_ptr<ProcessGroup>> Connect(
      const World& world, const ProcessGroupOptions& options);

  // Ends this rank's part. Rank 0 waits up to `silence` for the others to end
  // theirs. Ranks that still wait for this one fail.
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  int rank() const { return world_.rank; }
  int size() const { return world_.size; }
  const c10::Device& device() const { return options_.device; }

  // Each element becomes its sum over all ranks, x_0 + x_1 + ... + x_(size-1)
  // in just this order and in the tensor's own type: the same bits on all
  // ranks, in every run, however tensors are split over calls, and the bits of
  // one process that adds up the same terms. Every rank gives tensors of the
  // same shapes and types, in the same order, on the group's device.
  // kInvalidArgument, before anything is sent: another device, a sparse tensor.
  absl::Status SumInPlace(const std::vector<at::Tensor>& tensors);

  // The tensors become rank 0's, of the same shapes and types.
  absl::Status Broadcast(const std::vector<at::Tensor>& tensors);

  // The texts of all ranks, by rank: hashes of configurations, errors. At most
  // kMaxTextBytes each.
  absl::StatusOr<std::vector<std::string>> Gather(const std::string& text);

  // Returns when all ranks have called it with this label, short and of one
  // line; kFailedPrecondition, on all ranks, if labels differ.
  absl::Status Barrier(absl::string_view label);

  // Rank 0's word to the others, which wait for it in AwaitAnnouncement(): the
  // first announcement goes to each rank's first call, and so on. Rank 0 does
  // not wait for them. At most kMaxTextBytes. kFailedPrecondition on another
  // rank.
  absl::Status Announce(const std::string& text);

  // Without a time limit, for rank 0 may do other work for hours: the only wait
  // that `timeout` does not end. Asleep meanwhile. The loss of any rank ends it
  // as every other call. kFailedPrecondition on rank 0.
  absl::StatusOr<std::string> AwaitAnnouncement();

  // Tells the other ranks why this one ends: within a second or so their calls
  // return kAborted with "rank 2 gave up: <reason>". Returns the same error,
  // for `return group->Abort(status.ToString());`. May be called by any thread,
  // also while others wait. In a world of one: the error only.
  absl::Status Abort(absl::string_view reason);

 private:
  ProcessGroup(const World& world, const ProcessGroupOptions& options);

  absl::Status Meet();
  absl::StatusOr<std::string> ExchangeAddresses();
  absl::StatusOr<std::vector<std::string>> WaitForRanks(
      const std::string& prefix);
  absl::Status CheckText(const std::string& text) const;
  absl::Status CheckTensors(const std::vector<at::Tensor>& tensors) const;
  // Runs `work` as one operation of all ranks; explains its errors.
  absl::Status Run(
      const std::string& what,
      const std::function<absl::Status(const Transport::CheckWaiting&)>& work);
  absl::Status SumFlat(at::Tensor flat, const Transport::CheckWaiting& check);
  absl::StatusOr<std::vector<std::string>> PollTexts(
      std::int64_t number, const Transport::CheckWaiting& check);

  const World world_;
  const ProcessGroupOptions options_;
  // In this order: the store outlives those that use it.
  std::unique_ptr<TcpStore> store_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<RankWatch> watch_;
  std::mutex mutex_;  // One operation at a time.
  std::int64_t gathers_ = 0;
  std::int64_t announcements_ = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_PROCESS_GROUP_H_
