// Any labels.csv is read or refused with its place. What was read keeps the
// rules, and written as a table it reads the same.

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/labels_table.h"
#include "tests/fuzz/catalog/fuzz_check.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"

namespace culturemert {
namespace {

std::string Write(const LabelsTable& table) {
  std::string text = "path,culture,tags,recording";
  text += table.has_split ? ",split\n" : "\n";
  for (const LabelsRow& row : table.rows) {
    const std::string tags = absl::StrJoin(row.tags, ";");
    std::vector<absl::string_view> fields = {row.path, row.culture, tags,
                                             row.recording};
    if (table.has_split) fields.push_back(NameOf(*row.split));
    Check(AppendCsvRow(fields, ',', &text).ok(), "rows can be written");
  }
  return text;
}

void CheckRules(const LabelsTable& table) {
  std::set<std::string> paths;
  std::map<std::string, const LabelsRow*> recordings;
  std::uint64_t line = 1;
  for (const LabelsRow& row : table.rows) {
    Check(row.line > line, "rows stand on later and later lines");
    line = row.line;
    Check(IsInside("/set", JoinPath("/set", row.path)),
          "no path leaves the folder");
    Check(paths.insert(row.path).second, "no path stands twice");
    Check(row.split.has_value() == table.has_split, "all or none has a split");
    const LabelsRow* first =
        recordings.emplace(row.recording, &row).first->second;
    Check(first->split == row.split && first->culture == row.culture,
          "a recording has one split and one culture");
    const std::set<std::string> tags(row.tags.begin(), row.tags.end());
    Check(tags.size() == row.tags.size(), "no tag stands twice");
    Check(!row.duration_seconds.has_value() || *row.duration_seconds >= 0,
          "durations are not negative");
  }
}

void CheckText(absl::string_view text) {
  const absl::StatusOr<LabelsTable> table = ParseLabels(text, "a/labels.csv");
  if (!table.ok()) return CheckError(table.status(), "a/labels.csv:");
  CheckRules(*table);
  const std::string written = Write(*table);
  const absl::StatusOr<LabelsTable> again = ParseLabels(written, "b");
  Check(again.ok(), "what was written is read");
  Check(again->rows.size() == table->rows.size(), "all rows are written");
  for (std::size_t i = 0; i < again->rows.size(); ++i) {
    Check(again->rows[i].tags == table->rows[i].tags, "tags survive");
    Check(again->rows[i].path == table->rows[i].path, "paths survive");
  }
  Check(Write(*again) == written, "writing is stable");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckText(culturemert::Text(data, size));
  return 0;
}
