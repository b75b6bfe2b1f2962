// Any JSON is a recording of a collection or is refused by name. Tags are
// sorted, each once; a recording written from them reads the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "datasets/catalog/dunya_recording.h"
#include "tests/fuzz/catalog/fuzz_check.h"

namespace culturemert {
namespace {

constexpr DunyaTagField kFields[] = {
    {"raga--", "raaga", "", "common_name"},
    {"instrument--", "artists", "instrument", "name"},
};

std::string Write(const DunyaRecording& recording) {
  nlohmann::json json = {{"mbid", recording.mbid},
                         {"raaga", nlohmann::json::array()},
                         {"artists", nlohmann::json::array()}};
  for (const std::string& tag : recording.tags) {
    if (absl::StartsWith(tag, "raga--")) {
      json["raaga"].push_back({{"common_name", tag.substr(6)}});
    } else {
      json["artists"].push_back({{"instrument", {{"name", tag.substr(12)}}}});
    }
  }
  return json.dump();
}

void CheckText(absl::string_view text) {
  const auto recording = ParseDunyaRecording(text, "a.json", kFields);
  if (!recording.ok()) return CheckError(recording.status(), "a.json:");
  const std::vector<std::string>& tags = recording->tags;
  Check(std::is_sorted(tags.begin(), tags.end()) &&
            std::adjacent_find(tags.begin(), tags.end()) == tags.end(),
        "tags are sorted, each once");
  Check(!recording->duration_seconds.has_value() ||
            *recording->duration_seconds > 0,
        "durations are positive");
  const auto again = ParseDunyaRecording(Write(*recording), "b", kFields);
  Check(again.ok() && again->mbid == recording->mbid && again->tags == tags,
        "what was written reads the same");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckText(culturemert::Text(data, size));
  return 0;
}
