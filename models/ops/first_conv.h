// The first layer of MERT's front-end on one clip: convolution of the waveform
// (10 taps, stride 5, no bias), group norm with one group a channel, GELU.
//
// The convolution is linear and sees ten samples at a time, so the mean and the
// variance over time of every channel follow from the mean and the covariance
// of ten samples. With these known beforehand the layer is one map of ten
// samples per frame, computed at any frames, in any order and again in the
// backward pass: nothing of size [frames, C] need be kept.
//
// float32 and float64 arrays on the CPU; statistics are in double precision.
// Time-major: [frames, C].

#ifndef CULTUREMERT_MODELS_OPS_FIRST_CONV_H_
#define CULTUREMERT_MODELS_OPS_FIRST_CONV_H_

#include <array>
#include <cstdint>
#include <vector>

namespace culturemert {

inline constexpr int kFirstConvTaps = 10;
inline constexpr int kFirstConvStride = 5;

template <typename T>
struct FirstConvWeights {
  const T* taps;    // [C, 1, 10]
  const T* weight;  // [C], of the norm
  const T* bias;    // [C], of the norm
  std::int64_t channels = 0;
  double epsilon = 0;
};

template <typename T>
class FirstConv {
 public:
  // At least kFirstConvTaps samples. What `weights` point to must
  // outlive this; `audio` need not.
  FirstConv(const FirstConvWeights<T>& weights, const T* audio,
            std::int64_t samples);

  std::int64_t frames() const { return frames_; }

  // out [end - begin, C]: the layer's output at frames [begin, end).
  void Forward(std::int64_t begin, std::int64_t end, T* out) const;

  // Takes the gradient by the output at frames [begin, end),
  // [end - begin, C]. What is given of one frame several times adds up.
  void AddGradient(std::int64_t begin, std::int64_t end, const T* gradient);

  // Adds the gradients by the weights, once all frames are given.
  void Finish(T* taps_gradient, T* weight_gradient, T* bias_gradient) const;

 private:
  static constexpr int kTaps = kFirstConvTaps;

  const FirstConvWeights<T> weights_;
  const std::int64_t frames_;
  std::vector<T> audio_;  // Less its mean, which the norm takes away anyway.
  std::array<double, kTaps> mean_ = {};
  std::array<std::array<double, kTaps>, kTaps> covariance_ = {};
  std::vector<double> inverse_deviation_;  // [C]
  // Convolution and norm as one map: [10, C] and [C].
  std::vector<T> taps_;
  std::vector<T> shift_;
  // Sums over frames of the gradient by the norm's output, times one of the ten
  // samples and, last, times 1: [11, C].
  std::vector<double> sums_;
};

extern template class FirstConv<float>;
extern template class FirstConv<double>;

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_FIRST_CONV_H_
