// In-batch mixture, the augmentation MERT is pre-trained with
// (inbatch_noise_augment of mert_model.py, github.com/yizhilll/MERT): pieces of
// the other clips of a batch are added to a clip, and the model has to predict
// what the clip was without them. Here: what is added where. Free of LibTorch;
// mixture.h adds it.
//
// Each clip is mixed with chance `probability`. It then gets one to three
// pieces: their number, each piece's length in [min, max], its start in the
// pool and its place in the clip are uniform. The pool is the other clips of
// the batch end to end, as they are before anything is added to them; a piece
// may run from one clip into the next. As in the original, starts are drawn
// from [0, pool - max], whatever the length of the piece.
//
// So what a clip is mixed with depends on which clips share its batch. For a
// training that does not depend on the number of ranks, cut it into batches at
// places that do not either.

#ifndef CULTUREMERT_MODELS_PRETRAINING_MIXTURE_PLAN_H_
#define CULTUREMERT_MODELS_PRETRAINING_MIXTURE_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/config/schema.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

struct MixtureConfig {
  // One minus the original's mixture_prob, which is the chance of no mixture.
  double probability = 0.5;
  std::int64_t min_pieces = 1;
  std::int64_t max_pieces = 3;
  std::int64_t min_piece_samples = 12000;
  std::int64_t max_piece_samples = 24000;
  double gain = 1.0;  // Pieces are multiplied by it; nothing is normalised.

  static void Describe(ConfigSchema<MixtureConfig>& schema);
};

// Samples [pool_first_sample, + samples) of the pool, added to the clip from
// clip_first_sample on.
struct MixturePiece {
  std::int64_t pool_first_sample = 0;
  std::int64_t samples = 0;
  std::int64_t clip_first_sample = 0;
};

// The pieces of each clip of a batch, in the order they are added.
using MixturePlan = std::vector<std::vector<MixturePiece>>;

// The plan for a batch of as many clips as `samples` has streams, one a clip,
// each of clip_samples samples: a pure function of its arguments. No pieces at
// all for a batch of one. kInvalidArgument: no clip, a configuration out of
// range, or clips shorter than the longest piece (the original leaves them
// unmixed without a word).
absl::StatusOr<MixturePlan> PlanMixture(const MixtureConfig& config,
                                        std::int64_t clip_samples,
                                        absl::Span<const RandomStream> samples);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PRETRAINING_MIXTURE_PLAN_H_
