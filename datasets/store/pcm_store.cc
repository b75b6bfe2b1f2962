#include "datasets/store/pcm_store.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "datasets/audio/pcm16.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "samples are read as they are in the file");

absl::StatusOr<std::string> ReadManifestFile(Files& files,
                                             absl::string_view directory) {
  constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{1} << 26;
  absl::StatusOr<std::string> text =
      files.Read(JoinPath(directory, kStoreManifestName), kMaxManifestBytes);
  if (absl::IsNotFound(text.status()) &&
      files.Exists(JoinPath(directory, kStoreIndexName))) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, ": the store is not finished (it has no ",
                     kStoreManifestName, "); prepare it again to go on"));
  }
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PcmStore>> PcmStore::Open(
    Files& files, absl::string_view directory) {
  ASSIGN_OR_RETURN(const std::string text, ReadManifestFile(files, directory));
  ASSIGN_OR_RETURN(
      StoreManifest manifest,
      ParseStoreManifest(text, JoinPath(directory, kStoreManifestName)));
  auto store = std::unique_ptr<PcmStore>(
      new PcmStore(std::string(directory), std::move(manifest)));
  RETURN_IF_ERROR(store->ReadIndex(files));
  return store;
}

PcmStore::PcmStore(std::string directory, StoreManifest manifest)
    : directory_(std::move(directory)), manifest_(std::move(manifest)) {}

absl::Status PcmStore::ReadIndex(Files& files) {
  const std::string path = JoinPath(directory_, kStoreIndexName);
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file,
                   files.Map(path, MapAccess::kSequential));
  const absl::Span<const std::uint8_t> bytes = file->bytes();
  if (bytes.size() != manifest_.index_bytes ||
      HashBytes(bytes) != manifest_.index_checksum) {
    return absl::DataLossError(absl::StrCat(
        path, ": holds ", bytes.size(), " bytes with checksum ",
        HashBytes(bytes).ToHex(), ", expected ", manifest_.index_bytes,
        " bytes with ", manifest_.index_checksum.ToHex(),
        "; prepare the store again"));
  }
  JsonLinesReader reader(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                        bytes.size()),
      path);
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
  by_id_.reserve(recordings_.size());
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    by_id_[recordings_[i].id] = i;
  }
  return MapShards(files, checker.shard_samples());
}

absl::Status PcmStore::MapShards(
    Files& files, const std::vector<std::uint64_t>& shard_samples) {
  std::uint64_t samples = 0;
  for (const std::uint64_t of_shard : shard_samples) samples += of_shard;
  if (manifest_.recordings != recordings_.size() ||
      manifest_.samples != samples ||
      manifest_.shard_bytes.size() != shard_samples.size()) {
    return absl::DataLossError(absl::StrCat(
        directory_, ": the manifest announces ", manifest_.recordings,
        " recordings of ", manifest_.samples, " samples in ",
        manifest_.shard_bytes.size(), " shards, the index holds ",
        recordings_.size(), " of ", samples, " in ", shard_samples.size()));
  }
  for (std::size_t shard = 0; shard < shard_samples.size(); ++shard) {
    const std::string path =
        JoinPath(directory_, ShardName(static_cast<int>(shard)));
    ASSIGN_OR_RETURN(std::unique_ptr<MappedFile> file,
                     files.Map(path, MapAccess::kRandom));
    const std::uint64_t expected = shard_samples[shard] * kStoreSampleBytes;
    if (file->bytes().size() != expected ||
        manifest_.shard_bytes[shard] != expected) {
      return absl::DataLossError(absl::StrCat(
          path, ": holds ", file->bytes().size(), " bytes, the manifest says ",
          manifest_.shard_bytes[shard], ", and its recordings take ", expected,
          "; prepare the store again"));
    }
    if (reinterpret_cast<std::uintptr_t>(file->bytes().data()) %
            alignof(std::int16_t) !=
        0) {
      return absl::InternalError(
          absl::StrCat(path, ": mapped at an odd address"));
    }
    shards_.push_back(std::move(file));
  }
  return absl::OkStatus();
}

std::optional<std::size_t> PcmStore::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

absl::Span<const std::int16_t> PcmStore::Samples(std::size_t recording) const {
  const StoredRecording& stored = recordings_[recording];
  const auto* shard = reinterpret_cast<const std::int16_t*>(
      shards_[stored.shard]->bytes().data());
  return absl::MakeConstSpan(shard + stored.first_sample, stored.samples);
}

absl::Status PcmStore::ReadFloat(std::size_t recording, std::uint64_t first,
                                 absl::Span<float> out) const {
  if (recording >= recordings_.size()) {
    return absl::OutOfRangeError(
        absl::StrCat(directory_, ": there is no recording number ", recording,
                     " among ", recordings_.size()));
  }
  const absl::Span<const std::int16_t> samples = Samples(recording);
  if (first > samples.size() || out.size() > samples.size() - first) {
    return absl::OutOfRangeError(absl::StrCat(
        directory_, ": recording ", QuoteForMessage(recordings_[recording].id),
        " has ", samples.size(), " samples, not ", out.size(), " from sample ",
        first, " on"));
  }
  FromPcm16(samples.subspan(first, out.size()), out);
  return absl::OkStatus();
}

absl::Status PcmStore::Verify() const {
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    const absl::Span<const std::int16_t> samples = Samples(i);
    const Hash128 found = HashBytes(absl::MakeConstSpan(
        reinterpret_cast<const std::uint8_t*>(samples.data()),
        samples.size() * kStoreSampleBytes));
    if (found == recordings_[i].checksum) continue;
    return absl::DataLossError(absl::StrCat(
        JoinPath(directory_, ShardName(recordings_[i].shard)), ": recording ",
        QuoteForMessage(recordings_[i].id), " has checksum ", found.ToHex(),
        ", expected ", recordings_[i].checksum.ToHex(),
        "; remove the store and prepare it again"));
  }
  return absl::OkStatus();
}

}  // namespace culturemert
