// What a store holds, whether it is intact, and removing what no one needs.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_STORE_UPKEEP_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_STORE_UPKEEP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "experiments/artifacts/artifact_store.h"

namespace culturemert {

enum class StoredKind {
  kArtifact,
  kPartial,  // Of an action at work, or cut off.
  kDamaged,  // Put aside.
  kRemoved,  // Its removal was cut off.
};

// A directory of the store.
struct StoredEntry {
  StoredKind kind = StoredKind::kArtifact;
  ArtifactId id;
  std::string directory;
  std::uint64_t size_bytes = 0;  // On the disk, with the manifest.
  // Of an artifact that is intact as far as it was looked at.
  std::optional<ArtifactManifest> manifest;
  // Why there is no manifest; OK for all that is no artifact.
  absl::Status problem;
  // Who is at work on it; empty for no one.
  std::string holder;
};

// By action and key. A store that does not exist is empty. Directories that no
// store makes are left out.
absl::StatusOr<std::vector<StoredEntry>> ListArtifacts(
    ArtifactStore& store, Verification verification = Verification::kSizes);

// The bytes of all files below; 0 if there is no such directory.
absl::StatusOr<std::uint64_t> TreeBytes(Files& files,
                                        const std::string& directory);

struct PruneOptions {
  // These stay, and what is unfinished of them.
  std::optional<std::set<ArtifactKey>> keep;
  // Artifacts go only if they were finished before.
  std::optional<absl::Time> finished_before;
  // Removes nothing, and tells what would go.
  bool is_dry_run = true;
};

// Removes what was put aside as damaged or half removed, unfinished work that
// no one holds, and, where `keep` or `finished_before` is given, the artifacts
// that neither saves. Returns what went (or would go). Artifacts whose manifest
// cannot be read are damaged ones.
//
// Any artifact may be an input of an action that is just at work: unless it is
// a dry run, kFailedPrecondition, naming the process, if one holds a claim in
// this store.
absl::StatusOr<std::vector<StoredEntry>> PruneArtifacts(
    ArtifactStore& store, const PruneOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_STORE_UPKEEP_H_
