#include "models/cqt/direct_cqt.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/cqt/cqt_audio.h"
#include "models/cqt/cqt_kernels.h"
#include "models/cqt/cqt_options.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// `begin` is the sample under the kernel's first tap, maybe before the audio.
double Magnitude(absl::Span<const double> audio, std::int64_t begin,
                 const std::vector<std::complex<double>>& kernel) {
  const std::int64_t samples = static_cast<std::int64_t>(audio.size());
  const std::int64_t taps = static_cast<std::int64_t>(kernel.size());
  const std::int64_t last = std::min(taps, samples - begin);
  double real = 0;
  double imaginary = 0;
  for (std::int64_t j = std::max<std::int64_t>(0, -begin); j < last; ++j) {
    real += audio[begin + j] * kernel[j].real();
    imaginary += audio[begin + j] * kernel[j].imag();
  }
  return std::sqrt(real * real + imaginary * imaginary);
}

}  // namespace

absl::StatusOr<at::Tensor> DirectCqt(const at::Tensor& audio,
                                     const CqtOptions& options) {
  RETURN_IF_ERROR(CheckCqtOptions(options));
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    RETURN_IF_ERROR(CheckCqtAudio(audio));
    if (!audio.is_cpu()) {
      return absl::InvalidArgumentError(
          absl::StrCat("audio for the direct CQT is on ", audio.device().str(),
                       "; move it to the CPU first"));
    }
    const at::Tensor samples = audio.detach().to(at::kDouble).contiguous();
    const std::int64_t rows = samples.size(0);
    const std::int64_t length = samples.size(1);
    const std::int64_t frames = CqtFrames(length, options);
    at::Tensor magnitudes =
        at::empty({rows, frames, options.bins}, samples.options());
    double* const out = magnitudes.data_ptr<double>();
    const std::vector<CqtBin> bins = CqtBins(options);
    at::parallel_for(
        0, options.bins, 1, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t k = begin; k < end; ++k) {
            const std::vector<std::complex<double>> kernel = CqtKernel(bins[k]);
            for (std::int64_t i = 0; i < rows * frames; ++i) {
              out[i * options.bins + k] = Magnitude(
                  absl::MakeConstSpan(
                      samples.const_data_ptr<double>() + i / frames * length,
                      length),
                  i % frames * options.hop_samples + bins[k].first_offset,
                  kernel);
            }
          }
        });
    return magnitudes.to(audio.scalar_type());
  });
}

}  // namespace culturemert
