// Any bytes as a configuration: refused with a readable message, or printed and
// read back to the same bytes. The first line, if it starts with "--set ", is
// an override laid over the rest.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/tools/base/config/sample_config.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/config.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

void CheckMessage(const absl::Status& status) {
  Require(status.code() == absl::StatusCode::kInvalidArgument,
          "errors are kInvalidArgument");
  Require(!status.message().empty(), "errors say something");
  Require(status.message().size() < 20'000, "messages stay short");
  Require(IsValidUtf8(status.message()), "messages are UTF-8");
  for (const char byte : status.message()) {
    Require(byte == '\n' || static_cast<unsigned char>(byte) >= ' ',
            "messages have no control characters");
  }
}

void CheckJson(absl::string_view text) {
  const absl::StatusOr<nlohmann::json> value = ParseJson(text, "fuzz");
  if (!value.ok()) return CheckMessage(value.status());
  Require(nlohmann::json::accept(text.begin(), text.end()),
          "what is accepted is JSON");
  for (const JsonLayout layout :
       {JsonLayout::kCompact, JsonLayout::kIndented}) {
    const absl::StatusOr<std::string> printed = CanonicalJson(*value, layout);
    Require(printed.ok(), "what was read can be printed");
    const absl::StatusOr<nlohmann::json> again = ParseJson(*printed, "again");
    Require(again.ok(), "what was printed can be read");
    Require(*again == *value, "JSON survives printing");
    Require(CanonicalJson(*again, layout) == printed, "printing is stable");
  }
}

void CheckConfig(absl::string_view assignment, absl::string_view text) {
  ConfigLoader<SampleConfig> loader;
  loader.AddText(text, "fuzz");
  if (!assignment.empty()) loader.Set(assignment);
  Require(!loader.Explain().empty(), "there is always something to explain");
  const absl::StatusOr<SampleConfig> config = loader.Build();
  if (!config.ok()) return CheckMessage(config.status());
  const absl::StatusOr<std::string> printed = PrintConfig(*config);
  Require(printed.ok(), "a valid configuration can be printed");
  const absl::StatusOr<SampleConfig> again =
      ParseConfig<SampleConfig>(*printed, "again");
  Require(again.ok(), "a printed configuration is valid");
  Require(PrintConfig(*again) == printed, "printing is stable");
  Require(CanonicalConfig(*again) == CanonicalConfig(*config),
          "a configuration survives printing");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  absl::string_view text(reinterpret_cast<const char*>(data), size);
  absl::string_view assignment;
  if (absl::ConsumePrefix(&text, "--set ")) {
    const std::size_t end = text.find('\n');
    assignment = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  culturemert::CheckJson(text);
  culturemert::CheckConfig(assignment, text);
  return 0;
}
