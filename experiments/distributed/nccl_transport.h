// Tensors of NVIDIA GPUs between ranks, by NCCL.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_NCCL_TRANSPORT_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_NCCL_TRANSPORT_H_

#include <c10/core/Device.h>

#include <chrono>
#include <memory>

#include "absl/status/statusor.h"
#include "experiments/distributed/rank_store.h"
#include "experiments/distributed/transport.h"
#include "experiments/distributed/world.h"

namespace culturemert {

// Connects this rank's GPU with the others', one GPU a rank. Needs the CUDA
// backend (models/device), loaded already. Operations run on the calling
// thread's current stream. The errors of LoadNccl(); kInternal with NCCL's
// words; kDeadlineExceeded if the ranks do not come together within `timeout`.
absl::StatusOr<std::unique_ptr<Transport>> ConnectNccl(
    const World& world, RankStore& store, c10::Device device,
    std::chrono::milliseconds timeout);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_NCCL_TRANSPORT_H_
