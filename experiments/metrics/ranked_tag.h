// The order that scores of one tag put recordings in, as far as ROC-AUC and
// average precision need it: sorted once, evaluated for any weights of the
// recordings (weighted_metrics.h).

#ifndef CULTUREMERT_EXPERIMENTS_METRICS_RANKED_TAG_H_
#define CULTUREMERT_EXPERIMENTS_METRICS_RANKED_TAG_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace culturemert {

// Only the order of positives among themselves and to negatives matters, not
// that of negatives between two positives; so positives are sorted, and
// negatives only put between them.
struct RankedTag {
  // One distinct score of positives. From the highest to the lowest.
  struct Threshold {
    std::uint32_t negatives_above_end = 0;  // Higher scores, than all before.
    std::uint32_t negatives_tied_end = 0;   // The same score.
    std::uint32_t positives_end = 0;        // The same score.
  };

  // Indices of recordings. A threshold's negatives and positives begin where
  // those of the one before it end; negatives below all positives come last.
  std::vector<std::uint32_t> negatives;
  std::vector<std::uint32_t> positives;
  std::vector<Threshold> thresholds;
};

// truth[i] is 0 or 1, scores[i] is no NaN; both have one size below 2^32.
RankedTag RankTag(absl::Span<const std::uint8_t> truth,
                  absl::Span<const double> scores);

// As RocAuc and AveragePrecision (tag_metrics.h).
std::optional<double> RocAuc(const RankedTag& tag);
std::optional<double> AveragePrecision(const RankedTag& tag);

// The rank of each score among all, from 1, the lowest, to the number of them;
// equal scores get the mean of the ranks they share. Scores are no NaN.
std::vector<double> MidRanks(absl::Span<const double> scores);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_METRICS_RANKED_TAG_H_
