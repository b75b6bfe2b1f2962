// Reads a feature store, memory-mapped: what an encoder made of each
// recording's windows.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<FeatureStore> store,
//                    FeatureStore::Open(files, "features/makam"));
//   const absl::Span<const float> features = store->Features(0);
//
// Its files (datasets/blobs/blob_index.h) are
//   features.bin    float32, recording after recording; of each,
//                   [windows, states, state_size]
//   features.jsonl  one line a recording: id, windows, checksum (XXH3-128)
//   manifest.json   version, states, state_size, extractor, protocol; once the
//                   store is finished also recordings, windows, checksum of
//                   features.jsonl

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

struct BlobFormat;
class BlobStore;

inline constexpr std::int64_t kMaxFeatureStates = 257;
inline constexpr std::int64_t kMaxFeatureStateSize = 16384;

// What all features of a store have in common.
struct FeatureFormat {
  std::int64_t states = 13;       // 1 to kMaxFeatureStates.
  std::int64_t state_size = 768;  // 1 to kMaxFeatureStateSize.
  // What made them, weights included: FeatureExtractor::identity().
  std::string extractor;
  std::string protocol;  // ProtocolIdentity().

  // Floats in a window.
  std::int64_t window_size() const { return states * state_size; }

  friend bool operator==(const FeatureFormat& a, const FeatureFormat& b) {
    return a.states == b.states && a.state_size == b.state_size &&
           a.extractor == b.extractor && a.protocol == b.protocol;
  }
};

// A line of the index.
struct FeatureRecording {
  std::string id;             // Unique in the store.
  std::uint64_t windows = 0;  // At least 1, at most 2^32.
  Hash128 checksum;           // Of the recording's bytes in features.bin.
};

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

  ~FeatureStore();

  const std::string& directory() const;
  const FeatureFormat& format() const { return format_; }
  // Of all recordings.
  std::uint64_t windows() const;
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
  explicit FeatureStore(std::unique_ptr<const BlobStore> blobs);

  const std::unique_ptr<const BlobStore> blobs_;
  const FeatureFormat format_;
  const std::vector<FeatureRecording> recordings_;
};

// The same for blobs; FeatureStoreWriter needs it.
BlobFormat ToBlobFormat(const FeatureFormat& format);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_STORE_H_
