// How audio of any length is cut into the blocks of cqt_tables.h.

#ifndef CULTUREMERT_MODELS_CQT_CQT_BLOCKS_H_
#define CULTUREMERT_MODELS_CQT_CQT_BLOCKS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/cqt/cqt_tables.h"

namespace culturemert {
namespace cqt_internal {

// block_samples samples of a row of audio, zeros outside it, and the frames
// that come out right although the transform takes the block for a circle.
struct CqtBlock {
  std::int64_t row = 0;
  std::int64_t first_sample = 0;  // may be negative
  std::int64_t first_frame = 0;   // of the row
  std::int64_t frames = 0;
  std::int64_t position_frames = 0;  // of first_frame in the block
};

// One block a row where the audio and half of the longest kernel fit into it:
// what the kernels see around the circle's joint is silence, as before and
// behind the audio. Longer audio is cut so that each block's frames are
// margin_frames from its ends. Row by row.
template <typename T>
std::vector<CqtBlock> CutIntoBlocks(const CqtTables<T>& tables,
                                    std::int64_t rows, std::int64_t samples) {
  const std::int64_t hop = tables.options.hop_samples;
  const std::int64_t margin = tables.margin_frames;
  const std::int64_t frames = CqtFrames(samples, tables.options);
  const bool is_single =
      std::max(frames * hop, samples) + margin * hop <= tables.block_samples;
  const std::int64_t lead = is_single ? 0 : margin;
  const std::int64_t frames_per_block =
      is_single ? frames : tables.period - 2 * margin;
  std::vector<CqtBlock> blocks;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t t = 0; t < frames; t += frames_per_block) {
      blocks.push_back({row, (t - lead) * hop, t,
                        std::min(frames_per_block, frames - t), lead});
    }
  }
  return blocks;
}

}  // namespace cqt_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_CQT_BLOCKS_H_
