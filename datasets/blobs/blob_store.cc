#include "datasets/blobs/blob_store.h"

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {

absl::StatusOr<std::unique_ptr<BlobStore>> BlobStore::Open(
    Files& files, absl::string_view directory, const BlobKind& kind) {
  const std::string path = JoinPath(directory, kBlobManifestName);
  ASSIGN_OR_RETURN(const std::string text, files.Read(path));
  ASSIGN_OR_RETURN(BlobManifest manifest, ParseBlobManifest(text, kind, path));
  if (!manifest.finished.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, ": the ", kind.store, " was not finished; ",
                     kind.again, " to go on"));
  }
  auto store = std::unique_ptr<BlobStore>(
      new BlobStore(std::string(directory), std::move(manifest)));
  RETURN_IF_ERROR(store->ReadIndex(files));
  RETURN_IF_ERROR(store->MapData(files));
  return store;
}

std::string BlobStore::Advice() const {
  return absl::StrCat("; remove the store, ", format_.kind->again);
}

absl::Status BlobStore::ReadIndex(Files& files) {
  const BlobKind& kind = *format_.kind;
  const std::string path = JoinPath(directory_, kind.index_name);
  ASSIGN_OR_RETURN(const Hash128 checksum, HashFile(files, path));
  if (checksum != totals_.index_checksum) {
    return absl::DataLossError(
        absl::StrCat(path, ": damaged: its checksum is ", checksum.ToHex(),
                     ", expected ", totals_.index_checksum.ToHex(), Advice()));
  }
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files, path));
  std::uint64_t units = 0;
  blobs_.reserve(lines.records.size());
  for (std::size_t i = 0; i < lines.records.size(); ++i) {
    const std::string place = absl::StrCat(path, ":", i + 1);
    ASSIGN_OR_RETURN(Blob blob, ParseBlob(lines.records[i], kind, place));
    first_units_.push_back(units);
    units += blob.units;
    blobs_.push_back(std::move(blob));
    if (!by_id_.emplace(blobs_[i].id, i).second) {
      return absl::DataLossError(absl::StrCat(
          place, ": ", QuoteForMessage(blobs_[i].id), " is there twice"));
    }
  }
  if (blobs_.size() != totals_.recordings || units != totals_.units) {
    return absl::DataLossError(absl::StrCat(
        path, ": ", blobs_.size(), " recordings of ", units, " ", kind.units,
        ", the manifest says ", totals_.recordings, " of ", totals_.units));
  }
  return absl::OkStatus();
}

absl::Status BlobStore::MapData(Files& files) {
  const std::string path = JoinPath(directory_, format_.kind->data_name);
  ASSIGN_OR_RETURN(file_, files.Map(path));
  const std::uint64_t expected = totals_.units * format_.unit_bytes();
  if (file_->bytes().size() != expected) {
    return absl::DataLossError(
        absl::StrCat(path, ": holds ", file_->bytes().size(),
                     " bytes, its recordings take ", expected, Advice()));
  }
  return absl::OkStatus();
}

std::optional<std::size_t> BlobStore::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

absl::string_view BlobStore::Bytes(std::size_t blob) const {
  return BlobBytes(file_->bytes())
      .substr(first_units_[blob] * format_.unit_bytes(),
              blobs_[blob].units * format_.unit_bytes());
}

absl::Status BlobStore::Verify() const {
  const std::string path = JoinPath(directory_, format_.kind->data_name);
  for (std::size_t i = 0; i < blobs_.size(); ++i) {
    const absl::string_view blob = Bytes(i);
    const std::string place =
        absl::StrCat(path, ": ", QuoteForMessage(blobs_[i].id));
    if (HashBytes(blob) != blobs_[i].checksum) {
      return absl::DataLossError(
          absl::StrCat(place, " differs from its checksum", Advice()));
    }
    const std::string fault = format_.fault(blob);
    if (!fault.empty()) {
      return absl::DataLossError(absl::StrCat(place, ": ", fault));
    }
  }
  return absl::OkStatus();
}

}  // namespace culturemert
