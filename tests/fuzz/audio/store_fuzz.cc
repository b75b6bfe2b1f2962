// Any text is a manifest or a line of an index, or is refused; what is read is
// printed and read again as the same.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "datasets/store/store_index.h"
#include "tools/base/config/strict_json.h"

namespace culturemert {
namespace {

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

void CheckManifest(absl::string_view text) {
  const auto manifest = ParseStoreManifest(text, "m");
  if (!manifest.ok()) {
    Check(absl::StartsWith(manifest.status().message(), "m:"),
          "an error names its file");
    return;
  }
  const auto printed = FormatStoreManifest(*manifest);
  Check(printed.ok(), "a manifest can be printed");
  const auto again = ParseStoreManifest(*printed, "m");
  Check(again.ok(), "a printed manifest can be read");
  const auto printed_again = FormatStoreManifest(*again);
  Check(printed_again.ok() && *printed_again == *printed,
        "printing keeps a manifest");
}

void CheckLine(absl::string_view text) {
  const auto json = ParseJson(text, "l");
  if (!json.ok()) return;
  const auto recording = ParseStoredRecording(*json, "l");
  if (!recording.ok()) {
    Check(absl::StartsWith(recording.status().message(), "l: "),
          "an error names its line");
    return;
  }
  Check(recording->samples > 0, "a recording has samples");
  Check(ToJson(*recording) == *json, "printing keeps a line");
  IndexChecker checker;
  Check(checker.Check(*recording, "l").ok() ==
            (recording->shard == 0 && recording->first_sample == 0 &&
             recording->samples <= kMaxShardBytes / kStoreSampleBytes),
        "a first line starts the first shard");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  culturemert::CheckManifest(text);
  culturemert::CheckLine(text);
  return 0;
}
