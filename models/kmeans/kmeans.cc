#include "models/kmeans/kmeans.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "models/kmeans/nearest_codes.h"
#include "tools/base/random/permutation.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace kmeans_internal {
namespace {

// Frames that k-means++ chooses from, for each code.
constexpr std::int64_t kCandidatesPerCode = 16;

// Pieces that sums over frames are taken in, whatever the number of threads.
constexpr std::int64_t kPieces = 16;

class Fitter {
 public:
  Fitter(absl::Span<const float> frames, std::int64_t dimension, int codes)
      : frames_(frames),
        dimension_(dimension),
        count_(static_cast<std::int64_t>(frames.size()) / dimension),
        codes_(codes) {}

  std::vector<float> Start(const RandomStream& random) const {
    const std::vector<std::int64_t> candidates =
        Candidates(random.Substream(0));
    const RandomStream draws = random.Substream(1);
    const std::int64_t count = static_cast<std::int64_t>(candidates.size());
    std::vector<double> distances(count,
                                  std::numeric_limits<double>::infinity());
    std::vector<float> centres;
    std::int64_t chosen = 0;
    for (int c = 0; c < codes_; ++c) {
      const float* const centre = Frame(candidates[chosen]);
      centres.insert(centres.end(), centre, centre + dimension_);
      at::parallel_for(
          0, count, 256, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
              distances[i] = std::min(
                  distances[i],
                  SquaredDistance(Frame(candidates[i]), centre, dimension_));
            }
          });
      chosen = Draw(distances, draws.UniformDouble(c), (c + 1) % count);
    }
    return centres;
  }

  // Moves each code to the mean of its frames.
  std::vector<float> Means(const std::vector<std::int32_t>& nearest,
                           const std::vector<float>& codes) const {
    std::vector<std::vector<double>> sums(kPieces);
    std::vector<std::vector<std::int64_t>> counts(kPieces);
    at::parallel_for(0, kPieces, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t piece = begin; piece < end; ++piece) {
        sums[piece].resize(codes_ * dimension_);
        counts[piece].resize(codes_);
        for (std::int64_t n = count_ * piece / kPieces;
             n < count_ * (piece + 1) / kPieces; ++n) {
          double* const sum = sums[piece].data() + nearest[n] * dimension_;
          for (std::int64_t i = 0; i < dimension_; ++i) sum[i] += Frame(n)[i];
          ++counts[piece][nearest[n]];
        }
      }
    });
    for (std::int64_t piece = 1; piece < kPieces; ++piece) {
      std::transform(sums[0].begin(), sums[0].end(), sums[piece].begin(),
                     sums[0].begin(), std::plus<>());
      std::transform(counts[0].begin(), counts[0].end(), counts[piece].begin(),
                     counts[0].begin(), std::plus<>());
    }
    std::vector<float> means(codes.size());
    std::vector<int> empty;
    for (int c = 0; c < codes_; ++c) {
      if (counts[0][c] == 0) empty.push_back(c);
      const double scale = 1.0 / std::max<std::int64_t>(counts[0][c], 1);
      for (std::int64_t i = 0; i < dimension_; ++i) {
        means[c * dimension_ + i] =
            static_cast<float>(sums[0][c * dimension_ + i] * scale);
      }
    }
    MoveToFarthest(nearest, codes, empty, &means);
    return means;
  }

 private:
  const float* Frame(std::int64_t n) const {
    return frames_.data() + n * dimension_;
  }

  // In random order.
  std::vector<std::int64_t> Candidates(const RandomStream& random) const {
    const IndexPermutation order(random, count_);
    std::vector<std::int64_t> candidates(
        std::min(count_, kCandidatesPerCode * codes_));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      candidates[i] = static_cast<std::int64_t>(order.At(i));
    }
    return candidates;
  }

  // An index with a chance proportional to its weight; `otherwise` if all are
  // 0, as where fewer distinct frames than codes exist.
  static std::int64_t Draw(const std::vector<double>& weights, double uniform,
                           std::int64_t otherwise) {
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (!(total > 0)) return otherwise;
    double rest = uniform * total;
    std::int64_t last = otherwise;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) continue;
      last = static_cast<std::int64_t>(i);
      rest -= weights[i];
      if (rest < 0) break;
    }
    return last;
  }

  void MoveToFarthest(const std::vector<std::int32_t>& nearest,
                      const std::vector<float>& codes,
                      const std::vector<int>& empty,
                      std::vector<float>* means) const {
    if (empty.empty()) return;
    std::vector<double> distances(count_);
    for (std::int64_t n = 0; n < count_; ++n) {
      distances[n] = SquaredDistance(
          Frame(n), codes.data() + nearest[n] * dimension_, dimension_);
    }
    std::vector<std::int64_t> order(count_);
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + empty.size(), order.end(),
                      [&](std::int64_t a, std::int64_t b) {
                        return distances[a] != distances[b]
                                   ? distances[a] > distances[b]
                                   : a < b;
                      });
    for (std::size_t i = 0; i < empty.size(); ++i) {
      std::copy(Frame(order[i]), Frame(order[i]) + dimension_,
                means->begin() + empty[i] * dimension_);
    }
  }

  const absl::Span<const float> frames_;
  const std::int64_t dimension_;
  const std::int64_t count_;
  const int codes_;
};

}  // namespace

std::vector<float> FitKmeans(absl::Span<const float> frames,
                             std::int64_t dimension, int codes, int iterations,
                             const RandomStream& random) {
  const Fitter fitter(frames, dimension, codes);
  std::vector<float> centres = fitter.Start(random);
  std::vector<std::int32_t> before;
  for (int iteration = 0; iteration < iterations; ++iteration) {
    std::vector<std::int32_t> nearest =
        NearestCodes(centres, dimension).Find(frames);
    if (nearest == before) break;
    centres = fitter.Means(nearest, centres);
    before = std::move(nearest);
  }
  return centres;
}

}  // namespace kmeans_internal
}  // namespace culturemert
