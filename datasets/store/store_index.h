// The files of a PCM store and what their lines and fields mean: README.md is
// the reference of the format, this is its code.

#ifndef CULTUREMERT_DATASETS_STORE_STORE_INDEX_H_
#define CULTUREMERT_DATASETS_STORE_STORE_INDEX_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/audio/decoder_versions.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

inline constexpr int kStoreVersion = 1;
inline constexpr int kStoreRateHz = 24000;
inline constexpr std::uint64_t kStoreSampleBytes = 2;
// A shard holds no more than this; a recording never spans two shards.
inline constexpr std::uint64_t kMaxShardBytes = std::uint64_t{1} << 30;
inline constexpr int kMaxShards = 100000;

inline constexpr char kStoreIndexName[] = "recordings.jsonl";
inline constexpr char kStoreManifestName[] = "manifest.json";
inline constexpr char kStoreLockName[] = "writer.lock";

// "audio-00000.pcm"; shard in [0, kMaxShards).
std::string ShardName(int shard);

// The number of such a name; -1 for any other.
int ShardNumber(absl::string_view name);

// A line of the index.
struct StoredRecording {
  std::string id;  // Unique in the store.
  std::string culture;
  std::string source;   // Where the audio came from.
  std::string decoder;  // What decoded and resampled it.
  int shard = 0;
  std::uint64_t first_sample = 0;  // Within the shard.
  std::uint64_t samples = 0;       // At least 1.
  // How many samples did not fit into 16 bits.
  std::uint64_t clipped_samples = 0;
  Hash128 checksum;  // XXH3-128 of the samples' bytes.

  double seconds() const { return static_cast<double>(samples) / kStoreRateHz; }
};

nlohmann::json ToJson(const StoredRecording& recording);

// kInvalidArgument, beginning with `place`, for a missing or unknown field, a
// value of the wrong type or out of range.
absl::StatusOr<StoredRecording> ParseStoredRecording(
    const nlohmann::json& record, absl::string_view place);

// Follows the lines of an index and checks that each recording starts where the
// one before it ends, or at the start of the next shard, and that ids differ.
class IndexChecker {
 public:
  // kDataLoss, beginning with `place`. Counts the recording if it is right.
  absl::Status Check(const StoredRecording& recording, absl::string_view place);

  // Samples in each shard so far.
  const std::vector<std::uint64_t>& shard_samples() const {
    return shard_samples_;
  }

 private:
  std::vector<std::uint64_t> shard_samples_;
  absl::flat_hash_set<std::string> ids_;
};

// Written last: a store with a manifest is finished.
struct StoreManifest {
  std::uint64_t recordings = 0;
  std::uint64_t samples = 0;
  std::uint64_t index_bytes = 0;
  Hash128 index_checksum;  // XXH3-128 of the index file.
  std::vector<std::uint64_t> shard_bytes;
  DecoderVersions libraries;
};

// The whole file, with a line feed at its end.
absl::StatusOr<std::string> FormatStoreManifest(const StoreManifest& manifest);

// `path` names the file in errors: kInvalidArgument for what is no manifest,
// kFailedPrecondition for one of another version.
absl::StatusOr<StoreManifest> ParseStoreManifest(absl::string_view text,
                                                 absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_STORE_STORE_INDEX_H_
