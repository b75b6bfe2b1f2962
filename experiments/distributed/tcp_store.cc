#include "experiments/distributed/tcp_store.h"

#include <c10/util/Logging.h>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

using std::chrono::milliseconds;

struct TcpStore::Connection {
  c10::intrusive_ptr<c10d::Store> store;
};

namespace {

// `work`'s result; what it throws is kUnavailable.
template <typename Work>
std::invoke_result_t<Work> OrUnavailable(Work&& work) {
  auto result = CatchTorchErrors(std::forward<Work>(work));
  if (result.ok()) return result;
  const absl::Status& status = status_internal::ToStatus(result);
  return absl::UnavailableError(status.message());
}

// LibTorch logs a stack trace with every call of a store that is gone; what it
// says is in the errors here. TORCH_CPP_LOG_LEVEL=WARNING shows them again.
void QuietenLibTorch() {
  if (ProcessEnvironment("TORCH_CPP_LOG_LEVEL").has_value()) {
    c10::initLogging();
  } else {
    FLAGS_caffe2_log_level = c10::GLOG_ERROR;
  }
}

std::string Advice(const World& world, bool open) {
  if (open) {
    return "another program may use this port: set another MASTER_PORT";
  }
  return absl::StrCat(
      world.launcher_keeps_store ? "is the launcher" : "is rank 0",
      " there, and does no firewall stand between?");
}

}  // namespace

TcpStore::TcpStore(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

TcpStore::~TcpStore() = default;

absl::StatusOr<std::unique_ptr<TcpStore>> TcpStore::Connect(
    const World& world, bool open, milliseconds timeout) {
  QuietenLibTorch();
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(world.leader_port);
  options.isServer = open;
  options.waitWorkers = false;
  options.timeout = timeout;
  auto connection =
      CatchTorchErrors([&]() -> absl::StatusOr<std::unique_ptr<Connection>> {
        auto store =
            c10::make_intrusive<c10d::TCPStore>(world.leader_host, options);
        return std::make_unique<Connection>(
            Connection{c10::make_intrusive<c10d::PrefixStore>(
                absl::StrCat("culturemert/", world.run), std::move(store))});
      });
  if (connection.ok()) {
    return std::unique_ptr<TcpStore>(new TcpStore(*std::move(connection)));
  }
  return absl::UnavailableError(
      absl::StrCat("rank ", world.rank, " of ", world.size, " cannot ",
                   open ? "open" : "reach", " the ranks' meeting point at ",
                   world.leader_host, " port ", world.leader_port, " (",
                   connection.status().message(), "); ", Advice(world, open)));
}

absl::StatusOr<std::unique_ptr<TcpStore>> TcpStore::Open(const World& world,
                                                         milliseconds timeout) {
  const bool open = world.rank == 0 && !world.launcher_keeps_store;
  return Connect(world, open, timeout);
}

absl::StatusOr<std::unique_ptr<TcpStore>> TcpStore::Join(const World& world,
                                                         milliseconds timeout) {
  return Connect(world, /*open=*/false, timeout);
}

absl::Status TcpStore::Set(const std::string& key, const std::string& value) {
  return OrUnavailable([&] {
    connection_->store->set(key, value);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::optional<std::vector<std::string>>> TcpStore::Get(
    const std::vector<std::string>& keys) {
  using Values = std::optional<std::vector<std::string>>;
  return OrUnavailable([&]() -> absl::StatusOr<Values> {
    if (!connection_->store->check(keys)) return Values();
    std::vector<std::string> values;
    for (const auto& bytes : connection_->store->multiGet(keys)) {
      values.emplace_back(bytes.begin(), bytes.end());
    }
    return Values(std::move(values));
  });
}

absl::StatusOr<std::int64_t> TcpStore::Increment(const std::string& key) {
  return OrUnavailable([&]() -> absl::StatusOr<std::int64_t> {
    return connection_->store->add(key, 1);
  });
}

absl::Status TcpStore::Delete(const std::string& key) {
  return OrUnavailable([&] {
    connection_->store->deleteKey(key);
    return absl::OkStatus();
  });
}

c10d::Store& TcpStore::store() { return *connection_->store; }

}  // namespace culturemert
