// EnCodec's convolutions up to the LSTM, a few frames at a time: each layer
// keeps the last rows of its input, so that what passes through all of them
// stays in the processor's caches.

#ifndef CULTUREMERT_MODELS_ENCODEC_FRONT_END_H_
#define CULTUREMERT_MODELS_ENCODEC_FRONT_END_H_

#include <cstdint>
#include <vector>

#include "models/encodec/aligned_floats.h"
#include "models/encodec/frame_kernels.h"
#include "models/encodec/packed_matrix.h"

namespace culturemert {

struct StoredConvolution {
  StoredWeight weight;
  const float* bias = nullptr;  // [out]
  std::int64_t stride = 1;
};

// As EncodecStage in encodec_layers.h.
struct StoredStage {
  StoredConvolution hidden;
  StoredConvolution expand;
  StoredConvolution shortcut;
  StoredConvolution down;
};

class FrontEnd {
 public:
  // Copies the weights. `first` is the one whose rows are not padded. `kernels`
  // must outlive this.
  FrontEnd(const FrameKernels& kernels, const StoredConvolution& first,
           const std::vector<StoredStage>& stages);

  // PaddedChannels of the last layer.
  std::int64_t width() const { return levels_.back().input_channels; }

  // Frames [first, first + count) of the audio, before any activation; frame
  // first + i goes to output.first + i * output.stride, width() values. The
  // values do not depend on which frames are asked for together. Safe to call
  // from several threads at once.
  void Encode(const float* audio, std::int64_t samples, std::int64_t first,
              std::int64_t count, MutableFrameRows output) const;

 private:
  friend class FrontEndStream;

  // A convolution and, but for the last, the residual block behind it.
  struct Level {
    PackedMatrix input;
    AlignedFloats input_bias;
    std::int64_t stride = 1;
    std::int64_t halo = 0;  // Rows of its input before the first one.
    std::int64_t source_channels = 1;  // Of its input.
    std::int64_t input_channels = 0;   // Of its output.
    std::int64_t source_rows_per_frame = 0;

    bool residual = false;
    PackedMatrix hidden;
    AlignedFloats hidden_bias;
    PackedMatrix merge;  // Of the hidden channels and the shortcut.
    AlignedFloats merge_bias;
  };

  void AddLevel(const StoredConvolution& convolution, std::int64_t rows);
  void AddResidual(const StoredStage& stage);

  const FrameKernels& kernels_;
  std::vector<Level> levels_;
  std::int64_t context_frames_ = 0;  // Before a frame that it depends on.
};

// Row -distance of an input of `rows` rows padded on the left by `padding`
// rows: the row whose values it has, or -1 for zeros (reflection; an input not
// longer than the padding first gets zeros behind it).
constexpr std::int64_t ReflectedRow(std::int64_t distance, std::int64_t rows) {
  return distance < rows ? distance : -1;
}

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_FRONT_END_H_
