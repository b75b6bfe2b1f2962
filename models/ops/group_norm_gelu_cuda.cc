#include "models/ops/group_norm_gelu_cuda.h"

#include <ATen/ops/empty.h>
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_bf16.h>
#include <torch/csrc/autograd/custom_function.h>

#include "models/ops/group_norm_gelu_kernels.h"

namespace culturemert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

GroupNormSize SizeOf(const at::Tensor& x) {
  return {x.size(0), x.size(1), x.size(2)};
}

// `statistics` is [2, B, C].
GroupNormStatistics StatisticsIn(const at::Tensor& statistics) {
  float* const mean = statistics.mutable_data_ptr<float>();
  return {mean, mean + statistics.numel() / 2};
}

at::Tensor Float(const at::Tensor& tensor) {
  return tensor.to(at::kFloat).contiguous();
}

void CheckLaunch(cudaError_t error, const at::Tensor& x) {
  TORCH_CHECK(error == cudaSuccess, "the kernel of group norm and GELU did ",
              "not start: ", cudaGetErrorString(error), " (", x.sizes(), ")");
}

// T is the type of LibTorch, DeviceT the same number's type of CUDA.
template <typename T, typename DeviceT>
const DeviceT* In(const at::Tensor& tensor) {
  static_assert(sizeof(T) == sizeof(DeviceT));
  return reinterpret_cast<const DeviceT*>(tensor.const_data_ptr<T>());
}

template <typename T, typename DeviceT>
DeviceT* Out(const at::Tensor& tensor) {
  return reinterpret_cast<DeviceT*>(tensor.mutable_data_ptr<T>());
}

template <typename T, typename DeviceT>
at::Tensor Forward(const at::Tensor& x, const at::Tensor& weight,
                   const at::Tensor& bias, double epsilon,
                   const at::Tensor& statistics) {
  at::Tensor y = at::empty(x.sizes(), x.options());
  CheckLaunch(
      LaunchGroupNormGelu(
          SizeOf(x), In<T, DeviceT>(x),
          {weight.const_data_ptr<float>(), bias.const_data_ptr<float>()},
          static_cast<float>(epsilon), Out<T, DeviceT>(y),
          StatisticsIn(statistics),
          c10::cuda::getCurrentCUDAStream(x.device().index())),
      x);
  return y;
}

// The gradient by x; fills `gradients`, [2, C], with those by weight and bias.
template <typename T, typename DeviceT>
at::Tensor Backward(const at::Tensor& gradient, const at::Tensor& x,
                    const at::Tensor& weight, const at::Tensor& bias,
                    const at::Tensor& statistics, const at::Tensor& gradients) {
  at::Tensor x_gradient = at::empty(x.sizes(), x.options());
  const at::Tensor sums = at::empty(statistics.sizes(), statistics.options());
  float* const weight_gradient = gradients.mutable_data_ptr<float>();
  CheckLaunch(
      LaunchGroupNormGeluGradient(
          SizeOf(x), In<T, DeviceT>(gradient), In<T, DeviceT>(x),
          {weight.const_data_ptr<float>(), bias.const_data_ptr<float>()},
          StatisticsIn(statistics), Out<T, DeviceT>(x_gradient),
          {weight_gradient, weight_gradient + x.size(1),
           sums.mutable_data_ptr<float>()},
          c10::cuda::getCurrentCUDAStream(x.device().index())),
      x);
  return x_gradient;
}

struct GroupNormGeluFunction : Function<GroupNormGeluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& given,
                            const at::Tensor& weight, const at::Tensor& bias,
                            double epsilon) {
    const c10::DeviceGuard guard(given.device());
    const at::Tensor x = given.contiguous();
    const at::Tensor statistics =
        at::empty({2, x.size(0), x.size(1)}, x.options().dtype(at::kFloat));
    context->save_for_backward({x, weight, bias, statistics});
    const auto forward = x.scalar_type() == at::kFloat
                             ? Forward<float, float>
                             : Forward<at::BFloat16, __nv_bfloat16>;
    return forward(x, Float(weight), Float(bias), epsilon, statistics);
  }

  static variable_list backward(AutogradContext* context,
                                const variable_list& output_gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor& bias = saved[2];
    const at::Tensor& statistics = saved[3];
    const c10::DeviceGuard guard(x.device());
    const at::Tensor gradients =
        at::empty({2, x.size(1)}, statistics.options());
    const auto backward = x.scalar_type() == at::kFloat
                              ? Backward<float, float>
                              : Backward<at::BFloat16, __nv_bfloat16>;
    at::Tensor x_gradient =
        backward(output_gradients[0].contiguous(), x, Float(weight),
                 Float(bias), statistics, gradients);
    return {x_gradient, gradients.select(0, 0).to(weight.scalar_type()),
            gradients.select(0, 1).to(bias.scalar_type()), at::Tensor()};
  }
};

bool HasType(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kFloat ||
         tensor.scalar_type() == at::kBFloat16;
}

}  // namespace

at::Tensor GroupNormGeluCuda(const at::Tensor& x, const at::Tensor& weight,
                             const at::Tensor& bias, double epsilon) {
  TORCH_CHECK(x.is_cuda() && weight.device() == x.device() &&
                  bias.device() == x.device(),
              "tensors on one GPU are expected, not on ", x.device(), ", ",
              weight.device(), " and ", bias.device());
  TORCH_CHECK(HasType(x) && HasType(weight) && HasType(bias),
              "float32 or bfloat16 is expected, not ", x.scalar_type(), ", ",
              weight.scalar_type(), " and ", bias.scalar_type());
  TORCH_CHECK(x.dim() == 3 && x.numel() > 0 && weight.dim() == 1 &&
                  weight.size(0) == x.size(1) && bias.sizes() == weight.sizes(),
              "[B, C, T], [C] and [C] are expected, not ", x.sizes(), ", ",
              weight.sizes(), " and ", bias.sizes());
  return GroupNormGeluFunction::apply(x, weight, bias, epsilon);
}

}  // namespace culturemert
