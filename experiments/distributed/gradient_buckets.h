// Adds up the gradients of all ranks while backward still runs.
//
//   ASSIGN_OR_RETURN(const auto buckets,
//                    GradientBuckets::Create(*group, parameters));
//   for each update:
//     for each micro-batch:
//       if (it is the last) buckets->BeginLastMicroBatch();
//       loss.backward();
//     RETURN_IF_ERROR(buckets->Finish());
//     // All gradients are the sums over all ranks and micro-batches.
//
// Parameters are gathered in buckets, the last parameters first, as backward
// comes by them. A thread adds up one bucket after the other, each as soon as
// all its gradients are there; buckets that lacked some in the update before go
// last. In a world of one process nothing is done.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GRADIENT_BUCKETS_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GRADIENT_BUCKETS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiments/distributed/process_group.h"

namespace culturemert {

class GradientBuckets {
 public:
  // 25 MiB: what PyTorch's DistributedDataParallel takes (bucket_cap_mb).
  static constexpr std::int64_t kDefaultBucketBytes = 25 << 20;

  // `parameters`, leaves of autograd in the order in which forward uses them
  // and the same on all ranks; those that require no gradient are left out. A
  // bucket holds at least one parameter, and of one type only. All ranks call
  // this together. kInvalidArgument: the parameters differ between ranks, are
  // on another device than the group, or have a hook after accumulation
  // already.
  static absl::StatusOr<std::unique_ptr<GradientBuckets>> Create(
      ProcessGroup& group, const std::vector<at::Tensor>& parameters,
      std::int64_t bucket_bytes = kDefaultBucketBytes);

  // Takes the hooks off. The group must still be there.
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  // The next backward is the last one of this update: buckets are added up as
  // it goes. Until Finish() the group is used for nothing else, and gradients
  // are not looked at.
  void BeginLastMicroBatch();

  // After that backward: waits until all is added up. Each gradient then holds
  // the sum over all ranks, in the order of ranks: the same bits on all of
  // them, whatever the sizes of buckets and however much was done during
  // backward; without BeginLastMicroBatch() all is done here. A parameter
  // without a gradient on some ranks (a dropped layer) counts as zeros there
  // and has the sum on all; without one on every rank it stays without. The
  // group's errors; kFailedPrecondition if a parameter got gradients twice
  // since BeginLastMicroBatch(); kInvalidArgument for a sparse gradient.
  absl::Status Finish();

  std::int64_t num_buckets() const;

  // How many of them were done already when Finish() was last called.
  std::int64_t num_early() const;

 private:
  class State;
  class Hook;
  explicit GradientBuckets(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;  // Null in a world of one process.
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GRADIENT_BUCKETS_H_
