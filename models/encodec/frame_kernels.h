// The arithmetic of the fast EnCodec on x86, on matrices of frames: one row a
// moment in time, one column a channel.
//
// A convolution over time is a product of such a matrix: the window of an
// output frame, kernel x channels values, lies in one piece in the matrix of
// its input, so that the windows are the rows of a matrix whose row stride is
// stride x channels. Nothing is copied.
//
// Every result is one chain of fused multiply-adds in the order of its inputs.
// It therefore has the same bits whichever the number of rows, their grouping,
// the number of threads or the width of the processor's vectors.

#ifndef CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_H_
#define CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_H_

#include <cstdint>

namespace culturemert {

// All matrices have a multiple of this many columns; those without a channel
// hold zeros.
inline constexpr std::int64_t kChannelGroup = 16;

constexpr std::int64_t PaddedChannels(std::int64_t channels) {
  return (channels + kChannelGroup - 1) / kChannelGroup * kChannelGroup;
}

// Rows that may overlap: row r is first[r * stride ...], `depth` values.
struct FrameRows {
  const float* first = nullptr;
  std::int64_t stride = 0;
  std::int64_t depth = 0;
};

struct MutableFrameRows {
  float* first = nullptr;  // Nothing is written where null.
  std::int64_t stride = 0;
};

// [inputs[0] | inputs[1]] x weights + start.
struct FrameProduct {
  std::int64_t rows = 0;
  FrameRows inputs[2];  // The second one may have depth 0.
  // In panels of panel_columns columns (the last may have kChannelGroup), each
  // [depth, its columns]; see PackedMatrix.
  const float* weights = nullptr;
  std::int64_t columns = 0;
  // Row r begins at start + r * start_stride; 0 gives every row the same start,
  // a bias.
  const float* start = nullptr;
  std::int64_t start_stride = 0;
  MutableFrameRows output;
  MutableFrameRows elu_output;  // ELU(x) = x for x > 0, exp(x) - 1 otherwise.
};

// One instruction set's versions.
struct FrameKernels {
  const char* name;  // "AVX2"
  std::int64_t panel_columns;

  void (*multiply)(const FrameProduct& product);

  // One step of an LSTM of `width` cells, a multiple of kChannelGroup. `gates`:
  // input, forget, cell and output gate before their functions, `width` each.
  // Updates `cell` and writes `hidden`.
  void (*lstm_step)(const float* gates, std::int64_t width, float* cell,
                    float* hidden);

  // values[i] = x[i] + y[i], then ELU; `size` a multiple of kChannelGroup.
  void (*add_elu)(const float* x, const float* y, std::int64_t size,
                  float* values);

  // dots[i] = (squared_norm - 2 dots[i]) + squared_norms[i]; returns the least
  // of them. `size` is a multiple of kChannelGroup.
  float (*squared_distances)(float squared_norm, const float* squared_norms,
                             std::int64_t size, float* dots);
};

// The widest this processor has, nullptr if it lacks even AVX2 with FMA.
const FrameKernels* SupportedFrameKernels();

// For tests: null where the processor lacks them.
const FrameKernels* Avx2FrameKernels();
const FrameKernels* Avx512FrameKernels();

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_H_
