#include "experiments/distributed/gradient_buckets.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/distributed/gradient_bucket.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

namespace hooks = torch::autograd::impl;

absl::Status CheckParameter(const ProcessGroup& group, std::size_t index,
                            const at::Tensor& parameter) {
  const char* problem = nullptr;
  if (!parameter.is_leaf()) {
    problem = "is no leaf of autograd";
  } else if (parameter.device() != group.device()) {
    problem = "is not on the process group's device";
  } else if (!parameter.is_floating_point()) {
    problem = "is not of a floating-point type";
  } else if (hooks::post_acc_grad_hooks(parameter) != nullptr) {
    problem = "has a hook after accumulation already";
  }
  if (problem == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "parameter ", index, " whose gradient ranks add up ", problem));
}

}  // namespace

class GradientBuckets::State {
 public:
  State(ProcessGroup& group, std::vector<GradientBucket> buckets);
  ~State();

  void Attach();
  void Begin();
  absl::Status Finish();
  void GradientIsReady(std::size_t bucket, std::size_t member);

  const std::vector<GradientBucket>& buckets() const { return buckets_; }
  std::int64_t num_early();

 private:
  void Run();
  absl::Status Reduce(GradientBucket& bucket);
  void RecordEvent(GradientBucket& bucket);
  absl::Status CheckGradients();
  void Reset();
  void Reorder();

  ProcessGroup& group_;
  std::optional<c10::impl::VirtualGuardImpl> gpu_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All below are guarded by mutex_, but for what a bucket that is being added
  // up consists of: its gradients are the thread's until they are done.
  std::vector<GradientBucket> buckets_;
  // In which buckets are added up: the same on all ranks.
  std::vector<std::size_t> order_;
  std::size_t next_ = 0;    // Those of order_ before it are done.
  std::size_t early_ = 0;   // next_ when Finish() was last called.
  bool begun_ = false;      // Backward of the last micro-batch.
  bool finishing_ = false;  // No more gradients will come.
  bool stopping_ = false;
  bool busy_ = false;  // The thread is adding up bucket next_.
  absl::Status status_;
  std::thread thread_;
};

class GradientBuckets::Hook : public torch::autograd::PostAccumulateGradHook {
 public:
  Hook(State& state, std::size_t bucket, std::size_t member)
      : state_(state), bucket_(bucket), member_(member) {}

  void operator()(const at::Tensor&) override {
    state_.GradientIsReady(bucket_, member_);
  }

 private:
  State& state_;
  const std::size_t bucket_;
  const std::size_t member_;
};

GradientBuckets::State::State(ProcessGroup& group,
                              std::vector<GradientBucket> buckets)
    : group_(group), buckets_(std::move(buckets)) {
  for (GradientBucket& bucket : buckets_) AllocateBucket(bucket, group.size());
  Reorder();
  if (group.device().is_cuda()) gpu_.emplace(group.device().type());
}

void GradientBuckets::State::Attach() {
  for (std::size_t b = 0; b < buckets_.size(); ++b) {
    for (std::size_t m = 0; m < buckets_[b].members.size(); ++m) {
      hooks::set_post_acc_grad_hooks(buckets_[b].members[m].parameter,
                                     std::make_unique<Hook>(*this, b, m));
    }
  }
  thread_ = std::thread([this] { Run(); });
}

GradientBuckets::State::~State() {
  for (const GradientBucket& bucket : buckets_) {
    for (const BucketMember& member : bucket.members) {
      hooks::set_post_acc_grad_hooks(member.parameter, nullptr);
    }
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void GradientBuckets::State::Begin() {
  const std::lock_guard<std::mutex> lock(mutex_);
  begun_ = true;
}

void GradientBuckets::State::GradientIsReady(std::size_t bucket_index,
                                             std::size_t member_index) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!begun_) return;
  GradientBucket& bucket = buckets_[bucket_index];
  BucketMember& member = bucket.members[member_index];
  if (member.ready) {
    status_.Update(absl::FailedPreconditionError(absl::StrCat(
        "a parameter of shape [", absl::StrJoin(member.parameter.sizes(), ", "),
        "] got gradients twice in the last micro-batch of an "
        "update; run backward once after BeginLastMicroBatch()")));
    return;
  }
  if (member.parameter.grad().layout() != c10::kStrided) return;  // Finish().
  member.ready = true;
  if (--bucket.missing > 0) return;
  RecordEvent(bucket);
  changed_.notify_all();
}

// The thread's stream waits for what the caller's stream has to do until now.
void GradientBuckets::State::RecordEvent(GradientBucket& bucket) {
  if (!gpu_.has_value()) return;
  bucket.gradients_done.emplace(group_.device().type());
  bucket.gradients_done->record(gpu_->getStream(group_.device()));
}

void GradientBuckets::State::Run() {
  const at::NoGradGuard no_grad;
  std::optional<c10::StreamGuard> own_stream;
  if (gpu_.has_value()) {
    own_stream.emplace(gpu_->getStreamFromGlobalPool(group_.device()));
  }
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] {
      return stopping_ ||
             (status_.ok() && next_ < buckets_.size() &&
              (finishing_ || buckets_[order_[next_]].missing == 0));
    });
    if (stopping_) return;
    GradientBucket& bucket = buckets_[order_[next_]];
    busy_ = true;
    lock.unlock();
    const absl::Status status =
        CatchTorchErrors([&] { return Reduce(bucket); });
    lock.lock();
    busy_ = false;
    status_.Update(status);
    ++next_;
    changed_.notify_all();
  }
}

// On the thread's own stream; done when it returns.
absl::Status GradientBuckets::State::Reduce(GradientBucket& bucket) {
  const c10::Device device = group_.device();
  if (gpu_.has_value()) bucket.gradients_done->block(gpu_->getStream(device));
  CopyGradientsIn(bucket);
  RETURN_IF_ERROR(group_.SumInPlace({bucket.flat}));
  CopyGradientsOut(bucket, group_.size());
  if (gpu_.has_value()) gpu_->synchronizeStream(gpu_->getStream(device));
  return absl::OkStatus();
}

absl::Status GradientBuckets::State::CheckGradients() {
  for (const GradientBucket& bucket : buckets_) {
    for (const BucketMember& member : bucket.members) {
      const at::Tensor& gradient = member.parameter.grad();
      if (gradient.defined() && gradient.layout() != c10::kStrided) {
        return absl::InvalidArgumentError(
            absl::StrCat("the gradient of a parameter of shape [",
                         absl::StrJoin(member.parameter.sizes(), ", "),
                         "] is sparse; ranks add up dense ones"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status GradientBuckets::State::Finish() {
  std::unique_lock<std::mutex> lock(mutex_);
  early_ = next_;
  status_.Update(CheckGradients());
  status_.Update(CatchTorchErrors([&] {
    for (GradientBucket& bucket : buckets_) {
      if (bucket.missing == 0) continue;
      for (BucketMember& member : bucket.members) {
        // Made on the caller's stream, which goes on to use it.
        if (!member.parameter.grad().defined()) {
          member.substitute = at::empty_like(member.parameter).detach();
        }
      }
      RecordEvent(bucket);
    }
    return absl::OkStatus();
  }));
  finishing_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] {
    return !busy_ && (!status_.ok() || next_ == buckets_.size());
  });
  absl::Status status = std::exchange(status_, absl::OkStatus());
  if (status.ok()) Reorder();
  Reset();
  return status;
}

// Buckets of which a rank lacked a gradient go last: they are ready only in
// Finish(), and the others must not wait for them. All ranks know the same of
// every bucket, so their orders agree; no sum depends on the order.
void GradientBuckets::State::Reorder() {
  order_.clear();
  for (const bool complete : {true, false}) {
    for (std::size_t b = 0; b < buckets_.size(); ++b) {
      if (buckets_[b].complete == complete) order_.push_back(b);
    }
  }
}

std::int64_t GradientBuckets::State::num_early() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<std::int64_t>(early_);
}

void GradientBuckets::State::Reset() {
  next_ = 0;
  begun_ = false;
  finishing_ = false;
  for (GradientBucket& bucket : buckets_) {
    bucket.missing = bucket.members.size();
    for (BucketMember& member : bucket.members) {
      member.ready = false;
      member.substitute.reset();
    }
  }
}

GradientBuckets::GradientBuckets(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

GradientBuckets::~GradientBuckets() = default;

absl::StatusOr<std::unique_ptr<GradientBuckets>> GradientBuckets::Create(
    ProcessGroup& group, const std::vector<at::Tensor>& parameters,
    std::int64_t bucket_bytes) {
  using Result = absl::StatusOr<std::unique_ptr<GradientBuckets>>;
  if (group.size() == 1) {
    return std::unique_ptr<GradientBuckets>(new GradientBuckets(nullptr));
  }
  return CatchTorchErrors([&]() -> Result {
    std::vector<at::Tensor> trained;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (!parameters[i].requires_grad()) continue;
      RETURN_IF_ERROR(CheckParameter(group, i, parameters[i]));
      trained.push_back(parameters[i]);
    }
    auto state =
        std::make_unique<State>(group, MakeBuckets(trained, bucket_bytes));
    const std::string mine = HashOfLayout(state->buckets());
    ASSIGN_OR_RETURN(const std::vector<std::string> all, group.Gather(mine));
    for (int rank = 0; rank < group.size(); ++rank) {
      if (all[rank] == all[0]) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("rank ", rank,
                       " trains parameters of other shapes or "
                       "types, or in another order, than rank 0"));
    }
    state->Attach();
    return std::unique_ptr<GradientBuckets>(
        new GradientBuckets(std::move(state)));
  });
}

void GradientBuckets::BeginLastMicroBatch() {
  if (state_ != nullptr) state_->Begin();
}

absl::Status GradientBuckets::Finish() {
  return state_ == nullptr ? absl::OkStatus() : state_->Finish();
}

std::int64_t GradientBuckets::num_buckets() const {
  return state_ == nullptr
             ? 0
             : static_cast<std::int64_t>(state_->buckets().size());
}

std::int64_t GradientBuckets::num_early() const {
  return state_ == nullptr ? 0 : state_->num_early();
}

}  // namespace culturemert
