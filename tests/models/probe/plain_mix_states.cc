#include "tests/models/probe/plain_mix_states.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>

#include <cstdint>
#include <vector>

namespace culturemert {
namespace {

template <typename T>
void Mix(const at::Tensor& states, const T* weights, T* out) {
  const std::int64_t count = states.size(1);
  const std::int64_t size = states.size(2);
  for (std::int64_t b = 0; b < states.size(0); ++b) {
    const T* const example = states.const_data_ptr<T>() + b * states.stride(0);
    T* const sum = out + b * size;
    for (std::int64_t d = 0; d < size; ++d) sum[d] = weights[0] * example[d];
    for (std::int64_t n = 1; n < count; ++n) {
      const T* const state = example + n * states.stride(1);
      for (std::int64_t d = 0; d < size; ++d) sum[d] += weights[n] * state[d];
    }
  }
}

// Eight sums side by side, so that the compiler need not reorder one.
template <typename T>
double Dot(const T* a, const T* b, std::int64_t size) {
  constexpr std::int64_t kLanes = 8;
  double lanes[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      lanes[lane] += static_cast<double>(a[i + lane]) * b[i + lane];
    }
  }
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  for (; i < size; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

// dots[n] = sum over b and d of gradient[b, d] * states[b, n, d].
template <typename T>
std::vector<double> Dots(const at::Tensor& states, const T* gradient) {
  const std::int64_t size = states.size(2);
  std::vector<double> dots(static_cast<std::size_t>(states.size(1)), 0);
  for (std::int64_t b = 0; b < states.size(0); ++b) {
    const T* const example = states.const_data_ptr<T>() + b * states.stride(0);
    for (std::size_t n = 0; n < dots.size(); ++n) {
      dots[n] += Dot(example + static_cast<std::int64_t>(n) * states.stride(1),
                     gradient + b * size, size);
    }
  }
  return dots;
}

template <typename T>
void SoftmaxGradient(const T* weights, const std::vector<double>& dots,
                     T* out) {
  double mean = 0;
  for (std::size_t n = 0; n < dots.size(); ++n) mean += weights[n] * dots[n];
  for (std::size_t n = 0; n < dots.size(); ++n) {
    out[n] = static_cast<T>(weights[n] * (dots[n] - mean));
  }
}

}  // namespace

at::Tensor MixStates(const at::Tensor& states,
                     const at::Tensor& layer_weights) {
  const at::Tensor weights = at::softmax(layer_weights, 0);
  at::Tensor sum =
      at::empty({states.size(0), states.size(2)}, states.options());
  if (states.scalar_type() == at::kDouble) {
    Mix(states, weights.const_data_ptr<double>(),
        sum.mutable_data_ptr<double>());
  } else {
    Mix(states, weights.const_data_ptr<float>(), sum.mutable_data_ptr<float>());
  }
  return sum;
}

at::Tensor MixStatesGradient(const at::Tensor& states,
                             const at::Tensor& layer_weights,
                             const at::Tensor& sum_gradient) {
  const at::Tensor weights = at::softmax(layer_weights, 0);
  at::Tensor gradient = at::empty(layer_weights.sizes(), states.options());
  if (states.scalar_type() == at::kDouble) {
    SoftmaxGradient(weights.const_data_ptr<double>(),
                    Dots(states, sum_gradient.const_data_ptr<double>()),
                    gradient.mutable_data_ptr<double>());
  } else {
    SoftmaxGradient(weights.const_data_ptr<float>(),
                    Dots(states, sum_gradient.const_data_ptr<float>()),
                    gradient.mutable_data_ptr<float>());
  }
  return gradient;
}

}  // namespace culturemert
