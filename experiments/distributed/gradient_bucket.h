// The gradients of some parameters in one tensor, as ranks add them up.
// Internal to GradientBuckets.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GRADIENT_BUCKET_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GRADIENT_BUCKET_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace culturemert {

struct BucketMember {
  at::Tensor parameter;
  std::int64_t offset = 0;  // In the bucket, in elements.
  // A gradient where backward left none; the parameter's if another rank had
  // one.
  at::Tensor substitute;
  bool ready = false;
};

// `flat` is the gradients of the members, one after the other; then for each
// member 1 if this rank has a gradient of it, else 0; then zeros up to a
// multiple of the number of ranks.
struct GradientBucket {
  std::vector<BucketMember> members;
  at::Tensor flat;
  std::int64_t elements = 0;  // Of all members.
  std::size_t missing = 0;    // Members that are not ready.
  // In the last update every rank had a gradient of every member.
  bool complete = true;
  // On a GPU: after the last gradient.
  std::optional<c10::Event> gradients_done;

  std::int64_t num_members() const {
    return static_cast<std::int64_t>(members.size());
  }
};

// Buckets of at most `bucket_bytes` and of one type each, the last parameters
// first.
std::vector<GradientBucket> MakeBuckets(
    const std::vector<at::Tensor>& parameters, std::int64_t bucket_bytes);

// The same on ranks whose buckets fit together.
std::string HashOfLayout(const std::vector<GradientBucket>& buckets);

void AllocateBucket(GradientBucket& bucket, int ranks);

// From the parameters' gradients to `flat`.
void CopyGradientsIn(const GradientBucket& bucket);

// From the sums in `flat` to the parameters' gradients; sets `complete`.
void CopyGradientsOut(GradientBucket& bucket, int ranks);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_GRADIENT_BUCKET_H_
