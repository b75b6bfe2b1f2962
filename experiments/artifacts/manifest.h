// manifest.json: what an artifact is, what it was made of and by what, and the
// sizes and checksums of its files.
//
//   {"action": "tokenize", "version": 2, "key": "99aa…", "label": "makam ·
//    codes", "config": {…}, "inputs": {"audio": {"action": "prepare", "key":
//    "01fe…"}}, "files": [{"name": "codes.npy", "bytes": 812, "xxh3": "…"}],
//    "facts": {"hours": 1.5}, "wall_seconds": 12.5, "peak_bytes": 301989888,
//    "finished": "2026-01-31T12:00:00Z", "format": "culturemert artifact",
//    "format_version": 1, "manifest_xxh3": "…"}
//
// `manifest_xxh3` is of the compact canonical JSON of all the rest, so that a
// manifest vouches for itself.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_MANIFEST_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_MANIFEST_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "experiments/artifacts/artifact_key.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

inline constexpr char kManifestName[] = "manifest.json";

struct ArtifactFile {
  std::string name;  // Below the artifact's data directory: "parts/a.npy".
  std::uint64_t size_bytes = 0;
  Hash128 checksum;  // XXH3-128 of its bytes.
};

struct ArtifactManifest {
  ArtifactRecipe recipe;
  ArtifactKey key;    // That of the recipe.
  std::string label;  // For people: "makam · codes".
  std::vector<ArtifactFile> files;
  // What the action reports of its result, an object: hours, a hash of the ids.
  nlohmann::json facts = nlohmann::json::object();
  // Of the process that finished it; earlier ones that were killed do not
  // count.
  double wall_seconds = 0;
  // The most memory that process had in use; 0 where it cannot be told.
  std::uint64_t peak_bytes = 0;
  absl::Time finished;  // To the second.

  ArtifactId id() const { return {recipe.action, key}; }
  // Of all files together.
  std::uint64_t size_bytes() const;
};

// Indented, with a line feed at the end. kInvalidArgument for facts or a label
// that JSON cannot hold.
absl::StatusOr<std::string> FormatManifest(const ArtifactManifest& manifest);

// kDataLoss, naming `path`, for everything but what FormatManifest writes: text
// that is no such JSON, another version, a checksum or key that does not fit
// the rest, and file names that lead out of the artifact.
absl::StatusOr<ArtifactManifest> ParseManifest(absl::string_view text,
                                               absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_MANIFEST_H_
