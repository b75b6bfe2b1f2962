// What each bin of the constant-Q transform correlates the audio with: a
// complex sinusoid of the bin's frequency under a Hann window Q periods long.
//
// The definition is that of nnAudio's CQT1992v2 (create_cqt_kernels in
// github.com/KinWaiCheuk/nnAudio) with filter_scale 1, norm 1, window "hann",
// centred and zero-padded:
//
//   Q      = 1 / (2^(1 / bins_per_octave) - 1)
//   f_k    = minimum_frequency_hz * 2^(k / bins_per_octave)
//   l_k    = ceil(Q * sample_rate_hz / f_k)
//   C_k(t) = | sum over n of h_k(n) x(t * hop_samples + n) |
//   h_k(n) = sqrt(l_k) * hann(n - n_k) / (l_k / 2) * exp(2 pi i n f_k / rate)
//
// with n from n_k = -l_k / 2 (even l_k) or -(l_k + 1) / 2 (odd) on for l_k
// samples, the periodic hann(j) = (1 - cos(2 pi j / l_k)) / 2, whose sum is
// l_k / 2, and x = 0 outside the audio.

#ifndef CULTUREMERT_MODELS_CQT_CQT_KERNELS_H_
#define CULTUREMERT_MODELS_CQT_CQT_KERNELS_H_

#include <complex>
#include <cstdint>
#include <vector>

#include "models/cqt/cqt_options.h"

namespace culturemert {

struct CqtBin {
  double frequency_hz = 0;        // f_k
  double cycles_per_sample = 0;   // f_k / sample_rate_hz
  std::int64_t length = 0;        // l_k, in samples; at least 2
  std::int64_t first_offset = 0;  // n_k, in samples
};

// All bins, from the lowest. The options must pass CheckCqtOptions.
std::vector<CqtBin> CqtBins(const CqtOptions& options);

// h_k(n_k), h_k(n_k + 1) ...: `length` values.
std::vector<std::complex<double>> CqtKernel(const CqtBin& bin);

// The Fourier transform of the kernel's envelope, sqrt(l) * hann / (l / 2), at
// an offset from the carrier, for lengths from 16 and offsets within 3/4. The
// envelope is symmetric about its middle (n = 0 for even lengths, n = -1/2 for
// odd ones), so about there the transform is real:
//   sum over j of hann(j) cos(2 pi offset (j - l / 2)) * 2 / sqrt(l)
// Exact to 1e-11 of its value.
double CqtEnvelopeSpectrum(const CqtBin& bin, double offset_cycles_per_sample);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_CQT_KERNELS_H_
