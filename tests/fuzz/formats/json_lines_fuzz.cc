// Any text is read, or refused with its line. What was read is written and read
// again to the same records; without a tolerated torn tail a writer goes on.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", property);
  std::abort();
}

absl::Status Append(Files& files, absl::string_view path,
                    const std::vector<nlohmann::json>& records) {
  ASSIGN_OR_RETURN(const std::unique_ptr<JsonLinesWriter> writer,
                   JsonLinesWriter::Open(files, path));
  for (const nlohmann::json& record : records) {
    RETURN_IF_ERROR(writer->Append(record));
  }
  return writer->Close();
}

void CheckText(absl::string_view text) {
  MemoryFiles files;
  Check(files.WriteAtomically("/a", text).ok(), "memory holds the text");
  JsonLinesOptions tolerant;
  tolerant.tolerate_torn_tail = true;
  const auto strict_lines = ReadJsonLines(files, "/a");
  const auto lines = ReadJsonLines(files, "/a", tolerant);
  if (!lines.ok()) {
    Check(absl::StartsWith(lines.status().message(), "/a:"),
          "an error names its line");
    Check(strict_lines.status() == lines.status(),
          "only a torn tail is tolerated");
    return;
  }
  const bool torn = lines->torn_tail.has_value();
  Check(strict_lines.ok() == !torn, "a torn tail is an error or is described");
  Check(JsonLinesWriter::Open(files, "/a").ok() == !torn,
        "a torn tail keeps writers away");

  Check(Append(files, "/b", lines->records).ok(), "records can be written");
  const auto written = ReadJsonLines(files, "/b");
  Check(written.ok() && written->records == lines->records,
        "written records read the same");

  const auto removed = RemoveTornTail(files, "/a");
  Check(removed.ok() && removed->has_value() == torn,
        "a torn tail is removed where there is one");
  Check(Append(files, "/a", {{{"last", 1}}}).ok(), "a repaired file grows");
  const auto grown = ReadJsonLines(files, "/a");
  Check(grown.ok() && grown->records.size() == lines->records.size() + 1,
        "a repaired file has its old records and the new one");
}

}  // namespace
}  // namespace culturemert

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  culturemert::CheckText(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
