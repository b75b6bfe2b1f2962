#include "models/kmeans/nearest_codes.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "models/cqt/cqt_loops.h"

namespace culturemert {
namespace kmeans_internal {
namespace {

using cqt_internal::CorrelateFrames;

// Dot products of some frames with some codes are what the CQT's loop computes.
constexpr std::int64_t kFrames = cqt_internal::kCorrelatedFrames;
constexpr std::int64_t kCodes = 2 * cqt_internal::kCorrelatedBins<float>;

// Tiles of one task.
constexpr std::int64_t kTilesAtOnce = 32;

}  // namespace

double SquaredDistance(const float* a, const float* b, std::int64_t dimension) {
  double sum = 0;
  for (std::int64_t i = 0; i < dimension; ++i) {
    const double difference = static_cast<double>(a[i]) - b[i];
    sum += difference * difference;
  }
  return sum;
}

NearestCodes::NearestCodes(absl::Span<const float> codes,
                           std::int64_t dimension)
    : count_(static_cast<std::int64_t>(codes.size()) / dimension),
      dimension_(dimension) {
  const std::int64_t groups = (count_ + kCodes - 1) / kCodes;
  half_norms_.assign(groups * kCodes, std::numeric_limits<float>::infinity());
  columns_.assign(groups * dimension * kCodes, 0);
  for (std::int64_t c = 0; c < count_; ++c) {
    float* const column =
        columns_.data() + c / kCodes * dimension * kCodes + c % kCodes;
    double norm = 0;
    for (std::int64_t i = 0; i < dimension; ++i) {
      const float value = codes[c * dimension + i];
      column[i * kCodes] = value;
      norm += static_cast<double>(value) * value;
    }
    half_norms_[c] = static_cast<float>(norm / 2);
  }
}

std::vector<std::int32_t> NearestCodes::Find(
    absl::Span<const float> frames) const {
  const std::int64_t count =
      static_cast<std::int64_t>(frames.size()) / dimension_;
  std::vector<std::int32_t> nearest(count);
  const std::int64_t tiles = (count + kFrames - 1) / kFrames;
  at::parallel_for(
      0, tiles, kTilesAtOnce, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> padded(kFrames * dimension_);
        for (std::int64_t tile = begin; tile < end; ++tile) {
          const std::int64_t first = tile * kFrames;
          const std::int64_t held = std::min(kFrames, count - first);
          const float* rows = frames.data() + first * dimension_;
          if (held < kFrames) {
            std::copy(rows, rows + held * dimension_, padded.begin());
            rows = padded.data();
          }
          FindTile(rows, held, nearest.data() + first);
        }
      });
  return nearest;
}

void NearestCodes::FindTile(const float* frames, std::int64_t count,
                            std::int32_t* nearest) const {
  float least[kFrames];
  std::fill(least, least + kFrames, std::numeric_limits<float>::infinity());
  std::fill(nearest, nearest + count, 0);
  for (std::int64_t first = 0; first < count_; first += kCodes) {
    float products[kFrames][kCodes];
    CorrelateFrames(frames, dimension_, columns_.data() + first * dimension_,
                    dimension_, &products[0][0]);
    for (std::int64_t t = 0; t < count; ++t) {
      for (std::int64_t c = 0; c < kCodes; ++c) {
        const float score = half_norms_[first + c] - products[t][c];
        if (score < least[t]) {
          least[t] = score;
          nearest[t] = static_cast<std::int32_t>(first + c);
        }
      }
    }
  }
}

std::vector<std::int32_t> NearestCodesPlainly(absl::Span<const float> codes,
                                              absl::Span<const float> frames,
                                              std::int64_t dimension) {
  std::vector<std::int32_t> nearest;
  for (std::size_t x = 0; x < frames.size(); x += dimension) {
    double least = std::numeric_limits<double>::infinity();
    std::int32_t best = 0;
    for (std::size_t c = 0; c < codes.size(); c += dimension) {
      const double distance =
          SquaredDistance(frames.data() + x, codes.data() + c, dimension);
      if (distance < least) {
        least = distance;
        best = static_cast<std::int32_t>(c / dimension);
      }
    }
    nearest.push_back(best);
  }
  return nearest;
}

}  // namespace kmeans_internal
}  // namespace culturemert
