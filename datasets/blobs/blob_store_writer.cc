#include "datasets/blobs/blob_store_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kSyncBytes = std::uint64_t{4} << 20;

// Where the first `lines` lines end.
std::size_t EndOfLines(absl::string_view text, std::size_t lines) {
  std::size_t end = 0;
  for (std::size_t line = 0; line < lines; ++line) {
    end = text.find('\n', end) + 1;
  }
  return end;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlobStoreWriter>> BlobStoreWriter::Open(
    Files& files, absl::string_view directory, BlobFormat format) {
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  ASSIGN_OR_RETURN(std::unique_ptr<FileLock> lock,
                   files.Lock(JoinPath(directory, kBlobLockName)));
  auto writer = std::unique_ptr<BlobStoreWriter>(new BlobStoreWriter(
      files, std::string(directory), std::move(format), std::move(lock)));
  RETURN_IF_ERROR(files.RemoveStaleTemporaries(directory));
  RETURN_IF_ERROR(writer->ReadManifest());
  RETURN_IF_ERROR(writer->ReadIndex());
  RETURN_IF_ERROR(writer->CutToMatch());
  writer->indexed_ = writer->blobs_.size();
  for (const Blob& blob : writer->blobs_) writer->ids_.insert(blob.id);
  return writer;
}

BlobStoreWriter::BlobStoreWriter(Files& files, std::string directory,
                                 BlobFormat format,
                                 std::unique_ptr<FileLock> lock)
    : files_(files),
      directory_(std::move(directory)),
      format_(std::move(format)),
      lock_(std::move(lock)) {}

std::string BlobStoreWriter::Path(absl::string_view name) const {
  return JoinPath(directory_, name);
}

absl::Status BlobStoreWriter::ReadManifest() {
  const std::string path = Path(kBlobManifestName);
  const absl::StatusOr<std::string> text = files_.Read(path);
  if (absl::IsNotFound(text.status())) return WriteManifest(std::nullopt);
  RETURN_IF_ERROR(text);
  ASSIGN_OR_RETURN(const BlobManifest manifest,
                   ParseBlobManifest(*text, *format_.kind, path));
  is_marked_finished_ = manifest.finished.has_value();
  if (manifest.format.fields == format_.fields) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(directory_, " holds ", format_.kind->elements, " of ",
                   manifest.format.description, ", not of ",
                   format_.description, "; choose another folder"));
}

absl::Status BlobStoreWriter::ReadIndex() {
  const std::string path = Path(format_.kind->index_name);
  const absl::StatusOr<FileInfo> info = files_.Info(path);
  if (absl::IsNotFound(info.status())) return absl::OkStatus();
  RETURN_IF_ERROR(info);
  RETURN_IF_ERROR(RemoveTornTail(files_, path));
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files_, path));
  for (std::size_t i = 0; i < lines.records.size(); ++i) {
    ASSIGN_OR_RETURN(Blob blob, ParseBlob(lines.records[i], *format_.kind,
                                          absl::StrCat(path, ":", i + 1)));
    blobs_.push_back(std::move(blob));
  }
  return absl::OkStatus();
}

absl::Status BlobStoreWriter::CutToMatch() {
  const std::string path = Path(format_.kind->data_name);
  const absl::StatusOr<FileInfo> info = files_.Info(path);
  if (!info.ok() && !absl::IsNotFound(info.status())) return info.status();
  const std::uint64_t found_bytes = info.ok() ? info->size_bytes : 0;
  const std::uint64_t unit_bytes = format_.unit_bytes();
  std::size_t kept = 0;
  std::uint64_t used_bytes = 0;
  for (; kept < blobs_.size(); ++kept) {
    const std::uint64_t left = (found_bytes - used_bytes) / unit_bytes;
    if (blobs_[kept].units > left) break;
    used_bytes += blobs_[kept].units * unit_bytes;
  }
  if (kept == blobs_.size() && used_bytes == found_bytes) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(MarkUnfinished());
  if (kept < blobs_.size()) {
    const std::string index = Path(format_.kind->index_name);
    ASSIGN_OR_RETURN(const std::string text, files_.Read(index));
    RETURN_IF_ERROR(files_.WriteAtomically(
        index, absl::string_view(text).substr(0, EndOfLines(text, kept))));
    blobs_.resize(kept);
  }
  if (used_bytes < found_bytes) {
    ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files_.Map(path));
    RETURN_IF_ERROR(files_.WriteAtomically(
        path, BlobBytes(file->bytes()).substr(0, used_bytes)));
  }
  return absl::OkStatus();
}

absl::Status BlobStoreWriter::MarkUnfinished() {
  if (!is_marked_finished_) return absl::OkStatus();
  RETURN_IF_ERROR(WriteManifest(std::nullopt));
  is_marked_finished_ = false;
  return absl::OkStatus();
}

absl::Status BlobStoreWriter::Append(absl::string_view id,
                                     absl::string_view blob) {
  RETURN_IF_ERROR(status_);
  RETURN_IF_ERROR(CheckNew(id, blob));
  status_ = Write(id, blob);
  if (status_.ok() && unsynced_bytes_ >= kSyncBytes) status_ = SyncAll();
  return status_;
}

absl::Status BlobStoreWriter::Sync() {
  if (status_.ok()) status_ = SyncAll();
  return status_;
}

absl::Status BlobStoreWriter::Finish() {
  if (status_.ok()) status_ = SyncAll();
  if (status_.ok()) status_ = Close();
  is_closed_ = status_.ok();
  return status_;
}

absl::Status BlobStoreWriter::CheckNew(absl::string_view id,
                                       absl::string_view blob) const {
  const std::string place =
      absl::StrCat(directory_, ": recording ", QuoteForMessage(id));
  if (is_closed_) {
    return absl::FailedPreconditionError(
        absl::StrCat(place, " comes after the store was finished"));
  }
  if (id.empty() || !IsValidUtf8(id)) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, " has no id in valid UTF-8"));
  }
  if (Contains(id)) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, " is in the store already"));
  }
  if (blob.empty() || blob.size() % format_.unit_bytes() != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        place, " has ", blob.size() / format_.kind->element_bytes, " ",
        format_.kind->elements, ", expected a multiple of ", format_.unit));
  }
  const std::string fault = format_.fault(blob);
  if (!fault.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(place, ": ", fault));
  }
  return absl::OkStatus();
}

absl::Status BlobStoreWriter::Write(absl::string_view id,
                                    absl::string_view blob) {
  if (data_ == nullptr) {
    RETURN_IF_ERROR(MarkUnfinished());
    ASSIGN_OR_RETURN(data_, files_.OpenToAppend(Path(format_.kind->data_name)));
  }
  RETURN_IF_ERROR(data_->Append(blob));
  blobs_.push_back(
      {std::string(id), blob.size() / format_.unit_bytes(), HashBytes(blob)});
  ids_.insert(blobs_.back().id);
  unsynced_bytes_ += blob.size();
  return absl::OkStatus();
}

absl::Status BlobStoreWriter::SyncAll() {
  if (data_ == nullptr) {
    ASSIGN_OR_RETURN(data_, files_.OpenToAppend(Path(format_.kind->data_name)));
  }
  RETURN_IF_ERROR(data_->Sync());
  unsynced_bytes_ = 0;
  if (index_ == nullptr) {
    ASSIGN_OR_RETURN(
        index_, JsonLinesWriter::Open(files_, Path(format_.kind->index_name)));
  }
  for (; indexed_ < blobs_.size(); ++indexed_) {
    RETURN_IF_ERROR(index_->Append(ToJson(blobs_[indexed_], *format_.kind)));
  }
  return index_->Sync();
}

absl::Status BlobStoreWriter::Close() {
  RETURN_IF_ERROR(data_->Close());
  RETURN_IF_ERROR(index_->Close());
  BlobTotals totals;
  totals.recordings = blobs_.size();
  for (const Blob& blob : blobs_) totals.units += blob.units;
  ASSIGN_OR_RETURN(totals.index_checksum,
                   HashFile(files_, Path(format_.kind->index_name)));
  return WriteManifest(totals);
}

absl::Status BlobStoreWriter::WriteManifest(
    const std::optional<BlobTotals>& finished) {
  ASSIGN_OR_RETURN(const std::string text,
                   FormatBlobManifest({format_, finished}));
  return files_.WriteAtomically(Path(kBlobManifestName), text);
}

}  // namespace culturemert
