#include "datasets/codes/code_index.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr char kFormatName[] = "culturemert code store";
constexpr std::uint64_t kMaxFrames = std::uint64_t{1} << 32;
// More than any disk holds, and far from overflow.
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 53;

}  // namespace

nlohmann::json ToJson(const CodedRecording& recording) {
  return {{"id", recording.id},
          {"frames", recording.frames},
          {"xxh3", recording.checksum.ToHex()}};
}

absl::StatusOr<CodedRecording> ParseCodedRecording(const nlohmann::json& record,
                                                   absl::string_view place) {
  JsonFields fields(record, place);
  CodedRecording recording;
  recording.id = fields.Text("id");
  recording.frames = fields.Number("frames", 1, kMaxFrames);
  recording.checksum = fields.Checksum("xxh3");
  RETURN_IF_ERROR(fields.Finish());
  return recording;
}

absl::StatusOr<std::string> FormatCodeManifest(const CodeManifest& manifest) {
  nlohmann::json json = {{"format", kFormatName},
                         {"version", kCodeStoreVersion},
                         {"books", manifest.format.books},
                         {"codes_per_book", manifest.format.codes_per_book},
                         {"tokenizer", manifest.format.tokenizer}};
  if (manifest.is_finished) {
    json["finished"] = {{"recordings", manifest.recordings},
                        {"frames", manifest.frames},
                        {"index_xxh3", manifest.index_checksum.ToHex()}};
  } else {
    json["finished"] = nlohmann::json::object();
  }
  ASSIGN_OR_RETURN(std::string text,
                   CanonicalJson(json, JsonLayout::kIndented));
  return text + "\n";
}

absl::StatusOr<CodeManifest> ParseCodeManifest(absl::string_view text,
                                               absl::string_view path) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text, path));
  JsonFields fields(json, path);
  const std::string format = fields.Text("format");
  const std::uint64_t version = fields.Number("version", 0, kMaxCount);
  if (format == kFormatName && version != kCodeStoreVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": the code store is of version ", version,
        ", this program reads ", kCodeStoreVersion, "; tokenize again"));
  }
  CodeManifest manifest;
  manifest.format.books = static_cast<int>(fields.Number("books", 1, 64));
  manifest.format.codes_per_book =
      static_cast<int>(fields.Number("codes_per_book", 2, 65536));
  manifest.format.tokenizer = fields.Text("tokenizer");
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
  manifest.frames = totals.Number("frames", 0, kMaxCount);
  manifest.index_checksum = totals.Checksum("index_xxh3");
  RETURN_IF_ERROR(totals.Finish());
  return manifest;
}

}  // namespace culturemert
