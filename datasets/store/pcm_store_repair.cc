// What PcmStoreWriter::Open does about the traces of a crash.

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store_writer.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

absl::string_view AsText(absl::Span<const std::uint8_t> bytes) {
  return absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                           bytes.size());
}

}  // namespace

absl::Status PcmStoreWriter::ReadIndex() {
  const std::string path = Path(kStoreIndexName);
  const absl::StatusOr<FileInfo> info = files_.Info(path);
  if (absl::IsNotFound(info.status())) return absl::OkStatus();
  RETURN_IF_ERROR(info);
  ASSIGN_OR_RETURN(const std::optional<TornTail> torn,
                   RemoveTornTail(files_, path));
  if (torn.has_value()) {
    repairs_.push_back(
        absl::StrCat("removed a line that was cut short: ", torn->reason));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files_.Map(path));
  JsonLinesReader reader(AsText(file->bytes()), path);
  IndexChecker checker;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<JsonLine> line, reader.Next());
    if (!line.has_value()) break;
    const std::string place = absl::StrCat(path, ":", line->line);
    ASSIGN_OR_RETURN(StoredRecording recording,
                     ParseStoredRecording(line->record, place));
    RETURN_IF_ERROR(checker.Check(recording, place));
    recordings_.push_back(std::move(recording));
  }
  shard_samples_ = checker.shard_samples();
  return absl::OkStatus();
}

// Keeps the recordings whose samples are all there.
absl::Status PcmStoreWriter::CheckShards() {
  std::vector<std::uint64_t> found_bytes;
  for (std::size_t shard = 0; shard < shard_samples_.size(); ++shard) {
    const absl::StatusOr<FileInfo> info =
        files_.Info(Path(ShardName(static_cast<int>(shard))));
    if (!info.ok() && !absl::IsNotFound(info.status())) return info.status();
    found_bytes.push_back(info.ok() ? info->size_bytes : 0);
    const bool is_last = shard + 1 == shard_samples_.size();
    if (!is_last &&
        found_bytes.back() > shard_samples_[shard] * kStoreSampleBytes) {
      return absl::DataLossError(
          absl::StrCat(Path(ShardName(static_cast<int>(shard))), ": holds ",
                       found_bytes.back(), " bytes, its recordings take ",
                       shard_samples_[shard] * kStoreSampleBytes,
                       "; remove the store and prepare it again"));
    }
  }
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    const StoredRecording& recording = recordings_[i];
    const std::uint64_t end_bytes =
        (recording.first_sample + recording.samples) * kStoreSampleBytes;
    if (found_bytes[recording.shard] >= end_bytes) continue;
    return DropRecordings(
        i, absl::StrCat(ShardName(recording.shard), " holds ",
                        found_bytes[recording.shard], " bytes, recording ",
                        QuoteForMessage(recording.id), " ends at ", end_bytes));
  }
  return absl::OkStatus();
}

absl::Status PcmStoreWriter::DropRecordings(std::size_t kept,
                                            absl::string_view reason) {
  const std::size_t all = recordings_.size();
  const std::string path = Path(kStoreIndexName);
  ASSIGN_OR_RETURN(const std::string text, files_.Read(path));
  std::size_t end = 0;
  for (std::size_t line = 0; line < kept; ++line) {
    end = text.find('\n', end) + 1;
  }
  RETURN_IF_ERROR(RemoveManifest());
  RETURN_IF_ERROR(
      files_.WriteAtomically(path, absl::string_view(text).substr(0, end)));
  recordings_.resize(kept);
  shard_samples_.clear();
  for (const StoredRecording& recording : recordings_) {
    shard_samples_.resize(recording.shard + 1);
    shard_samples_.back() += recording.samples;
  }
  repairs_.push_back(
      absl::StrCat("dropped ", all - kept, " of ", all,
                   " recordings without their samples: ", reason));
  return absl::OkStatus();
}

// Removes samples that no line of the index tells of.
absl::Status PcmStoreWriter::RemoveRest() {
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files_.List(directory_));
  for (const DirectoryEntry& entry : entries) {
    const int shard = ShardNumber(entry.name);
    const int last = static_cast<int>(shard_samples_.size()) - 1;
    if (shard < 0 || shard < last) continue;  // No shard at all, or a full one.
    const std::string path = Path(entry.name);
    if (shard > last) {
      RETURN_IF_ERROR(RemoveManifest());
      RETURN_IF_ERROR(files_.Remove(path));
      repairs_.push_back(absl::StrCat(
          "removed ", entry.name, ", none of whose recordings was complete"));
      continue;
    }
    const std::uint64_t used_bytes = shard_samples_[shard] * kStoreSampleBytes;
    if (entry.size_bytes == used_bytes) continue;
    RETURN_IF_ERROR(RemoveManifest());
    ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files_.Map(path));
    RETURN_IF_ERROR(files_.WriteAtomically(
        path, AsText(file->bytes()).substr(0, used_bytes)));
    repairs_.push_back(absl::StrCat("removed ", entry.size_bytes - used_bytes,
                                    " bytes from the end of ", entry.name,
                                    ", of recordings that were not complete"));
  }
  return absl::OkStatus();
}

}  // namespace culturemert
