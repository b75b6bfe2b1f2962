#include "datasets/store/pcm_store_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "datasets/audio/decoder_versions.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "samples are written as they are in memory");

absl::string_view AsBytes(absl::Span<const std::int16_t> samples) {
  return absl::string_view(reinterpret_cast<const char*>(samples.data()),
                           samples.size() * kStoreSampleBytes);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PcmStoreWriter>> PcmStoreWriter::Open(
    Files& files, absl::string_view directory,
    const PcmStoreWriterOptions& options) {
  if (options.max_shard_bytes < kStoreSampleBytes ||
      options.max_shard_bytes > kMaxShardBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        directory, ": a shard may take ", kStoreSampleBytes, " to ",
        kMaxShardBytes, " bytes, not ", options.max_shard_bytes));
  }
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  ASSIGN_OR_RETURN(std::unique_ptr<FileLock> lock,
                   files.Lock(JoinPath(directory, kStoreLockName)));
  auto writer = std::unique_ptr<PcmStoreWriter>(new PcmStoreWriter(
      files, std::string(directory), options, std::move(lock)));
  RETURN_IF_ERROR(files.RemoveStaleTemporaries(directory));
  RETURN_IF_ERROR(writer->ReadIndex());
  RETURN_IF_ERROR(writer->CheckShards());
  RETURN_IF_ERROR(writer->RemoveRest());
  writer->indexed_ = writer->recordings_.size();
  for (std::size_t i = 0; i < writer->recordings_.size(); ++i) {
    writer->by_id_[writer->recordings_[i].id] = i;
  }
  return writer;
}

PcmStoreWriter::PcmStoreWriter(Files& files, std::string directory,
                               const PcmStoreWriterOptions& options,
                               std::unique_ptr<FileLock> lock)
    : files_(files),
      directory_(std::move(directory)),
      options_(options),
      lock_(std::move(lock)) {}

PcmStoreWriter::~PcmStoreWriter() = default;

std::string PcmStoreWriter::Path(absl::string_view name) const {
  return JoinPath(directory_, name);
}

const StoredRecording* PcmStoreWriter::Find(absl::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  return found == by_id_.end() ? nullptr : &recordings_[found->second];
}

absl::Status PcmStoreWriter::Append(const NewRecording& recording,
                                    absl::Span<const std::int16_t> samples) {
  RETURN_IF_ERROR(status_);
  RETURN_IF_ERROR(CheckNew(recording, samples));
  status_ = Write(recording, samples);
  if (status_.ok() && unsynced_bytes_ >= options_.sync_bytes) {
    status_ = SyncAll();
  }
  return status_;
}

absl::Status PcmStoreWriter::Sync() {
  if (status_.ok()) status_ = SyncAll();
  return status_;
}

absl::Status PcmStoreWriter::Finish() {
  if (status_.ok()) status_ = SyncAll();
  if (status_.ok()) status_ = WriteManifest();
  is_finished_ = status_.ok();
  return status_;
}

absl::Status PcmStoreWriter::CheckNew(
    const NewRecording& recording,
    absl::Span<const std::int16_t> samples) const {
  const std::string place =
      absl::StrCat(directory_, ": recording ", QuoteForMessage(recording.id));
  if (is_finished_) {
    return absl::FailedPreconditionError(
        absl::StrCat(place, " comes after the store was finished"));
  }
  for (const std::string* text : {&recording.id, &recording.culture,
                                  &recording.source, &recording.decoder}) {
    if (!IsValidUtf8(*text)) {
      return absl::InvalidArgumentError(absl::StrCat(
          place, ": ", QuoteForMessage(*text), " is not valid UTF-8"));
    }
  }
  if (recording.id.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(directory_, ": a recording has no id"));
  }
  if (Find(recording.id) != nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, " is in the store already"));
  }
  if (samples.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(place, " has no samples"));
  }
  const std::uint64_t most = options_.max_shard_bytes / kStoreSampleBytes;
  if (samples.size() > most) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, " has ", samples.size(), " samples, but a shard ",
                     "takes ", most, "; split the recording"));
  }
  return absl::OkStatus();
}

absl::Status PcmStoreWriter::Write(const NewRecording& recording,
                                   absl::Span<const std::int16_t> samples) {
  const std::uint64_t most = options_.max_shard_bytes / kStoreSampleBytes;
  if (shard_samples_.empty() ||
      samples.size() > most - std::min(most, shard_samples_.back())) {
    RETURN_IF_ERROR(SyncAll());
    if (shard_ != nullptr) RETURN_IF_ERROR(shard_->Close());
    shard_ = nullptr;
    if (shard_samples_.size() == kMaxShards) {
      return absl::ResourceExhaustedError(
          absl::StrCat(directory_, ": all ", kMaxShards, " shards are full"));
    }
    shard_samples_.push_back(0);
  }
  if (shard_ == nullptr) RETURN_IF_ERROR(OpenShard());
  RETURN_IF_ERROR(shard_->Append(AsBytes(samples)));
  StoredRecording stored;
  stored.id = recording.id;
  stored.culture = recording.culture;
  stored.source = recording.source;
  stored.decoder = recording.decoder;
  stored.shard = static_cast<int>(shard_samples_.size()) - 1;
  stored.first_sample = shard_samples_.back();
  stored.samples = samples.size();
  stored.clipped_samples = recording.clipped_samples;
  stored.checksum = HashBytes(AsBytes(samples));
  by_id_[stored.id] = recordings_.size();
  recordings_.push_back(std::move(stored));
  shard_samples_.back() += samples.size();
  unsynced_bytes_ += samples.size() * kStoreSampleBytes;
  return absl::OkStatus();
}

absl::Status PcmStoreWriter::RemoveManifest() {
  const absl::Status status = files_.Remove(Path(kStoreManifestName));
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status PcmStoreWriter::OpenShard() {
  RETURN_IF_ERROR(RemoveManifest());
  const int shard = static_cast<int>(shard_samples_.size()) - 1;
  ASSIGN_OR_RETURN(shard_, files_.OpenToAppend(Path(ShardName(shard))));
  return absl::OkStatus();
}

absl::Status PcmStoreWriter::SyncAll() {
  if (shard_ != nullptr && unsynced_bytes_ > 0) {
    RETURN_IF_ERROR(shard_->Sync());
  }
  unsynced_bytes_ = 0;
  if (index_ == nullptr) {
    ASSIGN_OR_RETURN(index_,
                     JsonLinesWriter::Open(files_, Path(kStoreIndexName)));
  } else if (indexed_ == recordings_.size()) {
    return absl::OkStatus();
  }
  for (; indexed_ < recordings_.size(); ++indexed_) {
    RETURN_IF_ERROR(index_->Append(ToJson(recordings_[indexed_])));
  }
  return index_->Sync();
}

absl::Status PcmStoreWriter::WriteManifest() {
  if (shard_ != nullptr) RETURN_IF_ERROR(shard_->Close());
  RETURN_IF_ERROR(index_->Close());
  StoreManifest manifest;
  const std::string index = Path(kStoreIndexName);
  ASSIGN_OR_RETURN(const FileInfo info, files_.Info(index));
  manifest.index_bytes = info.size_bytes;
  ASSIGN_OR_RETURN(manifest.index_checksum, HashFile(files_, index));
  manifest.recordings = recordings_.size();
  for (const std::uint64_t samples : shard_samples_) {
    manifest.samples += samples;
    manifest.shard_bytes.push_back(samples * kStoreSampleBytes);
  }
  manifest.libraries = LoadedDecoderVersions();
  ASSIGN_OR_RETURN(const std::string text, FormatStoreManifest(manifest));
  return files_.WriteAtomically(Path(kStoreManifestName), text);
}

}  // namespace culturemert
