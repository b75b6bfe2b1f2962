#include "models/ops/first_conv.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "models/ops/elementary.h"
#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

constexpr int kTaps = kFirstConvTaps;
// Gradient sums are taken chunk by chunk of this many frames, in the arrays'
// own type, and chunks are added in double precision: no sum is long, and the
// order does not depend on the number of threads.
constexpr std::int64_t kChunkFrames = 256;

template <typename T>
CULTUREMERT_INLINE T Response(const T* taps, const T* shift, const T* samples,
                              std::int64_t channels, std::int64_t channel) {
  T sum = shift[channel];
  for (int tap = 0; tap < kTaps; ++tap) {
    sum += taps[tap * channels + channel] * samples[tap];
  }
  return sum;
}

template <typename T>
CULTUREMERT_INLINE void ForwardBody(const T* taps, const T* shift,
                                    const T* audio, std::int64_t frames,
                                    std::int64_t channels,
                                    T* __restrict__ out) {
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    T samples[kTaps];
    for (int tap = 0; tap < kTaps; ++tap) {
      samples[tap] = audio[frame * kFirstConvStride + tap];
    }
    for (std::int64_t i = 0; i < channels; ++i) {
      out[frame * channels + i] =
          Gelu(Response(taps, shift, samples, channels, i));
    }
  }
}

// sums is [11, C] and gets added to.
template <typename T>
CULTUREMERT_INLINE void GradientBody(const T* taps, const T* shift,
                                     const T* audio, const T* gradient,
                                     std::int64_t frames, std::int64_t channels,
                                     T* __restrict__ sums) {
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    T samples[kTaps];
    for (int tap = 0; tap < kTaps; ++tap) {
      samples[tap] = audio[frame * kFirstConvStride + tap];
    }
    for (std::int64_t i = 0; i < channels; ++i) {
      const T value =
          gradient[frame * channels + i] *
          GeluDerivative(Response(taps, shift, samples, channels, i));
      for (int tap = 0; tap < kTaps; ++tap) {
        sums[tap * channels + i] += value * samples[tap];
      }
      sums[kTaps * channels + i] += value;
    }
  }
}

#define CULTUREMERT_KERNELS(T)                                            \
  CULTUREMERT_VECTORIZED void ForwardFrames(                              \
      const T* taps, const T* shift, const T* audio, std::int64_t frames, \
      std::int64_t channels, T* out) {                                    \
    ForwardBody(taps, shift, audio, frames, channels, out);               \
  }                                                                       \
  CULTUREMERT_VECTORIZED void GradientFrames(                             \
      const T* taps, const T* shift, const T* audio, const T* gradient,   \
      std::int64_t frames, std::int64_t channels, T* sums) {              \
    GradientBody(taps, shift, audio, gradient, frames, channels, sums);   \
  }

CULTUREMERT_KERNELS(float)
CULTUREMERT_KERNELS(double)

#undef CULTUREMERT_KERNELS

}  // namespace

template <typename T>
FirstConv<T>::FirstConv(const FirstConvWeights<T>& weights, const T* audio,
                        std::int64_t samples)
    : weights_(weights),
      frames_((samples - kTaps) / kFirstConvStride + 1),
      audio_(audio, audio + samples),
      inverse_deviation_(weights.channels),
      taps_(kTaps * weights.channels),
      shift_(weights.channels),
      sums_((kTaps + 1) * weights.channels, 0.0) {
  double total = 0;
  for (const T sample : audio_) total += sample;
  const T centre = static_cast<T>(total / static_cast<double>(samples));
  for (T& sample : audio_) sample -= centre;

  const double count = static_cast<double>(frames_);
  for (std::int64_t frame = 0; frame < frames_; ++frame) {
    const T* const window = audio_.data() + frame * kFirstConvStride;
    for (int i = 0; i < kTaps; ++i) {
      const double sample = window[i];
      mean_[i] += sample / count;
      for (int j = 0; j < kTaps; ++j) {
        covariance_[i][j] += sample * window[j] / count;
      }
    }
  }
  for (int i = 0; i < kTaps; ++i) {
    for (int j = 0; j < kTaps; ++j) covariance_[i][j] -= mean_[i] * mean_[j];
  }
  for (std::int64_t c = 0; c < weights.channels; ++c) {
    const T* const taps = weights.taps + c * kTaps;
    double mean = 0;
    double variance = 0;
    for (int i = 0; i < kTaps; ++i) {
      mean += taps[i] * mean_[i];
      for (int j = 0; j < kTaps; ++j) {
        variance += static_cast<double>(taps[i]) * taps[j] * covariance_[i][j];
      }
    }
    const double inverse =
        1 / std::sqrt(std::max(variance, 0.0) + weights.epsilon);
    inverse_deviation_[c] = inverse;
    const double scale = inverse * weights.weight[c];
    for (int i = 0; i < kTaps; ++i) {
      taps_[i * weights.channels + c] = static_cast<T>(scale * taps[i]);
    }
    shift_[c] = static_cast<T>(weights.bias[c] - scale * mean);
  }
}

template <typename T>
void FirstConv<T>::Forward(std::int64_t begin, std::int64_t end, T* out) const {
  const std::int64_t channels = weights_.channels;
  at::parallel_for(begin, end, 16, [&](std::int64_t first, std::int64_t last) {
    ForwardFrames(taps_.data(), shift_.data(),
                  audio_.data() + first * kFirstConvStride, last - first,
                  channels, out + (first - begin) * channels);
  });
}

template <typename T>
void FirstConv<T>::AddGradient(std::int64_t begin, std::int64_t end,
                               const T* gradient) {
  const std::int64_t channels = weights_.channels;
  const std::int64_t chunks = (end - begin + kChunkFrames - 1) / kChunkFrames;
  const std::int64_t size = (kTaps + 1) * channels;
  std::vector<T> partial(chunks * size, T(0));
  at::parallel_for(0, chunks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t chunk = first; chunk < last; ++chunk) {
      const std::int64_t offset = chunk * kChunkFrames;
      const std::int64_t frames = std::min(kChunkFrames, end - begin - offset);
      GradientFrames(taps_.data(), shift_.data(),
                     audio_.data() + (begin + offset) * kFirstConvStride,
                     gradient + offset * channels, frames, channels,
                     partial.data() + chunk * size);
    }
  });
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
    for (std::int64_t i = 0; i < size; ++i) {
      sums_[i] += partial[chunk * size + i];
    }
  }
}

template <typename T>
void FirstConv<T>::Finish(T* taps_gradient, T* weight_gradient,
                          T* bias_gradient) const {
  // With g the gradient by the norm's output, z the convolution's and
  // z' = (z - mean) / deviation: the gradient by z is
  //   weight / deviation * (g - mean(g) - z' mean(g z')),
  // and summing it against each of the ten samples needs the sums of g and of
  // g times a sample, and the covariance, alone.
  const std::int64_t channels = weights_.channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    const T* const taps = weights_.taps + c * kTaps;
    const double inverse = inverse_deviation_[c];
    const double sum = sums_[kTaps * channels + c];
    std::array<double, kTaps> centred;  // Sum of g (sample - its mean).
    double projection = 0;              // Sum of g z'.
    for (int i = 0; i < kTaps; ++i) {
      centred[i] = sums_[i * channels + c] - sum * mean_[i];
      projection += inverse * taps[i] * centred[i];
    }
    for (int i = 0; i < kTaps; ++i) {
      double response = 0;  // Mean of z' (sample - its mean).
      for (int j = 0; j < kTaps; ++j) {
        response += inverse * taps[j] * covariance_[i][j];
      }
      taps_gradient[c * kTaps + i] += static_cast<T>(
          weights_.weight[c] * inverse * (centred[i] - projection * response));
    }
    weight_gradient[c] += static_cast<T>(projection);
    bias_gradient[c] += static_cast<T>(sum);
  }
}

template class FirstConv<float>;
template class FirstConv<double>;

}  // namespace culturemert
