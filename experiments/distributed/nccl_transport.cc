#include "experiments/distributed/nccl_transport.h"

#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstring>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/distributed/nccl_library.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kIdKey[] = "nccl";
constexpr milliseconds kPoll(20);
// While a stream is busy: short beside an operation on the gradients of a
// model, long beside the query itself.
constexpr std::chrono::microseconds kStreamPoll(50);

class NcclTransport : public Transport {
 public:
  NcclTransport(const NcclLibrary& nccl, const World& world, c10::Device device)
      : nccl_(nccl), world_(world), device_(device), guard_(device.type()) {}

  ~NcclTransport() override {
    if (communicator_ == nullptr) return;
    const c10::OptionalDeviceGuard on_device(device_);
    if (failed_) {
      nccl_.comm_abort(communicator_);
    } else {
      nccl_.comm_destroy(communicator_);
    }
  }

  // Blocks until all ranks have called it.
  absl::Status Connect(const NcclUniqueId& id) {
    const c10::OptionalDeviceGuard on_device(device_);
    RETURN_IF_ERROR(nccl_.ToStatus(
        nccl_.comm_init_rank(&communicator_, world_.size, id, world_.rank),
        "ncclCommInitRank"));
    // NCCL connects pairs of ranks at their first operation, and cannot be
    // interrupted there.
    const at::Tensor first =
        at::zeros({world_.size, 1}, at::TensorOptions().device(device_));
    return AllToAll(first, at::zeros_like(first),
                    [] { return absl::OkStatus(); });
  }

  absl::Status AllToAll(at::Tensor sent, at::Tensor received,
                        const CheckWaiting& check) override {
    const std::size_t bytes = sent.nbytes() / world_.size;
    return Finish("all-to-all", check, [&](NcclStream stream) {
      const auto* from = static_cast<const char*>(sent.const_data_ptr());
      auto* to = static_cast<char*>(received.data_ptr());
      int error = nccl_.group_start();
      for (int rank = 0; rank < world_.size && error == kNcclSuccess; ++rank) {
        error = nccl_.send(from + rank * bytes, bytes, kNcclBytes, rank,
                           communicator_, stream);
        if (error != kNcclSuccess) break;
        error = nccl_.receive(to + rank * bytes, bytes, kNcclBytes, rank,
                              communicator_, stream);
      }
      const int end_error = nccl_.group_end();
      return error != kNcclSuccess ? error : end_error;
    });
  }

  absl::Status AllGather(at::Tensor sent, at::Tensor received,
                         const CheckWaiting& check) override {
    return Finish("all-gather", check, [&](NcclStream stream) {
      return nccl_.all_gather(sent.const_data_ptr(), received.data_ptr(),
                              sent.nbytes(), kNcclBytes, communicator_, stream);
    });
  }

  absl::Status Broadcast(at::Tensor tensor,
                         const CheckWaiting& check) override {
    return Finish("broadcast", check, [&](NcclStream stream) {
      return nccl_.broadcast(tensor.const_data_ptr(), tensor.data_ptr(),
                             tensor.nbytes(), kNcclBytes, /*root=*/0,
                             communicator_, stream);
    });
  }

 private:
  // Starts an operation on the current stream and waits for it.
  template <typename Start>
  absl::Status Finish(absl::string_view what, const CheckWaiting& check,
                      Start&& start) {
    const c10::OptionalDeviceGuard on_device(device_);
    const c10::Stream stream = guard_.getStream(device_);
    absl::Status status =
        nccl_.ToStatus(start(guard_.getStreamNativeHandle(stream)), what);
    while (status.ok() && !guard_.queryStream(stream)) {
      std::this_thread::sleep_for(kStreamPoll);
      int error = kNcclSuccess;
      status = nccl_.ToStatus(nccl_.comm_get_async_error(communicator_, &error),
                              what);
      if (status.ok()) status = nccl_.ToStatus(error, what);
      if (status.ok()) status = check();
    }
    if (!status.ok()) failed_ = true;
    return status;
  }

  const NcclLibrary nccl_;
  const World world_;
  const c10::Device device_;
  const c10::impl::VirtualGuardImpl guard_;
  NcclCommunicator communicator_ = nullptr;
  bool failed_ = false;
};

absl::StatusOr<NcclUniqueId> ShareId(const NcclLibrary& nccl,
                                     const World& world, RankStore& store,
                                     steady_clock::time_point end) {
  NcclUniqueId id{};
  if (world.rank == 0) {
    RETURN_IF_ERROR(nccl.ToStatus(nccl.get_unique_id(&id), "ncclGetUniqueId"));
    RETURN_IF_ERROR(
        store.Set(kIdKey, std::string(id.bytes.data(), id.bytes.size())));
    return id;
  }
  while (steady_clock::now() < end) {
    ASSIGN_OR_RETURN(const auto values, store.Get({kIdKey}));
    if (!values.has_value()) {
      std::this_thread::sleep_for(kPoll);
      continue;
    }
    if (values->front().size() != id.bytes.size()) {
      return absl::InternalError(
          "rank 0's NCCL has identifiers of another "
          "size");
    }
    std::memcpy(id.bytes.data(), values->front().data(), id.bytes.size());
    return id;
  }
  return absl::DeadlineExceededError(
      "rank 0 sent no identifier of NCCL in time; does its NCCL load?");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Transport>> ConnectNccl(const World& world,
                                                       RankStore& store,
                                                       c10::Device device,
                                                       milliseconds timeout) {
  const auto end = steady_clock::now() + timeout;
  ASSIGN_OR_RETURN(const NcclLibrary nccl, LoadNccl());
  ASSIGN_OR_RETURN(const NcclUniqueId id, ShareId(nccl, world, store, end));
  using Result = absl::StatusOr<std::unique_ptr<Transport>>;
  // In a thread that can be left behind: NCCL waits for a lost rank for ever.
  std::packaged_task<Result()> connect([=] {
    return CatchTorchErrors([&]() -> Result {
      auto transport = std::make_unique<NcclTransport>(nccl, world, device);
      RETURN_IF_ERROR(transport->Connect(id));
      return transport;
    });
  });
  std::future<Result> result = connect.get_future();
  std::thread(std::move(connect)).detach();
  if (result.wait_until(end) == std::future_status::timeout) {
    return absl::DeadlineExceededError(
        absl::StrCat("NCCL did not connect the GPUs of all ranks within ",
                     std::chrono::duration<double>(timeout).count(),
                     " s; NCCL_DEBUG=INFO shows the networks it tries"));
  }
  return result.get();
}

}  // namespace culturemert
