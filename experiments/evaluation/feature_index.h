// The files of a feature store: what an encoder made of each recording's
// windows.
//
//   features.bin    little-endian float32, recording after recording; of each,
//                   [windows, states, state_size]
//   features.jsonl  one line a recording: id, windows, checksum (XXH3-128)
//   manifest.json   version, states, state_size, extractor, protocol; once the
//                   store is finished also recordings, windows, checksum of
//                   features.jsonl
//
// Where a recording's features begin follows from the lines before its own.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_INDEX_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_INDEX_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

inline constexpr int kFeatureStoreVersion = 1;
inline constexpr char kFeaturesName[] = "features.bin";
inline constexpr char kFeaturesIndexName[] = "features.jsonl";
inline constexpr char kFeaturesManifestName[] = "manifest.json";
inline constexpr char kFeaturesLockName[] = "writer.lock";

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

nlohmann::json ToJson(const FeatureRecording& recording);
absl::StatusOr<FeatureRecording> ParseFeatureRecording(
    const nlohmann::json& record, absl::string_view place);

struct FeatureManifest {
  FeatureFormat format;
  bool is_finished = false;  // Else the rest means nothing.
  std::uint64_t recordings = 0;
  std::uint64_t windows = 0;
  Hash128 index_checksum;  // Of features.jsonl.
};

absl::StatusOr<std::string> FormatFeatureManifest(
    const FeatureManifest& manifest);
// kInvalidArgument for what is no manifest, kFailedPrecondition for one of
// another version; `path` names the file.
absl::StatusOr<FeatureManifest> ParseFeatureManifest(absl::string_view text,
                                                     absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_FEATURE_INDEX_H_
