#include "datasets/blobs/blob_index.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kMaxUnits = std::uint64_t{1} << 32;
// More than any disk holds, and far from overflow.
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 53;
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 62;

std::string FormatName(const BlobKind& kind) {
  return absl::StrCat("culturemert ", kind.store);
}

}  // namespace

nlohmann::json ToJson(const Blob& blob, const BlobKind& kind) {
  return {{"id", blob.id},
          {kind.units, blob.units},
          {"xxh3", blob.checksum.ToHex()}};
}

absl::StatusOr<Blob> ParseBlob(const nlohmann::json& record,
                               const BlobKind& kind, absl::string_view place) {
  JsonFields fields(record, place);
  Blob blob;
  blob.id = fields.Text("id");
  blob.units = fields.Number(kind.units, 1, kMaxUnits);
  blob.checksum = fields.Checksum("xxh3");
  RETURN_IF_ERROR(fields.Finish());
  return blob;
}

absl::StatusOr<std::string> FormatBlobManifest(const BlobManifest& manifest) {
  const BlobKind& kind = *manifest.format.kind;
  nlohmann::json json = manifest.format.fields;
  json["format"] = FormatName(kind);
  json["version"] = kind.version;
  json["finished"] = nlohmann::json::object();
  if (manifest.finished.has_value()) {
    json["finished"] = {
        {"recordings", manifest.finished->recordings},
        {kind.units, manifest.finished->units},
        {"index_xxh3", manifest.finished->index_checksum.ToHex()}};
  }
  ASSIGN_OR_RETURN(std::string text,
                   CanonicalJson(json, JsonLayout::kIndented));
  return text + "\n";
}

absl::StatusOr<BlobManifest> ParseBlobManifest(absl::string_view text,
                                               const BlobKind& kind,
                                               absl::string_view path) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text, path));
  JsonFields fields(json, path);
  const std::string format = fields.Text("format");
  const std::uint64_t version = fields.Number("version", 0, kMaxCount);
  if (format == FormatName(kind) &&
      version != static_cast<std::uint64_t>(kind.version)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": the ", kind.store, " is of version ", version,
                     ", this program reads ", kind.version, "; ", kind.again));
  }
  BlobManifest manifest;
  manifest.format = kind.read(fields);
  const nlohmann::json& finished = fields.Object("finished");
  RETURN_IF_ERROR(fields.Finish());
  if (format != FormatName(kind)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": format is ", QuoteForMessage(format),
                     ", expected \"", FormatName(kind), "\""));
  }
  if (finished.empty()) return manifest;
  JsonFields totals(finished, absl::StrCat(path, ": finished"));
  BlobTotals read;
  read.recordings = totals.Number("recordings", 0, kMaxCount);
  read.units =
      totals.Number(kind.units, 0, kMaxBytes / manifest.format.unit_bytes());
  read.index_checksum = totals.Checksum("index_xxh3");
  RETURN_IF_ERROR(totals.Finish());
  manifest.finished = read;
  return manifest;
}

}  // namespace culturemert
