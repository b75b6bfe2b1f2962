// Reads a feature store, memory-mapped. feature_index.h describes the files.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<FeatureStore> store,
//                    FeatureStore::Open(files, "features/makam"));
//   const absl::Span<const float> features = store->Features(0);

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "experiments/evaluation/feature_index.h"
#include "tools/base/files/files.h"

namespace culturemert {

// All functions may be called from several threads at once.
class FeatureStore {
 public:
  // Checks the manifest, the index against its checksum, the size of the
  // features' file; the features themselves only Verify reads. `files` must
  // outlive the store. kFailedPrecondition for a store that is not finished or
  // of another version, kDataLoss or kInvalidArgument, naming the file, for a
  // damaged one.
  static absl::StatusOr<std::unique_ptr<FeatureStore>> Open(
      Files& files, absl::string_view directory);

  const std::string& directory() const { return directory_; }
  const FeatureFormat& format() const { return manifest_.format; }
  // Of all recordings.
  std::uint64_t windows() const { return manifest_.windows; }
  // In the order of the index.
  const std::vector<FeatureRecording>& recordings() const {
    return recordings_;
  }
  // Which of recordings() has this id.
  std::optional<std::size_t> Find(absl::string_view id) const;

  // Those of recordings()[recording], [windows, states, state_size], without a
  // copy. Each is finite, or Verify would have said so.
  absl::Span<const float> Features(std::size_t recording) const;

  // Reads all features: kDataLoss names the first recording that differs from
  // its checksum or holds what is no finite number.
  absl::Status Verify() const;

 private:
  FeatureStore(std::string directory, FeatureManifest manifest)
      : directory_(std::move(directory)), manifest_(std::move(manifest)) {}

  absl::Status ReadIndex(Files& files);
  absl::Status MapFeatures(Files& files);

  const std::string directory_;
  const FeatureManifest manifest_;
  std::vector<FeatureRecording> recordings_;
  std::vector<std::uint64_t> first_windows_;  // Of each, in the whole file.
  absl::flat_hash_map<absl::string_view, std::size_t> by_id_;
  std::unique_ptr<MappedFile> file_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_H_
