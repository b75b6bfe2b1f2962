// How tensors travel between ranks. Internal to ProcessGroup.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_TRANSPORT_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_TRANSPORT_H_

#include <ATen/core/Tensor.h>

#include <functional>

#include "absl/status/status.h"

namespace culturemert {

// All ranks make the same calls in the same order, from one thread at a time,
// with contiguous tensors on the group's device, of the same type and shape on
// all ranks. A call returns when the result is there. After an error the
// transport is used no more.
class Transport {
 public:
  // Called every few milliseconds to tens of them while a call waits; an error
  // ends the wait and is returned.
  using CheckWaiting = std::function<absl::Status()>;

  virtual ~Transport() = default;

  // Row r of `received` [size, n] is row `rank` of rank r's `sent` [size, n].
  virtual absl::Status AllToAll(at::Tensor sent, at::Tensor received,
                                const CheckWaiting& check) = 0;

  // Row r of `received` [size, n] is rank r's `sent` [n].
  virtual absl::Status AllGather(at::Tensor sent, at::Tensor received,
                                 const CheckWaiting& check) = 0;

  // `tensor` becomes rank 0's.
  virtual absl::Status Broadcast(at::Tensor tensor,
                                 const CheckWaiting& check) = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_TRANSPORT_H_
