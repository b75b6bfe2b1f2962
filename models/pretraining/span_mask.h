// Which frames a training step hides from the encoder: fairseq's static span
// mask with overlaps (compute_mask_indices of fairseq/data/data_utils.py), the
// one MERT is pre-trained with. Free of LibTorch.
//
// Of a clip of T frames, n = max(min_spans, int(probability * T / L + u)) spans
// of L frames are hidden, u uniform in [0, 1). Their starts are drawn without
// replacement from [0, T - L), so that the last frame is never hidden; spans
// may overlap. (Where n starts do not fit, as in clips of a few frames, they
// are drawn from [0, n + 1) and spans are cut at T.) Then every clip of a batch
// loses random hidden frames until all have as many as the one with the fewest.
// Of 374 frames (5 s) and with the defaults, 59 or 60 spans hide 59 %, of which
// a batch of 16 loses a twelfth.

#ifndef CULTUREMERT_MODELS_PRETRAINING_SPAN_MASK_H_
#define CULTUREMERT_MODELS_PRETRAINING_SPAN_MASK_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/config/schema.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

struct SpanMaskConfig {
  double probability = 0.8;
  std::int64_t span_frames = 5;  // L
  std::int64_t min_spans = 2;

  static void Describe(ConfigSchema<SpanMaskConfig>& schema);
};

struct FrameMask {
  std::int64_t rows = 0;
  std::int64_t frames = 0;
  std::int64_t masked_per_row = 0;
  std::vector<std::uint8_t> masked;  // [rows, frames]; 1 where hidden.
};

// The hidden frames of one clip before it loses any, in ascending order: a pure
// function of its own stream, whatever batch it is in. kInvalidArgument for a
// configuration out of range, or fewer than two frames (or more than 2^24).
absl::StatusOr<std::vector<std::int64_t>> DrawSpans(
    const SpanMaskConfig& config, std::int64_t frames,
    const RandomStream& sample);

// The masks of rows [first_row, first_row + rows) of a batch whose clips have
// the streams `batch`. A clip's spans, and the order in which it loses frames,
// come from its own stream alone; how many it loses depends on the batch. So
// where several ranks each compute a part of one batch, all pass the streams of
// the whole batch and their own rows, and together get the masks of a single
// rank. (In fairseq each rank trims by itself.) About 2 us a clip of 374
// frames. Errors as DrawSpans, and kInvalidArgument for rows outside the batch.
absl::StatusOr<FrameMask> DrawSpanMask(const SpanMaskConfig& config,
                                       std::int64_t frames,
                                       absl::Span<const RandomStream> batch,
                                       std::int64_t first_row,
                                       std::int64_t rows);

// The same for all rows of the batch.
absl::StatusOr<FrameMask> DrawSpanMask(const SpanMaskConfig& config,
                                       std::int64_t frames,
                                       absl::Span<const RandomStream> batch);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PRETRAINING_SPAN_MASK_H_
