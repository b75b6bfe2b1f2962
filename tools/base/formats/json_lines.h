// JSON Lines: one JSON object a line, in a file that grows at its end.
//
//   ASSIGN_OR_RETURN(const JsonLines lines,
//                    ReadJsonLines(files, "recordings.jsonl"));
//
// Each line is a strict JSON object (config/strict_json.h) and ends in LF or
// CR LF; the last line may lack its end. An empty line is an error. Errors
// begin with "file:line".
//
// The torn tail. A crash while a record is appended leaves a prefix of its
// line: a last line without its end that is no whole object. (A proper prefix
// of an object's text never is an object.) It is an error, unless the reader is
// told to tolerate it; then it is not read but described. A writer refuses a
// file with a torn tail, since its next record would join that line;
// RemoveTornTail repairs the file. A line that is ended is never torn: if it is
// no object, the file is wrong.

#ifndef CULTUREMERT_TOOLS_BASE_FORMATS_JSON_LINES_H_
#define CULTUREMERT_TOOLS_BASE_FORMATS_JSON_LINES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct JsonLine {
  nlohmann::json record;   // An object.
  std::uint64_t line = 0;  // From 1.
};

struct TornTail {
  std::uint64_t line = 0;          // From 1.
  std::uint64_t offset_bytes = 0;  // Where the line begins in the file.
  std::uint64_t size_bytes = 0;
  // Why it is no record, with file and line: fit for a warning.
  std::string reason;
};

struct JsonLinesOptions {
  // Describe a torn tail rather than fail on it.
  bool tolerate_torn_tail = false;
};

// Reads records one by one from a text in memory or in a mapped file.
class JsonLinesReader {
 public:
  // `text` must outlive the reader; `source` names it in errors.
  JsonLinesReader(absl::string_view text, absl::string_view source,
                  const JsonLinesOptions& options = {});

  // The next record, or nothing after the last. kInvalidArgument if a line is
  // no JSON object, kDataLoss for a torn tail that is not tolerated; every
  // later call then gives the same error.
  absl::StatusOr<std::optional<JsonLine>> Next();

  // The torn tail, known once Next has returned nothing.
  const std::optional<TornTail>& torn_tail() const { return torn_tail_; }

 private:
  const absl::string_view text_;
  const std::string source_;
  const JsonLinesOptions options_;
  std::size_t position_ = 0;
  std::uint64_t lines_ = 0;
  absl::Status failure_;
  std::optional<TornTail> torn_tail_;
};

struct JsonLines {
  std::vector<nlohmann::json> records;  // Record i is line i + 1.
  std::optional<TornTail> torn_tail;    // Only where it is tolerated.
};

// Reads a whole file. Errors: those of Files::Map and JsonLinesReader.
absl::StatusOr<JsonLines> ReadJsonLines(Files& files, absl::string_view path,
                                        const JsonLinesOptions& options = {});

// Rewrites the file, atomically, without its torn tail, and describes what was
// cut off; nothing, and the file is left alone, if there is none. Lines before
// the last are not looked at. Errors: those of Files::Map and
// Files::WriteAtomically.
absl::StatusOr<std::optional<TornTail>> RemoveTornTail(Files& files,
                                                       absl::string_view path);

// Appends records to a file, each as one compact line with its keys sorted
// (config/canonical_json.h). One writer at a time may have the file open:
// Files::Lock keeps others away.
class JsonLinesWriter {
 public:
  // Creates the file when missing. If the last line is a whole object that only
  // lacks its end, the end is added. kDataLoss if the file has a torn tail;
  // other errors are those of Files::Map and Files::OpenToAppend.
  static absl::StatusOr<std::unique_ptr<JsonLinesWriter>> Open(
      Files& files, absl::string_view path);

  // Appends one line and hands it to the operating system. kInvalidArgument,
  // and nothing is appended, if `record` is no object or holds what
  // JsonLinesReader would refuse, such as NaN, text that is not UTF-8, or
  // too deep a nesting; otherwise the errors of AppendableFile, after which the
  // file may have a torn tail and every later call fails too.
  absl::Status Append(const nlohmann::json& record);

  // Waits until all records are on the disk. Errors: those of AppendableFile.
  absl::Status Sync();

  // To be called last; a writer destroyed without it cannot tell of errors.
  absl::Status Close();

 private:
  JsonLinesWriter(std::string path, std::unique_ptr<AppendableFile> file);

  const std::string path_;
  const std::unique_ptr<AppendableFile> file_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FORMATS_JSON_LINES_H_
