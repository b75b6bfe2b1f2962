// One book of k-means: Lloyd's algorithm from a k-means++ start.

#ifndef CULTUREMERT_MODELS_KMEANS_KMEANS_H_
#define CULTUREMERT_MODELS_KMEANS_KMEANS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace kmeans_internal {

// `frames`: finite, [N, dimension], N >= codes >= 1. Returns [codes,
// dimension]: each code the mean of the frames nearest to it, after at most
// `iterations` rounds or once no frame changes its code.
//
// Starts by k-means++ (Arthur and Vassilvitskii, SODA 2007) among 16 * codes
// frames drawn without replacement. A code that loses all its frames moves to
// the frame that is farthest from its own code. Sums are taken in double over
// fixed pieces of the frames in a fixed order, so the result is the same for
// any number of threads.
std::vector<float> FitKmeans(absl::Span<const float> frames,
                             std::int64_t dimension, int codes, int iterations,
                             const RandomStream& random);

}  // namespace kmeans_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_KMEANS_KMEANS_H_
