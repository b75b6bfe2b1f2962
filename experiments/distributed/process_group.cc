#include "experiments/distributed/process_group.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "experiments/distributed/gloo_transport.h"
#include "experiments/distributed/local_address.h"
#include "experiments/distributed/nccl_transport.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPoll(1);
constexpr milliseconds kLastPoll(20);
constexpr milliseconds kAnnouncementPoll(100);

constexpr char kAnnouncement[] = "announcement";

std::string AnnouncementKey(std::int64_t number) {
  return absl::StrCat("announcement/", number);
}

double Seconds(milliseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

absl::Status CheckOptions(const World& world,
                          const ProcessGroupOptions& options) {
  if (world.size < 1 || world.rank < 0 || world.rank >= world.size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "there is no rank ", world.rank, " of ", world.size, " processes"));
  }
  if (options.silence <= milliseconds(0) ||
      options.silence >= options.timeout ||
      options.connect_timeout <= milliseconds(0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "time limits of a process group: need 0 < silence < timeout and 0 < "
        "connect_timeout, found silence ",
        Seconds(options.silence), " s, timeout ", Seconds(options.timeout),
        " s, connect_timeout ", Seconds(options.connect_timeout), " s"));
  }
  if (!options.device.is_cpu() && !options.device.is_cuda()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "processes exchange tensors of a CPU or a CUDA GPU, not of ",
        options.device.str()));
  }
  return absl::OkStatus();
}

RankWatchOptions WatchOptions(const World& world, milliseconds silence) {
  RankWatchOptions options;
  options.rank = world.rank;
  options.size = world.size;
  options.silence = silence;
  options.interval = std::min(options.interval, silence / 4);
  options.keeps_store = world.rank == 0 && !world.launcher_keeps_store;
  if (world.launcher_keeps_store) options.store_keeper = "the launcher";
  return options;
}

// The tensors of each type, types in the order in which they come.
std::vector<std::vector<at::Tensor>> ByType(
    const std::vector<at::Tensor>& tensors) {
  std::vector<std::vector<at::Tensor>> groups;
  for (const at::Tensor& tensor : tensors) {
    if (tensor.numel() == 0) continue;
    const auto same = std::find_if(groups.begin(), groups.end(),
                                   [&](const std::vector<at::Tensor>& group) {
                                     return group.front().scalar_type() ==
                                            tensor.scalar_type();
                                   });
    if (same == groups.end()) {
      groups.push_back({tensor});
    } else {
      same->push_back(tensor);
    }
  }
  return groups;
}

std::int64_t Elements(const std::vector<at::Tensor>& tensors) {
  std::int64_t count = 0;
  for (const at::Tensor& tensor : tensors) count += tensor.numel();
  return count;
}

// One after the other, and zeros up to a multiple of `multiple_of`. A single
// contiguous tensor of fitting size is not copied.
at::Tensor Flatten(const std::vector<at::Tensor>& tensors, int multiple_of) {
  const std::int64_t count = Elements(tensors);
  const std::int64_t padded =
      (count + multiple_of - 1) / multiple_of * multiple_of;
  const at::Tensor& first = tensors.front();
  if (tensors.size() == 1 && padded == count && first.is_contiguous()) {
    return first.detach().view({-1});
  }
  at::Tensor flat = at::empty({padded}, first.options());  // [padded]
  std::int64_t offset = 0;
  for (const at::Tensor& tensor : tensors) {
    flat.narrow(0, offset, tensor.numel()).view(tensor.sizes()).copy_(tensor);
    offset += tensor.numel();
  }
  flat.narrow(0, count, padded - count).zero_();
  return flat;
}

void CopyBack(const at::Tensor& flat, const std::vector<at::Tensor>& tensors) {
  std::int64_t offset = 0;
  for (const at::Tensor& tensor : tensors) {
    const at::Tensor part = flat.narrow(0, offset, tensor.numel());
    if (part.data_ptr() != tensor.data_ptr()) {
      tensor.detach().copy_(part.view(tensor.sizes()));
    }
    offset += tensor.numel();
  }
}

std::string Describe(absl::string_view verb,
                     const std::vector<at::Tensor>& tensors) {
  return absl::StrCat(verb, " of ", tensors.size(), " tensors, ",
                      Elements(tensors), " numbers");
}

}  // namespace

ProcessGroup::ProcessGroup(const World& world,
                           const ProcessGroupOptions& options)
    : world_(world), options_(options) {}

ProcessGroup::~ProcessGroup() {
  // First the watch: a lost rank must not hold up those that wait for this one.
  watch_.reset();
}

absl::StatusOr<std::unique_ptr<ProcessGroup>> ProcessGroup::Connect(
    const World& world, const ProcessGroupOptions& options) {
  RETURN_IF_ERROR(CheckOptions(world, options));
  std::unique_ptr<ProcessGroup> group(new ProcessGroup(world, options));
  if (world.size > 1) RETURN_IF_ERROR(group->Meet());
  return group;
}

absl::Status ProcessGroup::Meet() {
  // LibTorch writes to sockets whose other end may be gone; that is to be an
  // error that names the rank, not the end of this process.
  std::signal(SIGPIPE, SIG_IGN);
  ASSIGN_OR_RETURN(store_, TcpStore::Open(world_, options_.connect_timeout));
  ASSIGN_OR_RETURN(const std::int64_t claims,
                   store_->Increment(absl::StrCat("claims/", world_.rank)));
  if (claims > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(claims, " processes at ", world_.leader_host, " port ",
                     world_.leader_port, " claim to be rank ", world_.rank,
                     "; does an earlier run still live there?"));
  }
  ASSIGN_OR_RETURN(const std::string address, ExchangeAddresses());
  ASSIGN_OR_RETURN(auto second,
                   TcpStore::Join(world_, options_.connect_timeout));
  watch_ = std::make_unique<RankWatch>(std::move(second),
                                       WatchOptions(world_, options_.silence));
  auto transport =
      options_.device.is_cuda()
          ? ConnectNccl(world_, *store_, options_.device, options_.timeout)
          : ConnectGloo(world_, *store_, address,
                        // Run() is to notice first, and says more.
                        2 * options_.timeout);
  if (!transport.ok()) {
    return watch_->Fail(Annotate(
        transport.status(),
        absl::StrCat("rank ", world_.rank, " cannot reach the others")));
  }
  transport_ = *std::move(transport);
  return absl::OkStatus();
}

// All ranks on one machine: a loopback address. Otherwise the address by which
// another machine reaches this one, even where the leader's name means loopback
// on its own machine.
absl::StatusOr<std::string> ProcessGroup::ExchangeAddresses() {
  ASSIGN_OR_RETURN(const std::string mine,
                   LocalAddressToward(world_.leader_host));
  RETURN_IF_ERROR(store_->Set(absl::StrCat("ranks/", world_.rank),
                              absl::StrCat(world_.size, " ", mine)));
  ASSIGN_OR_RETURN(const std::vector<std::string> ranks,
                   WaitForRanks("ranks/"));
  std::string remote;
  for (int rank = 0; rank < world_.size; ++rank) {
    const std::pair<std::string, std::string> size_and_address =
        absl::StrSplit(ranks[rank], absl::MaxSplits(' ', 1));
    if (size_and_address.first != absl::StrCat(world_.size)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "rank ", rank, " is one of ", size_and_address.first,
          " processes, rank ", world_.rank, " one of ", world_.size));
    }
    if (!IsLoopback(size_and_address.second)) remote = size_and_address.second;
  }
  if (remote.empty() || !IsLoopback(mine)) return mine;
  return LocalAddressToward(remote);
}

absl::StatusOr<std::vector<std::string>> ProcessGroup::WaitForRanks(
    const std::string& prefix) {
  std::vector<std::string> keys;
  for (int rank = 0; rank < world_.size; ++rank) {
    keys.push_back(absl::StrCat(prefix, rank));
  }
  const auto end = steady_clock::now() + options_.connect_timeout;
  while (true) {
    ASSIGN_OR_RETURN(auto values, store_->Get(keys));
    if (values.has_value()) return *std::move(values);
    if (steady_clock::now() >= end) break;
    std::this_thread::sleep_for(kLastPoll);
  }
  std::vector<int> missing;
  for (int rank = 0; rank < world_.size; ++rank) {
    ASSIGN_OR_RETURN(const auto value, store_->Get({keys[rank]}));
    if (!value.has_value()) missing.push_back(rank);
  }
  return absl::DeadlineExceededError(absl::StrCat(
      missing.empty() ? "a rank" : RankList(missing), " of ", world_.size,
      " did not come to ", world_.leader_host, " port ", world_.leader_port,
      " within ", Seconds(options_.connect_timeout),
      " s; were all processes started, by srun or torchrun?"));
}

absl::Status ProcessGroup::CheckText(const std::string& text) const {
  if (text.size() <= kMaxTextBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "a text of ", text.size(), " bytes is too long for other ranks; at most ",
      kMaxTextBytes));
}

absl::Status ProcessGroup::CheckTensors(
    const std::vector<at::Tensor>& tensors) const {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const at::Tensor& tensor = tensors[i];
    if (!tensor.defined() || tensor.layout() != c10::kStrided ||
        tensor.device() != options_.device) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor ", i, " of ", tensors.size(), " between processes is ",
          !tensor.defined() ? "undefined"
          : tensor.layout() != c10::kStrided
              ? "sparse"
              : absl::StrCat("on ", tensor.device().str()),
          "; needed is a dense one on ", options_.device.str()));
    }
  }
  return absl::OkStatus();
}

absl::Status ProcessGroup::Run(
    const std::string& what,
    const std::function<absl::Status(const Transport::CheckWaiting&)>& work) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ASSIGN_OR_RETURN(const std::int64_t number, watch_->Begin(what));
  const auto end = steady_clock::now() + options_.timeout;
  bool late = false;
  const Transport::CheckWaiting check = [&] {
    late = steady_clock::now() >= end;
    return late ? absl::DeadlineExceededError("too late") : watch_->status();
  };
  const absl::Status status = CatchTorchErrors([&] {
    const at::NoGradGuard no_grad;
    return work(check);
  });
  absl::Status failure;
  if (!status.ok()) {
    // The transport only knows that a connection broke; the watch soon knows
    // whose.
    failure = late ? watch_->status()
                   : watch_->WaitForFailure(options_.silence * 5 / 4);
    if (failure.ok()) {
      const std::string stragglers = watch_->Stragglers();
      const std::string message = absl::StrCat(
          "operation ", number, " (", what, ") of rank ", world_.rank,
          late ? absl::StrCat(" was not done within ",
                              Seconds(options_.timeout), " s")
               : absl::StrCat(" failed: ", status.message()),
          "; all processes are alive, ",
          stragglers.empty() ? "all in this operation" : stragglers);
      failure = watch_->Fail(late ? absl::DeadlineExceededError(message)
                                  : absl::UnavailableError(message));
    }
  }
  watch_->End();
  return failure;
}

// Each rank adds up one part of all ranks' terms, in the order of ranks, and
// the sums go round: as much traffic as a ring, and an order that does not
// depend on where in the tensor an element is.
absl::Status ProcessGroup::SumFlat(at::Tensor flat,
                                   const Transport::CheckWaiting& check) {
  const at::Tensor terms = flat.view({world_.size, -1});  // [size, n]
  const at::Tensor received = at::empty_like(terms);      // [size, n]
  RETURN_IF_ERROR(transport_->AllToAll(terms, received, check));
  at::Tensor sum = received.select(0, 0);  // [n]
  for (int rank = 1; rank < world_.size; ++rank) {
    sum.add_(received.select(0, rank));
  }
  return transport_->AllGather(sum, terms, check);
}

absl::Status ProcessGroup::SumInPlace(const std::vector<at::Tensor>& tensors) {
  if (world_.size == 1) return absl::OkStatus();
  RETURN_IF_ERROR(CheckTensors(tensors));
  return Run(Describe("sum", tensors),
             [&](const Transport::CheckWaiting& check) -> absl::Status {
               for (const auto& group : ByType(tensors)) {
                 const at::Tensor flat = Flatten(group, world_.size);
                 RETURN_IF_ERROR(SumFlat(flat, check));
                 CopyBack(flat, group);
               }
               return absl::OkStatus();
             });
}

absl::Status ProcessGroup::Broadcast(const std::vector<at::Tensor>& tensors) {
  if (world_.size == 1) return absl::OkStatus();
  RETURN_IF_ERROR(CheckTensors(tensors));
  return Run(Describe("broadcast", tensors),
             [&](const Transport::CheckWaiting& check) -> absl::Status {
               for (const auto& group : ByType(tensors)) {
                 const at::Tensor flat = Flatten(group, 1);
                 RETURN_IF_ERROR(transport_->Broadcast(flat, check));
                 CopyBack(flat, group);
               }
               return absl::OkStatus();
             });
}

absl::StatusOr<std::vector<std::string>> ProcessGroup::PollTexts(
    std::int64_t number, const Transport::CheckWaiting& check) {
  std::vector<std::string> keys;
  for (int rank = 0; rank < world_.size; ++rank) {
    keys.push_back(absl::StrCat("gather/", number, "/", rank));
  }
  for (milliseconds pause = kFirstPoll;;
       pause = std::min(2 * pause, kLastPoll)) {
    ASSIGN_OR_RETURN(auto texts, store_->Get(keys));
    if (texts.has_value()) return *std::move(texts);
    RETURN_IF_ERROR(check());
    std::this_thread::sleep_for(pause);
  }
}

absl::StatusOr<std::vector<std::string>> ProcessGroup::Gather(
    const std::string& text) {
  RETURN_IF_ERROR(CheckText(text));
  if (world_.size == 1) return std::vector<std::string>{text};
  std::vector<std::string> texts;
  RETURN_IF_ERROR(
      Run("gather", [&](const Transport::CheckWaiting& check) -> absl::Status {
        const std::int64_t number = ++gathers_;
        RETURN_IF_ERROR(store_->Set(
            absl::StrCat("gather/", number, "/", world_.rank), text));
        ASSIGN_OR_RETURN(texts, PollTexts(number, check));
        // All ranks are here, so all have read what was gathered before.
        return store_->Delete(
            absl::StrCat("gather/", number - 1, "/", world_.rank));
      }));
  return texts;
}

absl::Status ProcessGroup::Announce(const std::string& text) {
  RETURN_IF_ERROR(CheckText(text));
  if (world_.rank != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("rank ", world_.rank, " announces; only rank 0 may"));
  }
  if (world_.size == 1) return absl::OkStatus();
  return Run(kAnnouncement, [&](const Transport::CheckWaiting&) {
    return store_->Set(AnnouncementKey(++announcements_), text);
  });
}

// As one operation of this rank, so that the watch sees that it waits for rank
// 0; not by Run(), whose operations have an end.
absl::StatusOr<std::string> ProcessGroup::AwaitAnnouncement() {
  if (world_.rank == 0) {
    return absl::FailedPreconditionError(
        "rank 0 waits for an announcement, which only it can make");
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  RETURN_IF_ERROR(watch_->Begin(kAnnouncement).status());
  const absl::Cleanup end = [this] { watch_->End(); };
  const std::string key = AnnouncementKey(++announcements_);
  while (true) {
    auto texts = store_->Get({key});
    // The watch knows better why the store is gone.
    if (!texts.ok()) {
      RETURN_IF_ERROR(watch_->WaitForFailure(options_.silence * 5 / 4));
      return watch_->Fail(texts.status());
    }
    if (texts->has_value()) return std::move((*texts)->front());
    RETURN_IF_ERROR(watch_->WaitForFailure(kAnnouncementPoll));
  }
}

absl::Status ProcessGroup::Barrier(absl::string_view label) {
  ASSIGN_OR_RETURN(const std::vector<std::string> labels,
                   Gather(std::string(label)));
  for (int rank = 0; rank < world_.size; ++rank) {
    if (labels[rank] != label) {
      return absl::FailedPreconditionError(
          absl::StrCat("rank ", rank, " is at barrier \"", labels[rank],
                       "\", rank ", world_.rank, " at \"", label, "\""));
    }
  }
  return absl::OkStatus();
}

absl::Status ProcessGroup::Abort(absl::string_view reason) {
  const absl::Status failure = absl::AbortedError(
      absl::StrCat("rank ", world_.rank, " gave up: ", reason));
  return world_.size == 1 ? failure : watch_->Fail(failure);
}

}  // namespace culturemert
