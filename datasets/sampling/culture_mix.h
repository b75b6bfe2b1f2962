// How much of the training audio comes from which culture.
//
// CultureMERT trains on a mix of four cultures "by hours" and replays 20 % of
// Western music in its first stage (model card of CultureMERT-95M); how the
// paper samples within the mix is not stated. Proportional to duration, the
// default here, is what one shuffled pool of all recordings gives.

#ifndef CULTUREMERT_DATASETS_SAMPLING_CULTURE_MIX_H_
#define CULTUREMERT_DATASETS_SAMPLING_CULTURE_MIX_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace culturemert {

enum class CultureWeighting {
  kDuration,  // In proportion to the audio there is of each culture.
  kBalanced,  // As much of each culture.
  kGiven,     // In proportion to CultureMix::weights.
};

// The cultures named in replay_cultures are the replay, all others the mix. The
// share `replay_fraction` of all segments is replay, in proportion to duration
// among its cultures; the rest follows `weighting` among the others.
struct CultureMix {
  CultureWeighting weighting = CultureWeighting::kDuration;
  // For kGiven only: a number >= 0 for each culture of the mix, in any unit.
  std::map<std::string, double> weights;
  double replay_fraction = 0;  // In [0, 1].
  // With a replay_fraction of 0 these cultures are not drawn from at all, and
  // need not exist.
  std::vector<std::string> replay_cultures;
};

struct CultureShare {
  std::string culture;
  bool replay = false;
  double share_of_part = 0;  // Of the mix, or of the replay. In (0, 1].
  double share = 0;          // Of all segments. In (0, 1].
};

// The cultures that are drawn from, sorted by name: the shares add up to 1, and
// so do the shares of either part. `drawable` says how much audio there is of
// every culture, in any one unit; 0 for a culture whose recordings are all too
// short.
//
// kInvalidArgument, naming the culture, when a fraction or weight is out of
// range, weights are missing, superfluous (nothing by that name, a replay
// culture, another weighting) or all 0, or audio is asked for that is not
// there.
absl::StatusOr<std::vector<CultureShare>> CultureShares(
    const std::map<std::string, std::uint64_t>& drawable,
    const CultureMix& mix);

// Whole numbers that add up to `total`, each within one of total * shares[i],
// by the method of the largest remainder (Hamilton's); of equal remainders the
// first wins. `shares` are >= 0 and add up to 1, `total` <= 2^40.
std::vector<std::uint64_t> Apportion(std::uint64_t total,
                                     absl::Span<const double> shares);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_CULTURE_MIX_H_
