#include "experiments/evaluation/feature_index.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr char kFormatName[] = "culturemert feature store";
constexpr std::uint64_t kMaxWindows = std::uint64_t{1} << 32;
// More than any disk holds; times the bytes of a window it still fits 64 bits.
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 38;

}  // namespace

nlohmann::json ToJson(const FeatureRecording& recording) {
  return {{"id", recording.id},
          {"windows", recording.windows},
          {"xxh3", recording.checksum.ToHex()}};
}

absl::StatusOr<FeatureRecording> ParseFeatureRecording(
    const nlohmann::json& record, absl::string_view place) {
  JsonFields fields(record, place);
  FeatureRecording recording;
  recording.id = fields.Text("id");
  recording.windows = fields.Number("windows", 1, kMaxWindows);
  recording.checksum = fields.Checksum("xxh3");
  RETURN_IF_ERROR(fields.Finish());
  return recording;
}

absl::StatusOr<std::string> FormatFeatureManifest(
    const FeatureManifest& manifest) {
  nlohmann::json json = {{"format", kFormatName},
                         {"version", kFeatureStoreVersion},
                         {"states", manifest.format.states},
                         {"state_size", manifest.format.state_size},
                         {"extractor", manifest.format.extractor},
                         {"protocol", manifest.format.protocol},
                         {"finished", nlohmann::json::object()}};
  if (manifest.is_finished) {
    json["finished"] = {{"recordings", manifest.recordings},
                        {"windows", manifest.windows},
                        {"index_xxh3", manifest.index_checksum.ToHex()}};
  }
  ASSIGN_OR_RETURN(std::string text,
                   CanonicalJson(json, JsonLayout::kIndented));
  return text + "\n";
}

absl::StatusOr<FeatureManifest> ParseFeatureManifest(absl::string_view text,
                                                     absl::string_view path) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text, path));
  JsonFields fields(json, path);
  const std::string format = fields.Text("format");
  const std::uint64_t version = fields.Number("version", 0, kMaxCount);
  if (format == kFormatName && version != kFeatureStoreVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": the feature store is of version ", version,
        ", this program reads ", kFeatureStoreVersion, "; embed again"));
  }
  FeatureManifest manifest;
  manifest.format.states =
      static_cast<std::int64_t>(fields.Number("states", 1, kMaxFeatureStates));
  manifest.format.state_size = static_cast<std::int64_t>(
      fields.Number("state_size", 1, kMaxFeatureStateSize));
  manifest.format.extractor = fields.Text("extractor");
  manifest.format.protocol = fields.Text("protocol");
  const nlohmann::json& finished = fields.Object("finished");
  RETURN_IF_ERROR(fields.Finish());
  if (format != kFormatName) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": format is ", QuoteForMessage(format),
                     ", expected \"", kFormatName, "\""));
  }
  if (finished.empty()) return manifest;
  manifest.is_finished = true;
  JsonFields totals(finished, absl::StrCat(path, ": finished"));
  manifest.recordings = totals.Number("recordings", 0, kMaxCount);
  manifest.windows = totals.Number("windows", 0, kMaxCount);
  manifest.index_checksum = totals.Checksum("index_xxh3");
  RETURN_IF_ERROR(totals.Finish());
  return manifest;
}

}  // namespace culturemert
