// Which recordings a stage of so many hours draws from.
//
// CultureMERT's first stage has 100 hours, of which 20 are replayed Western
// music; how they were chosen is not published. Here the hours are shared among
// the cultures of the mix in proportion to their durations, the replay's hours
// among the replay's cultures likewise, and each culture gives whole recordings
// in random order.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_STAGE_POOL_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_STAGE_POOL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/sampling/segment_sampler.h"

namespace culturemert {

struct StagePoolOptions {
  double hours = 0;  // 0: all there is.
  // The part of the hours that is replay, in [0, 1).
  double replay_fraction = 0;
  std::vector<std::string> replay_cultures;
  std::uint64_t seed = 0;
};

// The recordings of the pool, as places in `recordings`, ascending. A culture's
// are the first of an order that is a pure function of (seed, culture, its
// recordings): as many as come nearest to its hours, at least one, all of them
// where it has fewer hours. So a pool of more hours contains that of fewer, and
// stages of one seed share theirs. Without replay no replay culture is in it.
// kInvalidArgument for options out of range, or negative durations.
absl::StatusOr<std::vector<std::size_t>> ChooseStagePool(
    absl::Span<const SampledRecording> recordings,
    const StagePoolOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_STAGE_POOL_H_
