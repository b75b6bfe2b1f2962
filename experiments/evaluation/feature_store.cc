#include "experiments/evaluation/feature_store.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "features are read as they are in the file");

absl::string_view AsBytes(absl::Span<const float> values) {
  return absl::string_view(reinterpret_cast<const char*>(values.data()),
                           values.size() * sizeof(float));
}

}  // namespace

absl::StatusOr<std::unique_ptr<FeatureStore>> FeatureStore::Open(
    Files& files, absl::string_view directory) {
  const std::string path = JoinPath(directory, kFeaturesManifestName);
  ASSIGN_OR_RETURN(const std::string text, files.Read(path));
  ASSIGN_OR_RETURN(FeatureManifest manifest, ParseFeatureManifest(text, path));
  if (!manifest.is_finished) {
    return absl::FailedPreconditionError(absl::StrCat(
        directory, ": its features were not finished; embed again to go on"));
  }
  auto store = std::unique_ptr<FeatureStore>(
      new FeatureStore(std::string(directory), std::move(manifest)));
  RETURN_IF_ERROR(store->ReadIndex(files));
  RETURN_IF_ERROR(store->MapFeatures(files));
  return store;
}

absl::Status FeatureStore::ReadIndex(Files& files) {
  const std::string path = JoinPath(directory_, kFeaturesIndexName);
  ASSIGN_OR_RETURN(const Hash128 checksum, HashFile(files, path));
  if (checksum != manifest_.index_checksum) {
    return absl::DataLossError(absl::StrCat(
        path, ": damaged: its checksum is ", checksum.ToHex(), ", expected ",
        manifest_.index_checksum.ToHex(), "; remove the store, embed again"));
  }
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files, path));
  std::uint64_t windows = 0;
  recordings_.reserve(lines.records.size());
  for (std::size_t i = 0; i < lines.records.size(); ++i) {
    ASSIGN_OR_RETURN(FeatureRecording recording,
                     ParseFeatureRecording(lines.records[i],
                                           absl::StrCat(path, ":", i + 1)));
    first_windows_.push_back(windows);
    windows += recording.windows;
    recordings_.push_back(std::move(recording));
  }
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    if (!by_id_.emplace(recordings_[i].id, i).second) {
      return absl::DataLossError(
          absl::StrCat(path, ":", i + 1, ": ",
                       QuoteForMessage(recordings_[i].id), " is there twice"));
    }
  }
  if (recordings_.size() != manifest_.recordings ||
      windows != manifest_.windows) {
    return absl::DataLossError(
        absl::StrCat(path, ": ", recordings_.size(), " recordings of ", windows,
                     " windows, the manifest says ", manifest_.recordings,
                     " of ", manifest_.windows));
  }
  return absl::OkStatus();
}

absl::Status FeatureStore::MapFeatures(Files& files) {
  const std::string path = JoinPath(directory_, kFeaturesName);
  ASSIGN_OR_RETURN(file_, files.Map(path));
  const std::uint64_t expected =
      manifest_.windows *
      static_cast<std::uint64_t>(manifest_.format.window_size()) *
      sizeof(float);
  if (file_->bytes().size() != expected) {
    return absl::DataLossError(absl::StrCat(
        path, ": holds ", file_->bytes().size(), " bytes, its recordings take ",
        expected, "; remove the store, embed again"));
  }
  return absl::OkStatus();
}

std::optional<std::size_t> FeatureStore::Find(absl::string_view id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

absl::Span<const float> FeatureStore::Features(std::size_t recording) const {
  const auto* const values =
      reinterpret_cast<const float*>(file_->bytes().data());
  const auto size = static_cast<std::uint64_t>(format().window_size());
  return {values + first_windows_[recording] * size,
          recordings_[recording].windows * size};
}

absl::Status FeatureStore::Verify() const {
  const std::string path = JoinPath(directory_, kFeaturesName);
  for (std::size_t i = 0; i < recordings_.size(); ++i) {
    const absl::Span<const float> features = Features(i);
    const std::string place =
        absl::StrCat(path, ": ", QuoteForMessage(recordings_[i].id));
    if (HashBytes(AsBytes(features)) != recordings_[i].checksum) {
      return absl::DataLossError(absl::StrCat(
          place, " differs from its checksum; remove the store, embed again"));
    }
    if (!std::all_of(features.begin(), features.end(),
                     [](float value) { return std::isfinite(value); })) {
      return absl::DataLossError(
          absl::StrCat(place, " holds what is no finite number"));
    }
  }
  return absl::OkStatus();
}

}  // namespace culturemert
