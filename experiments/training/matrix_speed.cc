#include "experiments/training/matrix_speed.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mm.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "absl/time/time.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/console/progress.h"

namespace culturemert {
namespace {

constexpr std::int64_t kRowsOnCpu = 1024;
constexpr std::int64_t kRowsOnGpu = 8192;
constexpr int kProducts = 4;

}  // namespace

absl::StatusOr<double> MeasureMatrixFlops(c10::Device device,
                                          c10::ScalarType type) {
  return CatchTorchErrors([&]() -> absl::StatusOr<double> {
    const c10::NoGradGuard no_grad;
    const std::int64_t rows = device.is_cpu() ? kRowsOnCpu : kRowsOnGpu;
    const at::Tensor matrix =
        at::full({rows, rows}, 0.01, at::TensorOptions(device).dtype(type));
    at::Tensor product = at::empty_like(matrix);
    absl::Duration fastest = absl::InfiniteDuration();
    for (int i = 0; i <= kProducts; ++i) {
      const absl::Duration begun = MonotonicNow();
      at::mm_out(product, matrix, matrix);
      product[0][0].item<double>();  // Waits for a GPU.
      // The first one warms up.
      if (i > 0) fastest = std::min(fastest, MonotonicNow() - begun);
    }
    const auto size = static_cast<double>(rows);
    return 2 * size * size * size / absl::ToDoubleSeconds(fastest);
  });
}

}  // namespace culturemert
