// How many recordings a rendered corpus of a given length has.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_SIZE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_SIZE_H_

#include <cstdint>

#include "absl/status/statusor.h"

namespace culturemert {

// How many recordings of each split.
struct SplitSizes {
  std::uint64_t train = 400;
  std::uint64_t valid = 100;
  std::uint64_t test = 300;
};

// The sizes of a corpus of at least `hours` in all, divided as the corpora are
// (CorpusRenderer::IndexInSplit): of every 20 recordings 14 for training, 2 for
// validation, 4 for testing; whole twenties. kInvalidArgument unless 0 < hours
// <= 100,000 and 1 <= clip_seconds <= 600.
absl::StatusOr<SplitSizes> SplitSizesOfHours(double hours, double clip_seconds);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_SIZE_H_
