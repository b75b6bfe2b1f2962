// The rules by which audio becomes features, from the source of each to code.
//
//   rule                  value      source
//   window                30 s       MARBLE (Yuan et al., NeurIPS 2023), its
//                                    rule for long audio
//   overlap               none       the same
//   tail                  >= 80 %    version 2 of MARBLE; but never padded: a
//                                    shorter window stays shorter, since
//                                    padding changes a MERT's outputs
//   shorter recordings    1 window   this project: all of the recording
//   duration cap          data set's CCML's config.py (github.com/pxaris/ccml);
//                                    DatasetFacts::duration_cap_seconds
//   normalisation         on         both versions of MARBLE: each window to
//                                    mean 0, variance 1 (NormalizeUtterances)
//   pooling               mean       both versions: the mean over time of each
//                                    hidden state. The mean and the deviation
//                                    beside it (Snyder et al., "X-vectors",
//                                    ICASSP 2018) is a choice of this project,
//                                    what log-mel statistics have anyway

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_PROTOCOL_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_PROTOCOL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/base/config/schema.h"

namespace culturemert {

// How the frames of a window become one vector a state.
enum class Pooling {
  kMean,
  kMeanAndDeviation,  // The population's, behind the mean: twice as long.
};
inline ConfigNames<Pooling> ConfigNamesOf(Pooling) {
  return {{Pooling::kMean, "mean"},
          {Pooling::kMeanAndDeviation, "mean_and_deviation"}};
}

struct ProtocolConfig {
  double window_seconds = 30;
  double kept_tail_fraction = 0.8;
  bool use_duration_caps = true;
  bool normalise = true;
  Pooling pooling = Pooling::kMean;

  static void Describe(ConfigSchema<ProtocolConfig>& schema);
};

// A stretch of a recording, in samples of 24 kHz.
struct AudioWindow {
  std::uint64_t first_sample = 0;
  std::uint64_t samples = 0;

  friend bool operator==(const AudioWindow& a, const AudioWindow& b) {
    return a.first_sample == b.first_sample && a.samples == b.samples;
  }
};

// The windows of a recording of `samples` samples, of which no more than the
// first `cap_seconds` are looked at where there is a cap and the configuration
// uses it: whole windows one behind the other, then the tail if it is at least
// kept_tail_fraction of a window. A recording (as far as it is looked at)
// shorter than a window is one window, however short. None for no samples.
std::vector<AudioWindow> CutWindows(std::uint64_t samples,
                                    std::optional<double> cap_seconds,
                                    const ProtocolConfig& config);

// All of the configuration and the cap as one line of text: features of equal
// identity follow the same rules. Errors: those of CanonicalConfig.
absl::StatusOr<std::string> ProtocolIdentity(const ProtocolConfig& config,
                                             std::optional<double> cap_seconds);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_PROTOCOL_H_
