// The nearest of many vectors, for many frames: what k-means spends its time
// on.

#ifndef CULTUREMERT_MODELS_KMEANS_NEAREST_CODES_H_
#define CULTUREMERT_MODELS_KMEANS_NEAREST_CODES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace culturemert {
namespace kmeans_internal {

// A set of codes, arranged for the search.
class NearestCodes {
 public:
  // `codes`: [count, dimension], at least one of each.
  NearestCodes(absl::Span<const float> codes, std::int64_t dimension);

  // For each row of `frames`, [N, dimension], the code at the smallest
  // Euclidean distance, the first of equal ones. By |c|^2 / 2 - x c, in float,
  // so that a code can be chosen that is farther than the nearest by rounding.
  // In parallel; each frame's result depends on that frame and the codes alone
  // (on one kind of processor: AVX2 rounds less than plain x86-64).
  std::vector<std::int32_t> Find(absl::Span<const float> frames) const;

 private:
  void FindTile(const float* frames, std::int64_t count,
                std::int32_t* nearest) const;

  const std::int64_t count_;
  const std::int64_t dimension_;
  std::vector<float> half_norms_;  // Of the padding, infinite.
  std::vector<float> columns_;     // [groups][dimension][codes of a group]
};

// The same by its definition, in double, one after the other.
std::vector<std::int32_t> NearestCodesPlainly(absl::Span<const float> codes,
                                              absl::Span<const float> frames,
                                              std::int64_t dimension);

// The sum of (a_i - b_i)^2 in double.
double SquaredDistance(const float* a, const float* b, std::int64_t dimension);

}  // namespace kmeans_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_KMEANS_NEAREST_CODES_H_
