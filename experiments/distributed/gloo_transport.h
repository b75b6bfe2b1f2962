// Tensors of CPUs between ranks, by the Gloo library in LibTorch.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GLOO_TRANSPORT_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GLOO_TRANSPORT_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "experiments/distributed/tcp_store.h"
#include "experiments/distributed/transport.h"
#include "experiments/distributed/world.h"

namespace culturemert {

// Connects this rank with every other, reachable at `address` ("10.0.0.3"), or
// at the interface that GLOO_SOCKET_IFNAME names if it is set. `store` must
// outlive the transport. kInternal with Gloo's words if they do not come
// together within `timeout`, after which a single operation fails too.
absl::StatusOr<std::unique_ptr<Transport>> ConnectGloo(
    const World& world, TcpStore& store, const std::string& address,
    std::chrono::milliseconds timeout);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GLOO_TRANSPORT_H_
