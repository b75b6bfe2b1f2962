// The softmax-weighted sum of hidden states that a probe learns, and its
// gradient. The states, by far the largest of a probe's numbers, are read once
// in each direction.

#ifndef CULTUREMERT_TESTS_MODELS_PROBE_PLAIN_MIX_STATES_H_
#define CULTUREMERT_TESTS_MODELS_PROBE_PLAIN_MIX_STATES_H_

#include <ATen/core/Tensor.h>

namespace culturemert {

// sum over n of softmax(layer_weights)[n] * states[b, n, d]: [B, D]. `states`
// is [B, N, D] with D contiguous, `layer_weights` contiguous [N], both float32
// or both float64 on the CPU; added from the first n to the last. Throws
// LibTorch's exceptions.
at::Tensor MixStates(const at::Tensor& states, const at::Tensor& layer_weights);

// The gradient of the layer weights, [N], for that of the sum, [B, D]
// contiguous. The states get none. Sums over b and d are added in float64.
at::Tensor MixStatesGradient(const at::Tensor& states,
                             const at::Tensor& layer_weights,
                             const at::Tensor& sum_gradient);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_MODELS_PROBE_PLAIN_MIX_STATES_H_
