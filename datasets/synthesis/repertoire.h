// Which tune a recording is, which split the tune is in, and choices that every
// split gets in the same shares. All are pure functions of their arguments.
//
// Recordings 2 t and 2 t + 1 are two performances of tune t. Of every ten tunes
// seven are training, one validation and two test, in an order drawn anew for
// every ten; so a tune, with all its performances, is in one split.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_REPERTOIRE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_REPERTOIRE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/catalog/split.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

constexpr std::uint64_t kPerformancesPerTune = 2;

struct Tune {
  std::uint64_t number;
  Split split;
  std::uint64_t ordinal;  // How many tunes of the split have lower numbers.
};

class Repertoire {
 public:
  // Of one corpus; `stream` is the corpus's own.
  explicit Repertoire(const RandomStream& stream) : stream_(stream) {}

  // The tune of a recording.
  Tune TuneOf(std::uint64_t recording) const;

  // The `ordinal`-th recording of a split, from 0: the inverse. `ordinal` is
  // below 2^59.
  std::uint64_t RecordingInSplit(Split split, std::uint64_t ordinal) const;

  // One of weights.size() kinds for each tune, so that among any
  // sum(weights) tunes of a split whose ordinals start at a multiple of that
  // sum, kind i comes exactly weights[i] times. `facet` names what is chosen;
  // facets are independent. Weights are not negative, and their sum positive.
  std::size_t Balanced(const Tune& tune, absl::string_view facet,
                       absl::Span<const int> weights) const;

  // The draws that all performances of the tune share, and those of one.
  RandomStream TuneStream(const Tune& tune) const;
  RandomStream PerformanceStream(std::uint64_t recording) const;

 private:
  RandomStream stream_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_REPERTOIRE_H_
