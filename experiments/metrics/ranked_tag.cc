#include "experiments/metrics/ranked_tag.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

struct Scored {
  double score = 0;
  std::uint32_t index = 0;
};

std::vector<Scored> PositivesFromHighest(absl::Span<const std::uint8_t> truth,
                                         absl::Span<const double> scores) {
  std::vector<Scored> positives;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == 0) continue;
    positives.push_back({scores[i], static_cast<std::uint32_t>(i)});
  }
  std::sort(positives.begin(), positives.end(),
            [](const Scored& a, const Scored& b) {
              return a.score != b.score ? a.score > b.score : a.index < b.index;
            });
  return positives;
}

// Searches that run side by side, as a processor's vectors do.
constexpr std::size_t kSearches = 16;

// above[i] is how many of `values`, which fall, are above scores[i]; `count` is
// a multiple of kSearches, `size` at least 1. Without branches that depend on
// the scores, which a processor would guess wrongly.
CULTUREMERT_VECTORIZED void CountAbove(const double* values, std::size_t size,
                                       const double* scores, std::size_t count,
                                       std::uint32_t* above) {
  for (std::size_t begin = 0; begin < count; begin += kSearches) {
    std::uint32_t found[kSearches] = {};
    std::uint32_t left = static_cast<std::uint32_t>(size);
    while (left > 1) {
      const std::uint32_t half = left / 2;
      for (std::size_t i = 0; i < kSearches; ++i) {
        found[i] += values[found[i] + half - 1] > scores[begin + i] ? half : 0;
      }
      left -= half;
    }
    for (std::size_t i = 0; i < kSearches; ++i) {
      above[begin + i] =
          found[i] + (values[found[i]] > scores[begin + i] ? 1 : 0);
    }
  }
}

// The place of each negative, in the order of their indices: 2 t + 1 where it
// ties with threshold t, 2 t where it is above that and below the one before.
std::vector<std::uint32_t> PlacesOfNegatives(
    const std::vector<double>& threshold_scores, std::vector<double> scores) {
  const std::size_t count = scores.size();
  scores.resize((count + kSearches - 1) / kSearches * kSearches, 0.0);
  std::vector<std::uint32_t> places(scores.size(), 0);
  if (threshold_scores.empty()) return places;
  CountAbove(threshold_scores.data(), threshold_scores.size(), scores.data(),
             scores.size(), places.data());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t above = places[i];
    const bool tied =
        above < threshold_scores.size() && threshold_scores[above] == scores[i];
    places[i] = 2 * above + (tied ? 1 : 0);
  }
  return places;
}

void PlaceNegatives(absl::Span<const std::uint8_t> truth,
                    absl::Span<const double> scores,
                    const std::vector<double>& threshold_scores,
                    RankedTag* tag) {
  std::vector<std::uint32_t> indices;
  std::vector<double> negative_scores;
  indices.reserve(truth.size());
  negative_scores.reserve(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] != 0) continue;
    indices.push_back(static_cast<std::uint32_t>(i));
    negative_scores.push_back(scores[i]);
  }
  const std::vector<std::uint32_t> places =
      PlacesOfNegatives(threshold_scores, std::move(negative_scores));
  std::vector<std::uint32_t> ends(2 * threshold_scores.size() + 1, 0);
  for (std::size_t i = 0; i < indices.size(); ++i) ++ends[places[i]];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  for (std::size_t t = 0; t < threshold_scores.size(); ++t) {
    tag->thresholds[t].negatives_above_end = ends[2 * t];
    tag->thresholds[t].negatives_tied_end = ends[2 * t + 1];
  }
  tag->negatives.resize(indices.size());
  for (std::size_t i = indices.size(); i-- > 0;) {
    tag->negatives[--ends[places[i]]] = indices[i];
  }
}

}  // namespace

RankedTag RankTag(absl::Span<const std::uint8_t> truth,
                  absl::Span<const double> scores) {
  const std::vector<Scored> positives = PositivesFromHighest(truth, scores);
  RankedTag tag;
  std::vector<double> threshold_scores;
  for (const Scored& positive : positives) {
    if (threshold_scores.empty() || threshold_scores.back() != positive.score) {
      threshold_scores.push_back(positive.score);
      tag.thresholds.emplace_back();
    }
    tag.positives.push_back(positive.index);
    tag.thresholds.back().positives_end =
        static_cast<std::uint32_t>(tag.positives.size());
  }
  PlaceNegatives(truth, scores, threshold_scores, &tag);
  return tag;
}

std::optional<double> RocAuc(const RankedTag& tag) {
  if (tag.positives.empty() || tag.negatives.empty()) return std::nullopt;
  // Twice the pairs, an integer: exact below 2^53.
  double lost = 0;
  std::uint32_t positives = 0;
  for (const RankedTag::Threshold& threshold : tag.thresholds) {
    const double here = threshold.positives_end - positives;
    lost += here * (static_cast<double>(threshold.negatives_above_end) +
                    threshold.negatives_tied_end);
    positives = threshold.positives_end;
  }
  const double pairs = 2.0 * static_cast<double>(tag.positives.size()) *
                       static_cast<double>(tag.negatives.size());
  return (pairs - lost) / pairs;
}

std::optional<double> AveragePrecision(const RankedTag& tag) {
  if (tag.positives.empty()) return std::nullopt;
  double sum = 0;
  std::uint32_t positives = 0;
  for (const RankedTag::Threshold& threshold : tag.thresholds) {
    const double here = threshold.positives_end - positives;
    positives = threshold.positives_end;
    const double said =
        static_cast<double>(positives) + threshold.negatives_tied_end;
    sum += here * (positives / said);
  }
  return sum / positives;
}

std::vector<double> MidRanks(absl::Span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] < scores[b];
  });
  std::vector<double> ranks(scores.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && scores[order[end]] == scores[order[begin]]) {
      ++end;
    }
    const double rank = 0.5 * static_cast<double>(begin + 1 + end);
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

}  // namespace culturemert
