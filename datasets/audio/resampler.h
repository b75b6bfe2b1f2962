// Changes of the sample rate by libsoxr's HQ recipe (SOXR_HQ: 20 bits of
// precision, linear phase, pass band to 91 % of the lower Nyquist frequency),
// for one channel that comes piece by piece.
//
// The result is aligned with the input (output sample k is the signal at
// k / to_hz seconds) and exactly ResampledLength long: the input counts as
// silent before its begin and behind its end, and the output is cut at its
// length. Equal rates pass samples through unchanged. Where pieces begin and
// end makes no difference. The last bits depend on the processor, for which
// libsoxr chooses its code.

#ifndef CULTUREMERT_DATASETS_AUDIO_RESAMPLER_H_
#define CULTUREMERT_DATASETS_AUDIO_RESAMPLER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace culturemert {

// samples * to_hz / from_hz rounded to the nearest integer, halves up. Rates in
// [1, 2^20], samples below 2^42.
std::uint64_t ResampledLength(std::uint64_t samples, int from_hz, int to_hz);

class Resampler {
 public:
  // kInvalidArgument unless both rates are in [1, 2^20].
  static absl::StatusOr<std::unique_ptr<Resampler>> Create(int from_hz,
                                                           int to_hz);
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  // Takes the next samples and appends to `out` what has become known.
  absl::Status Process(absl::Span<const float> samples,
                       std::vector<float>* out);

  // Appends the rest. To be called once, last.
  absl::Status Finish(std::vector<float>* out);

 private:
  struct Soxr;

  Resampler(int from_hz, int to_hz, std::unique_ptr<Soxr> soxr);

  const int from_hz_;
  const int to_hz_;
  const std::unique_ptr<Soxr> soxr_;  // Null for equal rates.
  std::uint64_t taken_ = 0;
  std::uint64_t given_ = 0;
};

// "libsoxr 0.1.3 HQ".
std::string SoxrVersion();

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_RESAMPLER_H_
