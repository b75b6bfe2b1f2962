// The convolution that tells frames where they are (wav2vec 2.0, section 2):
// grouped, as wide as a second and a half, GELU, added to its input. Forward
// only. float32 and float64 arrays on the CPU, in parallel over groups; results
// do not depend on the number of threads.

#ifndef CULTUREMERT_MODELS_OPS_POSITIONAL_CONV_H_
#define CULTUREMERT_MODELS_OPS_POSITIONAL_CONV_H_

#include <cstdint>

namespace culturemert {

struct PositionalConvSize {
  std::int64_t clips = 0;
  std::int64_t frames = 0;  // T
  std::int64_t channels = 0;
  std::int64_t groups = 0;
  std::int64_t kernel = 0;
};

template <typename T>
struct PositionalConvWeights {
  const T* direction;  // [channels, channels / groups, kernel]
  const T* tap_scale;  // [kernel]: what each tap of it is multiplied by
  const T* bias;       // [channels]
};

// out = x + GELU(convolution of x), both [clips, T, channels]. x is padded by
// kernel / 2 frames of zeros on both sides, and the first T frames are taken.
template <typename T>
void AddPositions(const PositionalConvSize& size,
                  const PositionalConvWeights<T>& weights, const T* x, T* out);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_POSITIONAL_CONV_H_
