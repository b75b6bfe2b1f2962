#include "datasets/codes/code_store_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kSyncBytes = std::uint64_t{4} << 20;

absl::string_view AsBytes(absl::Span<const std::uint16_t> codes) {
  return absl::string_view(reinterpret_cast<const char*>(codes.data()),
                           codes.size() * sizeof(std::uint16_t));
}

absl::string_view AsText(absl::Span<const std::uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}

// Where the first `lines` lines end.
std::size_t EndOfLines(absl::string_view text, std::size_t lines) {
  std::size_t end = 0;
  for (std::size_t line = 0; line < lines; ++line) {
    end = text.find('\n', end) + 1;
  }
  return end;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CodeStoreWriter>> CodeStoreWriter::Open(
    Files& files, absl::string_view directory, const CodeFormat& format) {
  if (format.books < 1 || format.books > 64 || format.codes_per_book < 2 ||
      format.codes_per_book > 65536) {
    return absl::InvalidArgumentError(absl::StrCat(
        directory, ": ", format.books, " books of ", format.codes_per_book,
        " codes; expected 1 to 64 books of 2 to 65536"));
  }
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  ASSIGN_OR_RETURN(std::unique_ptr<FileLock> lock,
                   files.Lock(JoinPath(directory, kCodesLockName)));
  auto writer = std::unique_ptr<CodeStoreWriter>(new CodeStoreWriter(
      files, std::string(directory), format, std::move(lock)));
  RETURN_IF_ERROR(files.RemoveStaleTemporaries(directory));
  RETURN_IF_ERROR(writer->ReadManifest());
  RETURN_IF_ERROR(writer->ReadIndex());
  RETURN_IF_ERROR(writer->CutToMatch());
  writer->indexed_ = writer->recordings_.size();
  for (const CodedRecording& recording : writer->recordings_) {
    writer->ids_.insert(recording.id);
  }
  return writer;
}

CodeStoreWriter::CodeStoreWriter(Files& files, std::string directory,
                                 const CodeFormat& format,
                                 std::unique_ptr<FileLock> lock)
    : files_(files),
      directory_(std::move(directory)),
      format_(format),
      lock_(std::move(lock)) {}

std::string CodeStoreWriter::Path(absl::string_view name) const {
  return JoinPath(directory_, name);
}

absl::Status CodeStoreWriter::ReadManifest() {
  const std::string path = Path(kCodesManifestName);
  const absl::StatusOr<std::string> text = files_.Read(path);
  if (absl::IsNotFound(text.status())) return WriteUnfinishedManifest();
  RETURN_IF_ERROR(text);
  ASSIGN_OR_RETURN(const CodeManifest manifest, ParseCodeManifest(*text, path));
  is_marked_finished_ = manifest.is_finished;
  if (manifest.format == format_) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      directory_, " holds codes of ", manifest.format.tokenizer, " (",
      manifest.format.books, " books of ", manifest.format.codes_per_book,
      "), not of ", format_.tokenizer, " (", format_.books, " of ",
      format_.codes_per_book, "); choose another folder"));
}

absl::Status CodeStoreWriter::ReadIndex() {
  const std::string path = Path(kCodesIndexName);
  const absl::StatusOr<FileInfo> info = files_.Info(path);
  if (absl::IsNotFound(info.status())) return absl::OkStatus();
  RETURN_IF_ERROR(info);
  RETURN_IF_ERROR(RemoveTornTail(files_, path));
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files_, path));
  for (std::size_t i = 0; i < lines.records.size(); ++i) {
    ASSIGN_OR_RETURN(
        CodedRecording recording,
        ParseCodedRecording(lines.records[i], absl::StrCat(path, ":", i + 1)));
    recordings_.push_back(std::move(recording));
  }
  return absl::OkStatus();
}

absl::Status CodeStoreWriter::CutToMatch() {
  const std::string path = Path(kCodesName);
  const absl::StatusOr<FileInfo> info = files_.Info(path);
  if (!info.ok() && !absl::IsNotFound(info.status())) return info.status();
  const std::uint64_t found_bytes = info.ok() ? info->size_bytes : 0;
  const std::uint64_t frame_bytes = format_.books * sizeof(std::uint16_t);
  std::size_t kept = 0;
  std::uint64_t used_bytes = 0;
  for (; kept < recordings_.size(); ++kept) {
    const std::uint64_t bytes = recordings_[kept].frames * frame_bytes;
    if (bytes > found_bytes - used_bytes) break;
    used_bytes += bytes;
  }
  if (kept == recordings_.size() && used_bytes == found_bytes) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(MarkUnfinished());
  if (kept < recordings_.size()) {
    const std::string index = Path(kCodesIndexName);
    ASSIGN_OR_RETURN(const std::string text, files_.Read(index));
    RETURN_IF_ERROR(files_.WriteAtomically(
        index, absl::string_view(text).substr(0, EndOfLines(text, kept))));
    recordings_.resize(kept);
  }
  if (used_bytes < found_bytes) {
    ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files_.Map(path));
    RETURN_IF_ERROR(files_.WriteAtomically(
        path, AsText(file->bytes()).substr(0, used_bytes)));
  }
  return absl::OkStatus();
}

absl::Status CodeStoreWriter::WriteUnfinishedManifest() {
  CodeManifest manifest;
  manifest.format = format_;
  return WriteManifest(manifest);
}

absl::Status CodeStoreWriter::MarkUnfinished() {
  if (!is_marked_finished_) return absl::OkStatus();
  RETURN_IF_ERROR(WriteUnfinishedManifest());
  is_marked_finished_ = false;
  return absl::OkStatus();
}

absl::Status CodeStoreWriter::Append(absl::string_view id,
                                     absl::Span<const std::uint16_t> codes) {
  RETURN_IF_ERROR(status_);
  RETURN_IF_ERROR(CheckNew(id, codes));
  status_ = Write(id, codes);
  if (status_.ok() && unsynced_bytes_ >= kSyncBytes) status_ = SyncAll();
  return status_;
}

absl::Status CodeStoreWriter::Sync() {
  if (status_.ok()) status_ = SyncAll();
  return status_;
}

absl::Status CodeStoreWriter::Finish() {
  if (status_.ok()) status_ = SyncAll();
  if (status_.ok()) status_ = Close();
  is_closed_ = status_.ok();
  return status_;
}

absl::Status CodeStoreWriter::CheckNew(
    absl::string_view id, absl::Span<const std::uint16_t> codes) const {
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
  if (codes.empty() || codes.size() % format_.books != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        place, " has ", codes.size(), " codes, expected a multiple of the ",
        format_.books, " books"));
  }
  const std::uint16_t largest = *std::max_element(codes.begin(), codes.end());
  if (largest >= format_.codes_per_book) {
    return absl::InvalidArgumentError(absl::StrCat(place, " has the code ",
                                                   largest, ", books have ",
                                                   format_.codes_per_book));
  }
  return absl::OkStatus();
}

absl::Status CodeStoreWriter::Write(absl::string_view id,
                                    absl::Span<const std::uint16_t> codes) {
  if (codes_ == nullptr) {
    RETURN_IF_ERROR(MarkUnfinished());
    ASSIGN_OR_RETURN(codes_, files_.OpenToAppend(Path(kCodesName)));
  }
  RETURN_IF_ERROR(codes_->Append(AsBytes(codes)));
  CodedRecording recording;
  recording.id = std::string(id);
  recording.frames = codes.size() / format_.books;
  recording.checksum = HashBytes(AsBytes(codes));
  ids_.insert(recording.id);
  recordings_.push_back(std::move(recording));
  unsynced_bytes_ += codes.size() * sizeof(std::uint16_t);
  return absl::OkStatus();
}

absl::Status CodeStoreWriter::SyncAll() {
  if (codes_ == nullptr) {
    ASSIGN_OR_RETURN(codes_, files_.OpenToAppend(Path(kCodesName)));
  }
  RETURN_IF_ERROR(codes_->Sync());
  unsynced_bytes_ = 0;
  if (index_ == nullptr) {
    ASSIGN_OR_RETURN(index_,
                     JsonLinesWriter::Open(files_, Path(kCodesIndexName)));
  }
  for (; indexed_ < recordings_.size(); ++indexed_) {
    RETURN_IF_ERROR(index_->Append(ToJson(recordings_[indexed_])));
  }
  return index_->Sync();
}

absl::Status CodeStoreWriter::Close() {
  RETURN_IF_ERROR(codes_->Close());
  RETURN_IF_ERROR(index_->Close());
  CodeManifest manifest;
  manifest.format = format_;
  manifest.is_finished = true;
  manifest.recordings = recordings_.size();
  for (const CodedRecording& recording : recordings_) {
    manifest.frames += recording.frames;
  }
  ASSIGN_OR_RETURN(manifest.index_checksum,
                   HashFile(files_, Path(kCodesIndexName)));
  return WriteManifest(manifest);
}

absl::Status CodeStoreWriter::WriteManifest(const CodeManifest& manifest) {
  ASSIGN_OR_RETURN(const std::string text, FormatCodeManifest(manifest));
  return files_.WriteAtomically(Path(kCodesManifestName), text);
}

}  // namespace culturemert
