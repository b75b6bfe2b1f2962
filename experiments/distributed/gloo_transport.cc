#include "experiments/distributed/gloo_transport.h"

#define USE_C10D_GLOO
#include <future>
#include <thread>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <utility>
#include <vector>

#include "models/tensors/torch_errors.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;

using Group = c10::intrusive_ptr<c10d::ProcessGroupGloo>;

constexpr milliseconds kCheckInterval(50);

using Works = std::vector<c10::intrusive_ptr<c10d::Work>>;

// Starts to send row_for(r) to each other rank r, and to receive from it row r
// of `received`; in an order that spreads the load. Straight from and into the
// tensors: Gloo's own all-gather copies everything once more.
template <typename RowFor>
Works Exchange(c10d::ProcessGroupGloo& group, const RowFor& row_for,
               const at::Tensor& received) {
  constexpr int kTag = 0;  // Between two ranks nothing overtakes.
  const int size = group.getSize();
  Works works;
  for (int step = 1; step < size; ++step) {
    const int from = (group.getRank() - step + size) % size;
    std::vector<at::Tensor> row = {received.select(0, from)};
    works.push_back(group.recv(row, from, kTag));
  }
  for (int step = 1; step < size; ++step) {
    const int to = (group.getRank() + step) % size;
    std::vector<at::Tensor> row = {row_for(to)};
    works.push_back(group.send(row, to, kTag));
  }
  return works;
}

class GlooTransport : public Transport {
 public:
  explicit GlooTransport(Group group) : group_(std::move(group)) {}

  absl::Status AllToAll(at::Tensor sent, at::Tensor received,
                        const CheckWaiting& check) override {
    return Perform(
        [sent, received](c10d::ProcessGroupGloo& group) {
          const auto row_for = [&](int rank) { return sent.select(0, rank); };
          const Works works = Exchange(group, row_for, received);
          received.select(0, group.getRank()).copy_(row_for(group.getRank()));
          return works;
        },
        check);
  }

  absl::Status AllGather(at::Tensor sent, at::Tensor received,
                         const CheckWaiting& check) override {
    return Perform(
        [sent, received](c10d::ProcessGroupGloo& group) {
          const auto row_for = [&](int) { return sent; };
          const Works works = Exchange(group, row_for, received);
          received.select(0, group.getRank()).copy_(sent);
          return works;
        },
        check);
  }

  absl::Status Broadcast(at::Tensor tensor,
                         const CheckWaiting& check) override {
    return Perform(
        [tensor](c10d::ProcessGroupGloo& group) {
          std::vector<at::Tensor> tensors = {tensor};
          return Works{group.broadcast(tensors)};
        },
        check);
  }

 private:
  // Gloo cannot be stopped before its own time limit. So a thread of its own
  // waits for it, which is left behind, with its share of the group, where
  // `check` ends the wait.
  template <typename Start>
  absl::Status Perform(Start&& start, const CheckWaiting& check) {
    std::packaged_task<absl::Status()> task([group = group_, start] {
      return CatchTorchErrors([&] {
        for (const auto& work : start(*group)) work->wait();
        return absl::OkStatus();
      });
    });
    std::future<absl::Status> result = task.get_future();
    std::thread(std::move(task)).detach();
    while (result.wait_for(kCheckInterval) == std::future_status::timeout) {
      if (const absl::Status status = check(); !status.ok()) return status;
    }
    return result.get();
  }

  const Group group_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Transport>> ConnectGloo(
    const World& world, TcpStore& store, const std::string& address,
    milliseconds timeout) {
  return CatchTorchErrors([&]() -> absl::StatusOr<std::unique_ptr<Transport>> {
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    const std::string interface =
        ProcessEnvironment("GLOO_SOCKET_IFNAME").value_or("");
    using Gloo = c10d::ProcessGroupGloo;
    options->devices.push_back(interface.empty()
                                   ? Gloo::createDeviceForHostname(address)
                                   : Gloo::createDeviceForInterface(interface));
    const auto shared =
        c10::intrusive_ptr<c10d::Store>::unsafe_reclaim_from_nonowning(
            &store.store());
    return std::make_unique<GlooTransport>(
        c10::make_intrusive<c10d::ProcessGroupGloo>(shared, world.rank,
                                                    world.size, options));
  });
}

}  // namespace culturemert
