#include "experiments/distributed/gradient_bucket.h"

#include <ATen/ops/zeros.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/hash/hash.h"

namespace culturemert {
namespace {

at::Tensor Slice(const GradientBucket& bucket, const BucketMember& member) {
  return bucket.flat.narrow(0, member.offset, member.parameter.numel())
      .view(member.parameter.sizes());
}

}  // namespace

std::string HashOfLayout(const std::vector<GradientBucket>& buckets) {
  std::string layout;
  for (const GradientBucket& bucket : buckets) {
    absl::StrAppend(&layout, "bucket");
    for (const BucketMember& member : bucket.members) {
      absl::StrAppend(&layout, " ",
                      c10::toString(member.parameter.scalar_type()), "[",
                      absl::StrJoin(member.parameter.sizes(), ","), "]");
    }
  }
  return HashBytes(layout).ToHex();
}

std::vector<GradientBucket> MakeBuckets(
    const std::vector<at::Tensor>& parameters, std::int64_t bucket_bytes) {
  std::vector<GradientBucket> buckets;
  std::int64_t bytes = 0;
  for (auto next = parameters.rbegin(); next != parameters.rend(); ++next) {
    const at::Tensor& parameter = *next;
    const std::int64_t parameter_bytes =
        static_cast<std::int64_t>(parameter.nbytes());
    const bool fits = !buckets.empty() &&
                      bytes + parameter_bytes <= bucket_bytes &&
                      buckets.back().members.front().parameter.scalar_type() ==
                          parameter.scalar_type();
    if (!fits) {
      buckets.emplace_back();
      bytes = 0;
    }
    GradientBucket& bucket = buckets.back();
    bucket.members.push_back({parameter, bucket.elements, {}, false});
    bucket.elements += parameter.numel();
    bytes += parameter_bytes;
  }
  return buckets;
}

void AllocateBucket(GradientBucket& bucket, int ranks) {
  const std::int64_t used = bucket.elements + bucket.num_members();
  bucket.flat = at::zeros(
      {(used + ranks - 1) / ranks * ranks},
      bucket.members.front().parameter.options().requires_grad(false));
  bucket.missing = bucket.members.size();
}

void CopyGradientsIn(const GradientBucket& bucket) {
  at::Tensor present =  // [members]
      bucket.flat.narrow(0, bucket.elements, bucket.num_members());
  for (std::int64_t i = 0; i < bucket.num_members(); ++i) {
    const BucketMember& member = bucket.members[i];
    const at::Tensor& gradient = member.parameter.grad();
    if (gradient.defined()) {
      Slice(bucket, member).copy_(gradient);
      present.select(0, i).fill_(1);
    } else {
      Slice(bucket, member).zero_();
      present.select(0, i).zero_();
    }
  }
}

void CopyGradientsOut(GradientBucket& bucket, int ranks) {
  const at::Tensor present =
      bucket.flat.narrow(0, bucket.elements, bucket.num_members())
          .to(c10::kCPU, c10::kDouble);
  bucket.complete = true;
  for (std::int64_t i = 0; i < bucket.num_members(); ++i) {
    BucketMember& member = bucket.members[i];
    const double count = present.const_data_ptr<double>()[i];
    if (count != ranks) bucket.complete = false;
    if (count == 0) continue;
    at::Tensor& gradient = member.parameter.mutable_grad();
    if (!gradient.defined()) gradient = member.substitute;
    gradient.copy_(Slice(bucket, member));
  }
}

}  // namespace culturemert
