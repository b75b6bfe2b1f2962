// EnCodec's LSTM on a few clips at once: the more clips, the more arithmetic
// for each time the recurrent weights are read.

#ifndef CULTUREMERT_MODELS_ENCODEC_LSTM_STACK_H_
#define CULTUREMERT_MODELS_ENCODEC_LSTM_STACK_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "models/encodec/aligned_floats.h"
#include "models/encodec/frame_kernels.h"
#include "models/encodec/packed_matrix.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// As EncodecLstmLayer in encodec_layers.h.
struct StoredLstmLayer {
  const float* input_weight = nullptr;      // [4 W, W]
  const float* recurrent_weight = nullptr;  // [4 W, W]
  const float* input_bias = nullptr;        // [4 W]
  const float* recurrent_bias = nullptr;    // [4 W]
};

// The sequences of some clips, one behind the other in memory, and the states
// that lead from one segment to the next.
struct LstmClips {
  LstmClips(std::int64_t clips, std::int64_t steps, std::int64_t width,
            std::size_t layers);

  std::int64_t clips;
  AlignedFloats input;  // [steps, clips, width]
  // Of each layer, [1 + steps, clips, width]: the last hidden states before the
  // segment, then those of each step.
  std::vector<AlignedFloats> hidden;
  std::vector<AlignedFloats> cell;  // Of each layer, [clips, width].
};

class LstmStack {
 public:
  // Copies the weights. `width` is the number of cells of each layer.
  LstmStack(const FrameKernels& kernels,
            const std::vector<StoredLstmLayer>& layers, std::int64_t width);

  // PaddedChannels(width).
  std::int64_t width() const { return width_; }
  std::size_t layers() const { return layers_.size(); }

  // `steps` steps of all groups from the states they hold. Layers work at the
  // same time, each some steps behind the one below it.
  absl::Status Run(ThreadPool& pool, std::int64_t steps,
                   std::vector<LstmClips>& groups) const;

 private:
  struct Layer {
    PackedMatrix input;
    PackedMatrix recurrent;
    AlignedFloats bias;
  };

  void RunChunk(std::size_t layer, std::int64_t begin, std::int64_t end,
                LstmClips& group) const;

  const FrameKernels& kernels_;
  const std::int64_t width_;
  std::vector<Layer> layers_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_LSTM_STACK_H_
