// Any text is a record or is refused by name, with or without a checksum that
// fits it; what was read is written and read the same. The cursor takes the
// JSON that the strict parser takes, but for repeated keys.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "experiments/records/json_cursor.h"
#include "experiments/records/record_json.h"
#include "tools/base/config/strict_json.h"

namespace culturemert {
namespace {

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

void CheckCursor(absl::string_view text) {
  JsonCursor cursor(text);
  absl::string_view raw;
  const bool read = cursor.Skip(&raw) && cursor.End();
  const absl::Status tree = ParseJson(text, "x").status();
  Check(read || !tree.ok(), "the cursor reads what the strict parser reads");
  Check(!read || tree.ok() || absl::StrContains(tree.message(), "twice"),
        "the cursor refuses what the strict parser refuses");
  Check(read == cursor.error().empty(), "a refusal has a reason");
}

void CheckRecordText(const std::string& text) {
  const absl::StatusOr<Record> record = ParseRecord(text, "a.json");
  if (!record.ok()) {
    Check(absl::StartsWith(record.status().message(), "a.json: "),
          "an error names its file");
    Check(absl::IsInvalidArgument(record.status()) ||
              absl::IsDataLoss(record.status()) ||
              absl::IsFailedPrecondition(record.status()),
          "an error is of a documented kind");
    return;
  }
  const absl::StatusOr<std::string> written = FormatRecord(*record);
  if (!written.ok()) {
    Check(absl::StrContains(written.status().message(), "configuration"),
          "what was read can be written, if its configuration is canonical");
    return;
  }
  const absl::StatusOr<Record> again = ParseRecord(*written, "b.json");
  Check(again.ok(), "what was written is read");
  Check(FormatRecord(*again).value() == *written, "writing is stable");
  Check(FormatRecord(WithoutTiming(*again)).ok(), "the timing may be missing");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  culturemert::CheckCursor(text);
  culturemert::CheckRecordText(text);
  culturemert::CheckRecordText(culturemert::record_internal::Seal(text));
  return 0;
}
