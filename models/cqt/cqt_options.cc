#include "models/cqt/cqt_options.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kMaxRateHz = 1 << 20;
constexpr int kMaxHopSamples = 1 << 16;
constexpr int kMaxBins = 4096;
constexpr int kMaxKernelSamples = 1 << 21;

absl::Status CheckRange(absl::string_view option, int value, int maximum) {
  if (value >= 1 && value <= maximum) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "CQT option ", option, " is ", value, "; expected 1 to ", maximum));
}

}  // namespace

double CqtQualityFactor(const CqtOptions& options) {
  return 1 / (std::pow(2.0, 1.0 / options.bins_per_octave) - 1);
}

double CqtFrequencyHz(const CqtOptions& options, int bin) {
  return options.minimum_frequency_hz *
         std::pow(2.0, static_cast<double>(bin) / options.bins_per_octave);
}

absl::Status CheckCqtOptions(const CqtOptions& options) {
  RETURN_IF_ERROR(
      CheckRange("sample_rate_hz", options.sample_rate_hz, kMaxRateHz));
  RETURN_IF_ERROR(
      CheckRange("hop_samples", options.hop_samples, kMaxHopSamples));
  RETURN_IF_ERROR(CheckRange("bins", options.bins, kMaxBins));
  RETURN_IF_ERROR(
      CheckRange("bins_per_octave", options.bins_per_octave, kMaxBins));
  if (!(options.minimum_frequency_hz > 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("CQT option minimum_frequency_hz is ",
                     options.minimum_frequency_hz, "; expected more than 0"));
  }
  const double highest_hz = CqtFrequencyHz(options, options.bins - 1);
  if (!(highest_hz <= options.sample_rate_hz / 2.0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the highest CQT bin is at ", highest_hz,
                     " Hz, above half of ", options.sample_rate_hz,
                     " Hz; take fewer bins or a lower minimum_frequency_hz"));
  }
  const double longest =
      std::ceil(CqtQualityFactor(options) * options.sample_rate_hz /
                options.minimum_frequency_hz);
  if (!(longest <= kMaxKernelSamples)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the lowest CQT bin needs ", longest, " samples, more than ",
        kMaxKernelSamples,
        "; take a higher minimum_frequency_hz or fewer bins_per_octave"));
  }
  return absl::OkStatus();
}

}  // namespace culturemert
