// Reads a PCM store: one-channel 24 kHz 16-bit recordings in memory-mapped
// shards. README.md describes the files.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<PcmStore> store,
//                    PcmStore::Open(files, "stores/makam"));
//   const absl::Span<const std::int16_t> samples = store->Samples(0);

#ifndef CULTUREMERT_DATASETS_STORE_PCM_STORE_H_
#define CULTUREMERT_DATASETS_STORE_PCM_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/store/store_index.h"
#include "tools/base/files/files.h"

namespace culturemert {

// All functions may be called from several threads at once.
class PcmStore {
 public:
  // Maps the store in `directory`. Checks the manifest, the index against its
  // checksum, that recordings lie one behind the other, and the shards' sizes;
  // the samples themselves only Verify reads. `files` must outlive the store.
  // kFailedPrecondition for a store that is not finished or of another version,
  // kDataLoss or kInvalidArgument, naming file and line, for a damaged one.
  static absl::StatusOr<std::unique_ptr<PcmStore>> Open(
      Files& files, absl::string_view directory);

  const std::string& directory() const { return directory_; }
  const StoreManifest& manifest() const { return manifest_; }

  // In the order of the index.
  const std::vector<StoredRecording>& recordings() const { return recordings_; }

  // Which of recordings() has this id.
  std::optional<std::size_t> Find(absl::string_view id) const;

  // The samples of recordings()[recording], without a copy.
  absl::Span<const std::int16_t> Samples(std::size_t recording) const;

  // Fills `out` with the samples from `first` on, each divided by 32768.
  // kOutOfRange, naming the recording, if there are not as many.
  absl::Status ReadFloat(std::size_t recording, std::uint64_t first,
                         absl::Span<float> out) const;

  // Reads all samples and compares them with their checksums. kDataLoss names
  // the shard and the recording; when there are several, the first.
  absl::Status Verify() const;

 private:
  PcmStore(std::string directory, StoreManifest manifest);

  absl::Status ReadIndex(Files& files);
  absl::Status MapShards(Files& files,
                         const std::vector<std::uint64_t>& shard_samples);

  const std::string directory_;
  const StoreManifest manifest_;
  std::vector<StoredRecording> recordings_;
  absl::flat_hash_map<absl::string_view, std::size_t> by_id_;
  std::vector<std::unique_ptr<MappedFile>> shards_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_STORE_PCM_STORE_H_
