#include "models/ops/dropout_cuda.h"

#include <ATen/ops/empty.h>
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_bf16.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "models/ops/dropout_kernels.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

// T is the type of LibTorch, DeviceT the same number's type of CUDA.
template <typename T, typename DeviceT>
void Launch(const BatchDropout& dropout, const at::Tensor& x,
            const at::Tensor& out) {
  static_assert(sizeof(T) == sizeof(DeviceT));
  const std::int64_t columns = x.size(-1);
  const std::int64_t clips = static_cast<std::int64_t>(dropout.clips.size());
  const auto* in = reinterpret_cast<const DeviceT*>(x.const_data_ptr<T>());
  auto* result = reinterpret_cast<DeviceT*>(out.mutable_data_ptr<T>());
  const cudaStream_t stream =
      c10::cuda::getCurrentCUDAStream(x.device().index());
  DropoutLaunch launch;
  launch.threshold = dropout.clips.front().threshold();
  launch.scale = dropout.clips.front().scale();
  launch.rows_per_clip = dropout.rows_per_clip;
  launch.columns = columns;
  for (std::int64_t first = 0; first < clips; first += kDropoutClipsPerLaunch) {
    launch.clips = static_cast<int>(
        std::min<std::int64_t>(kDropoutClipsPerLaunch, clips - first));
    for (int i = 0; i < launch.clips; ++i) {
      const RandomStream& random = dropout.clips[first + i].stream();
      launch.seeds[i] = random.seed();
      launch.streams[i] = random.stream();
    }
    const std::int64_t offset = first * dropout.rows_per_clip * columns;
    const cudaError_t error =
        LaunchDropout(launch, in + offset, result + offset, stream);
    TORCH_CHECK(error == cudaSuccess,
                "the dropout kernel did not start: ", cudaGetErrorString(error),
                " (", x.sizes(), " in ", clips, " clips)");
  }
}

at::Tensor Dropped(const BatchDropout& dropout, const at::Tensor& given) {
  const c10::DeviceGuard guard(given.device());
  const at::Tensor x = given.contiguous();
  at::Tensor out = at::empty(x.sizes(), x.options());
  switch (x.scalar_type()) {
    case at::kFloat:
      Launch<float, float>(dropout, x, out);
      break;
    case at::kDouble:
      Launch<double, double>(dropout, x, out);
      break;
    case at::kBFloat16:
      Launch<at::BFloat16, __nv_bfloat16>(dropout, x, out);
      break;
    default:
      TORCH_CHECK(false, "dropout on a GPU is of float32, float64 or bfloat16,",
                  " not of ", x.scalar_type());
  }
  return out;
}

struct Kept : torch::CustomClassHolder {
  BatchDropout dropout;
};

struct DropoutFunction : Function<DropoutFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const BatchDropout& dropout) {
    auto kept = c10::make_intrusive<Kept>();
    kept->dropout = dropout;
    context->saved_data["kept"] = at::IValue::make_capsule(std::move(kept));
    return Dropped(dropout, x);
  }

  static variable_list backward(AutogradContext* context,
                                const variable_list& gradients) {
    const auto kept = c10::static_intrusive_pointer_cast<Kept>(
        context->saved_data["kept"].toCapsule());
    return {Dropped(kept->dropout, gradients[0]), at::Tensor()};
  }
};

}  // namespace

at::Tensor DropoutCuda(const BatchDropout& dropout, const at::Tensor& x) {
  if (!dropout.drops() || x.numel() == 0) return x;
  const std::int64_t rows = x.numel() / x.size(-1);
  const std::int64_t expected =
      static_cast<std::int64_t>(dropout.clips.size()) * dropout.rows_per_clip;
  TORCH_CHECK(x.is_cuda(), "a tensor on a GPU is expected, not on ",
              x.device());
  TORCH_CHECK(rows == expected, "dropout of ", expected, " rows, given ",
              x.sizes());
  return DropoutFunction::apply(x, dropout);
}

}  // namespace culturemert
