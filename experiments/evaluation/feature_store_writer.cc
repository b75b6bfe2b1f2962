#include "experiments/evaluation/feature_store_writer.h"

#include <cmath>
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

absl::string_view AsBytes(absl::Span<const float> features) {
  return absl::string_view(reinterpret_cast<const char*>(features.data()),
                           features.size() * sizeof(float));
}

absl::string_view AsText(absl::Span<const std::uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}

std::string DescribeFormat(const FeatureFormat& format) {
  return absl::StrCat(QuoteForMessage(format.extractor, 200), " (",
                      format.states, " states of ", format.state_size, ", ",
                      QuoteForMessage(format.protocol, 300), ")");
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

absl::StatusOr<std::unique_ptr<FeatureStoreWriter>> FeatureStoreWriter::Open(
    Files& files, absl::string_view directory, const FeatureFormat& format) {
  if (format.states < 1 || format.states > kMaxFeatureStates ||
      format.state_size < 1 || format.state_size > kMaxFeatureStateSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(directory, ": ", format.states, " states of ",
                     format.state_size, "; expected 1 to ", kMaxFeatureStates,
                     " of 1 to ", kMaxFeatureStateSize));
  }
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  ASSIGN_OR_RETURN(std::unique_ptr<FileLock> lock,
                   files.Lock(JoinPath(directory, kFeaturesLockName)));
  auto writer = std::unique_ptr<FeatureStoreWriter>(new FeatureStoreWriter(
      files, std::string(directory), format, std::move(lock)));
  RETURN_IF_ERROR(files.RemoveStaleTemporaries(directory));
  RETURN_IF_ERROR(writer->ReadManifest());
  RETURN_IF_ERROR(writer->ReadIndex());
  RETURN_IF_ERROR(writer->CutToMatch());
  writer->indexed_ = writer->recordings_.size();
  for (const FeatureRecording& recording : writer->recordings_) {
    writer->ids_.insert(recording.id);
  }
  return writer;
}

FeatureStoreWriter::FeatureStoreWriter(Files& files, std::string directory,
                                       const FeatureFormat& format,
                                       std::unique_ptr<FileLock> lock)
    : files_(files),
      directory_(std::move(directory)),
      format_(format),
      lock_(std::move(lock)) {}

std::string FeatureStoreWriter::Path(absl::string_view name) const {
  return JoinPath(directory_, name);
}

absl::Status FeatureStoreWriter::ReadManifest() {
  const std::string path = Path(kFeaturesManifestName);
  const absl::StatusOr<std::string> text = files_.Read(path);
  if (absl::IsNotFound(text.status())) {
    is_marked_finished_ = true;  // Nothing says the contrary yet.
    return MarkUnfinished();
  }
  RETURN_IF_ERROR(text);
  ASSIGN_OR_RETURN(const FeatureManifest manifest,
                   ParseFeatureManifest(*text, path));
  is_marked_finished_ = manifest.is_finished;
  if (manifest.format == format_) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      directory_, " holds features of ", DescribeFormat(manifest.format),
      ", not of ", DescribeFormat(format_), "; choose another folder"));
}

absl::Status FeatureStoreWriter::ReadIndex() {
  const std::string path = Path(kFeaturesIndexName);
  const absl::StatusOr<FileInfo> info = files_.Info(path);
  if (absl::IsNotFound(info.status())) return absl::OkStatus();
  RETURN_IF_ERROR(info);
  RETURN_IF_ERROR(RemoveTornTail(files_, path));
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files_, path));
  for (std::size_t i = 0; i < lines.records.size(); ++i) {
    ASSIGN_OR_RETURN(FeatureRecording recording,
                     ParseFeatureRecording(lines.records[i],
                                           absl::StrCat(path, ":", i + 1)));
    recordings_.push_back(std::move(recording));
  }
  return absl::OkStatus();
}

absl::Status FeatureStoreWriter::CutToMatch() {
  const std::string path = Path(kFeaturesName);
  const absl::StatusOr<FileInfo> info = files_.Info(path);
  if (!info.ok() && !absl::IsNotFound(info.status())) return info.status();
  const std::uint64_t found_bytes = info.ok() ? info->size_bytes : 0;
  const std::uint64_t window_bytes =
      static_cast<std::uint64_t>(format_.window_size()) * sizeof(float);
  std::size_t kept = 0;
  std::uint64_t used_bytes = 0;
  for (; kept < recordings_.size(); ++kept) {
    const std::uint64_t left = (found_bytes - used_bytes) / window_bytes;
    if (recordings_[kept].windows > left) break;
    used_bytes += recordings_[kept].windows * window_bytes;
  }
  if (kept == recordings_.size() && used_bytes == found_bytes) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(MarkUnfinished());
  if (kept < recordings_.size()) {
    const std::string index = Path(kFeaturesIndexName);
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

absl::Status FeatureStoreWriter::MarkUnfinished() {
  if (!is_marked_finished_) return absl::OkStatus();
  FeatureManifest manifest;
  manifest.format = format_;
  RETURN_IF_ERROR(WriteManifest(manifest));
  is_marked_finished_ = false;
  return absl::OkStatus();
}

absl::Status FeatureStoreWriter::Append(absl::string_view id,
                                        absl::Span<const float> features) {
  RETURN_IF_ERROR(status_);
  RETURN_IF_ERROR(CheckNew(id, features));
  status_ = Write(id, features);
  if (status_.ok() && unsynced_bytes_ >= kSyncBytes) status_ = SyncAll();
  return status_;
}

absl::Status FeatureStoreWriter::Sync() {
  if (status_.ok()) status_ = SyncAll();
  return status_;
}

absl::Status FeatureStoreWriter::Finish() {
  if (status_.ok()) status_ = SyncAll();
  if (status_.ok()) status_ = Close();
  is_closed_ = status_.ok();
  return status_;
}

absl::Status FeatureStoreWriter::CheckNew(
    absl::string_view id, absl::Span<const float> features) const {
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
  const auto size = static_cast<std::size_t>(format_.window_size());
  if (features.empty() || features.size() % size != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        place, " has ", features.size(), " features, expected a multiple of ",
        format_.states, " states of ", format_.state_size));
  }
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (std::isfinite(features[i])) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        place, ": feature ", i % static_cast<std::size_t>(format_.state_size),
        " of window ", i / size, " is ", features[i], ", no finite number"));
  }
  return absl::OkStatus();
}

absl::Status FeatureStoreWriter::Write(absl::string_view id,
                                       absl::Span<const float> features) {
  if (features_ == nullptr) {
    RETURN_IF_ERROR(MarkUnfinished());
    ASSIGN_OR_RETURN(features_, files_.OpenToAppend(Path(kFeaturesName)));
  }
  RETURN_IF_ERROR(features_->Append(AsBytes(features)));
  FeatureRecording recording;
  recording.id = std::string(id);
  recording.windows =
      features.size() / static_cast<std::size_t>(format_.window_size());
  recording.checksum = HashBytes(AsBytes(features));
  ids_.insert(recording.id);
  recordings_.push_back(std::move(recording));
  unsynced_bytes_ += features.size() * sizeof(float);
  return absl::OkStatus();
}

absl::Status FeatureStoreWriter::SyncAll() {
  if (features_ == nullptr) {
    ASSIGN_OR_RETURN(features_, files_.OpenToAppend(Path(kFeaturesName)));
  }
  RETURN_IF_ERROR(features_->Sync());
  unsynced_bytes_ = 0;
  if (index_ == nullptr) {
    ASSIGN_OR_RETURN(index_,
                     JsonLinesWriter::Open(files_, Path(kFeaturesIndexName)));
  }
  for (; indexed_ < recordings_.size(); ++indexed_) {
    RETURN_IF_ERROR(index_->Append(ToJson(recordings_[indexed_])));
  }
  return index_->Sync();
}

absl::Status FeatureStoreWriter::Close() {
  RETURN_IF_ERROR(features_->Close());
  RETURN_IF_ERROR(index_->Close());
  FeatureManifest manifest;
  manifest.format = format_;
  manifest.is_finished = true;
  manifest.recordings = recordings_.size();
  for (const FeatureRecording& recording : recordings_) {
    manifest.windows += recording.windows;
  }
  ASSIGN_OR_RETURN(manifest.index_checksum,
                   HashFile(files_, Path(kFeaturesIndexName)));
  return WriteManifest(manifest);
}

absl::Status FeatureStoreWriter::WriteManifest(
    const FeatureManifest& manifest) {
  ASSIGN_OR_RETURN(const std::string text, FormatFeatureManifest(manifest));
  return files_.WriteAtomically(Path(kFeaturesManifestName), text);
}

}  // namespace culturemert
