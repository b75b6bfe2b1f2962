#include "tests/experiments/distributed/bucket_scenarios.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros_like.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/distributed/gradient_buckets.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kUpdates = 3;
constexpr int kMicroBatches = 2;

at::Tensor RandomTensor(std::uint64_t stream, at::IntArrayRef shape) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  const RandomStream random(/*seed=*/5, stream);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    tensor.mutable_data_ptr<float>()[i] = random.UniformFloat(i) - 0.5f;
  }
  return tensor;
}

// y = last(tanh(second(tanh(first(x))))); `first` is frozen, `second` may be
// dropped, and nothing uses `unused`.
struct Network {
  Network() {
    for (at::Tensor* parameter : {&second, &bias, &last, &unused}) {
      parameter->requires_grad_(true);
    }
  }

  std::vector<at::Tensor> Parameters() const {
    return {first, second, bias, last, unused};
  }

  // The loss of one micro-batch.
  at::Tensor Loss(const at::Tensor& x, bool drop_second) const {
    at::Tensor hidden = at::tanh(at::linear(x, first));  // [B, 8]
    if (!drop_second) hidden = at::tanh(at::linear(hidden, second, bias));
    return (at::linear(hidden, last) * 1e3).square().sum();  // []
  }

  at::Tensor first = RandomTensor(1, {8, 4});
  at::Tensor second = RandomTensor(2, {8, 8});
  at::Tensor bias = RandomTensor(3, {8});
  at::Tensor last = RandomTensor(4, {3, 8});
  at::Tensor unused = RandomTensor(5, {7});
};

bool Drops(int rank, int update, int micro_batch) {
  // Update 0: nobody; 1: rank 1 throughout; 2: rank 0 in its last micro-batch.
  if (update == 1) return rank == 1;
  return update == 2 && rank == 0 && micro_batch == kMicroBatches - 1;
}

void ClearGradients(const Network& network) {
  for (const at::Tensor& parameter : network.Parameters()) {
    parameter.mutable_grad().reset();
  }
}

void Backward(const Network& network, int rank, int update, int micro_batch) {
  const std::uint64_t stream = 100 + 10 * update + micro_batch + 1000 * rank;
  network.Loss(RandomTensor(stream, {6, 4}), Drops(rank, update, micro_batch))
      .backward();
}

// All gradients after `update`, undefined where there is none on any rank.
absl::StatusOr<std::vector<at::Tensor>> PlainSum(ProcessGroup& group,
                                                 const Network& network,
                                                 int update) {
  ClearGradients(network);
  for (int i = 0; i < kMicroBatches; ++i) {
    Backward(network, group.rank(), update, i);
  }
  std::vector<at::Tensor> sums;
  for (const at::Tensor& parameter : network.Parameters()) {
    const bool used = parameter.requires_grad() &&
                      parameter.sizes() != network.unused.sizes();
    if (!used) {
      sums.emplace_back();
      continue;
    }
    const at::Tensor& gradient = parameter.grad();
    sums.push_back(gradient.defined() ? gradient.clone()
                                      : at::zeros_like(parameter).detach());
    RETURN_IF_ERROR(group.SumInPlace({sums.back()}));
  }
  return sums;
}

// Empty if bit for bit the same.
std::string Difference(const std::vector<at::Tensor>& parameters,
                       const std::vector<at::Tensor>& expected) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor& gradient = parameters[i].grad();
    if (gradient.defined() != expected[i].defined()) {
      return absl::StrCat("parameter ", i,
                          gradient.defined() ? " has a" : " has no",
                          " gradient");
    }
    if (gradient.defined() && !at::equal(gradient, expected[i])) {
      return absl::StrCat("the gradient of parameter ", i, " differs by ",
                          (gradient - expected[i]).abs().max().item<float>());
    }
  }
  return "";
}

absl::StatusOr<std::string> CompareUpdates(ProcessGroup& group,
                                           GradientBuckets& buckets,
                                           const Network& network,
                                           bool during_backward) {
  for (int update = 0; update < kUpdates; ++update) {
    const Network plain;
    ASSIGN_OR_RETURN(const std::vector<at::Tensor> expected,
                     PlainSum(group, plain, update));
    ClearGradients(network);
    for (int i = 0; i < kMicroBatches; ++i) {
      if (during_backward && i == kMicroBatches - 1) {
        buckets.BeginLastMicroBatch();
      }
      Backward(network, group.rank(), update, i);
    }
    RETURN_IF_ERROR(buckets.Finish());
    const std::string difference = Difference(network.Parameters(), expected);
    if (!difference.empty()) {
      return absl::StrCat("update ", update, ": ", difference);
    }
  }
  return "";
}

}  // namespace

absl::StatusOr<std::string> BucketsAgainstPlainSum(ProcessGroup& group) {
  std::string found = "equal";
  for (const std::int64_t bucket_bytes : {1, 150, 1 << 20}) {
    for (const bool during_backward : {true, false}) {
      const Network network;
      ASSIGN_OR_RETURN(
          const auto buckets,
          GradientBuckets::Create(group, network.Parameters(), bucket_bytes));
      ASSIGN_OR_RETURN(
          const std::string difference,
          CompareUpdates(group, *buckets, network, during_backward));
      if (!difference.empty()) {
        return absl::StrCat("with buckets of ", bucket_bytes, " bytes, ",
                            difference);
      }
      if (during_backward) absl::StrAppend(&found, " ", buckets->num_buckets());
    }
  }
  return found;
}

absl::StatusOr<std::string> BucketsDuringBackward(ProcessGroup& group) {
  const Network network;
  ASSIGN_OR_RETURN(const auto buckets,
                   GradientBuckets::Create(group, network.Parameters(),
                                           /*bucket_bytes=*/1));
  std::string found;
  for (int update = 0; update < 2; ++update) {
    ClearGradients(network);
    buckets->BeginLastMicroBatch();
    Backward(network, group.rank(), /*update=*/0, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    RETURN_IF_ERROR(buckets->Finish());
    absl::StrAppend(&found, buckets->num_early(), " of ",
                    buckets->num_buckets(), ", ");
  }
  return found;
}

absl::StatusOr<std::string> BucketsOfOtherParameters(ProcessGroup& group) {
  const Network network;
  std::vector<at::Tensor> parameters = network.Parameters();
  if (group.rank() != 1) parameters.pop_back();
  RETURN_IF_ERROR(GradientBuckets::Create(group, parameters));
  return "created";
}

absl::StatusOr<std::string> BucketsBackwardTwice(ProcessGroup& group) {
  const Network network;
  ASSIGN_OR_RETURN(const auto buckets,
                   GradientBuckets::Create(group, network.Parameters()));
  buckets->BeginLastMicroBatch();
  for (int i = 0; i < 2; ++i) Backward(network, group.rank(), 0, i);
  RETURN_IF_ERROR(buckets->Finish());
  return "finished";
}

absl::StatusOr<std::string> BucketsWithALostRank(ProcessGroup& group) {
  const Network network;
  ASSIGN_OR_RETURN(const auto buckets,
                   GradientBuckets::Create(group, network.Parameters()));
  if (group.rank() == 1) return group.Abort("no more audio");
  buckets->BeginLastMicroBatch();
  Backward(network, group.rank(), 0, 0);
  RETURN_IF_ERROR(buckets->Finish());
  return "finished";
}

}  // namespace culturemert
