#include "experiments/evaluation/protocol.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "datasets/store/store_index.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

std::uint64_t Samples(double seconds) {
  return static_cast<std::uint64_t>(std::llround(seconds * kStoreRateHz));
}

}  // namespace

void ProtocolConfig::Describe(ConfigSchema<ProtocolConfig>& schema) {
  schema.Struct("ProtocolConfig", "How audio becomes features.");
  schema
      .Field("window_seconds", &ProtocolConfig::window_seconds,
             "Length of the windows, which do not overlap.")
      .Unit("s")
      .AtLeast(0.1)
      .AtMost(3600);
  schema
      .Field("kept_tail_fraction", &ProtocolConfig::kept_tail_fraction,
             "What is left behind the last whole window counts as a window if "
             "it is at least this part of one.")
      .Above(0)
      .AtMost(1);
  schema.Field("use_duration_caps", &ProtocolConfig::use_duration_caps,
               "Whether no more of a recording is looked at than its data "
               "set's published cap.");
  schema.Field("normalise", &ProtocolConfig::normalise,
               "Whether each window is brought to mean 0 and variance 1.");
  schema.Field("pooling", &ProtocolConfig::pooling,
               "How the frames of a window become one vector.");
}

std::vector<AudioWindow> CutWindows(std::uint64_t samples,
                                    std::optional<double> cap_seconds,
                                    const ProtocolConfig& config) {
  std::vector<AudioWindow> windows;
  if (config.use_duration_caps && cap_seconds.has_value()) {
    samples = std::min(samples, Samples(*cap_seconds));
  }
  const std::uint64_t length = Samples(config.window_seconds);
  std::uint64_t first = 0;
  for (; samples - first >= length; first += length) {
    windows.push_back({first, length});
  }
  const std::uint64_t tail = samples - first;
  const bool is_kept = static_cast<double>(tail) >=
                       config.kept_tail_fraction * static_cast<double>(length);
  if (tail > 0 && (windows.empty() || is_kept)) {
    windows.push_back({first, tail});
  }
  return windows;
}

absl::StatusOr<std::string> ProtocolIdentity(
    const ProtocolConfig& config, std::optional<double> cap_seconds) {
  ASSIGN_OR_RETURN(const std::string text, CanonicalConfig(config));
  if (!config.use_duration_caps || !cap_seconds.has_value()) return text;
  return absl::StrCat(text, " cap ", *cap_seconds, " s");
}

}  // namespace culturemert
