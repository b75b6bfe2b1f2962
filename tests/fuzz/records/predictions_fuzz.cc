// Any text is a table of truth or scores or is refused with its place; what was
// read is written and read to the same bits.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "experiments/records/predictions.h"

namespace culturemert {
namespace {

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

void CheckError(const absl::Status& status) {
  Check(absl::IsInvalidArgument(status), "an error is kInvalidArgument");
  Check(absl::StartsWith(status.message(), "a.csv:"),
        "an error names its file");
}

void CheckScores(absl::string_view text) {
  const absl::StatusOr<ScoreTable> table = ParseScores(text, "a.csv");
  if (!table.ok()) return CheckError(table.status());
  Check(table->values.size() == table->ids.size() * table->tags.size(),
        "each recording has a score for each tag");
  const auto written = FormatScores(table->ids, table->tags, table->values);
  Check(written.ok(), "what was read can be written");
  const absl::StatusOr<ScoreTable> again = ParseScores(*written, "b.csv");
  Check(again.ok() && again->ids == table->ids && again->tags == table->tags,
        "names survive");
  Check(again->values.size() == table->values.size() &&
            std::memcmp(again->values.data(), table->values.data(),
                        table->values.size() * sizeof(float)) == 0,
        "scores survive to the bit");
}

void CheckTruth(absl::string_view text) {
  const absl::StatusOr<TruthTable> table = ParseTruth(text, "a.csv");
  if (!table.ok()) return CheckError(table.status());
  const absl::StatusOr<std::string> written = FormatTruth(*table);
  Check(written.ok(), "what was read can be written");
  const absl::StatusOr<TruthTable> again = ParseTruth(*written, "b.csv");
  Check(again.ok() && again->values == table->values, "the truth survives");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  culturemert::CheckScores(text);
  culturemert::CheckTruth(text);
  return 0;
}
