// Where artifacts are kept, and how they come there whole or not at all.
//
//   <root>/<action>/<key>/manifest.json   see manifest.h
//   <root>/<action>/<key>/data/           what the action wrote
//   <root>/<action>/<key>.partial/        the same while the action is at work,
//                                         and after a crash; also scratch/,
//                                         which goes when the action is done
//   <root>/<action>/<key>.damaged-<n>/    found damaged and put aside, so that
//                                         nothing is lost; Prune removes it
//   <root>/<action>/<key>.lock, .beat     who is at work, see claim.h
//
// An artifact is finished by Commit: every file is synced and its checksum
// taken, the manifest is written and synced, and the directory is renamed into
// place.
//
// How an artifact is checked. Its manifest vouches for itself and for the sizes
// of the files: that is looked at each time (kSizes), and costs no more than
// the number of files. The bytes are compared with their checksums (kChecksums)
// once a process and artifact, before another action or a person reads them. So
// a repeated run does not read gigabytes that no one needs, and no action
// starts from damaged input.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_ARTIFACT_STORE_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_ARTIFACT_STORE_H_

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/artifacts/artifact_key.h"
#include "experiments/artifacts/claim.h"
#include "experiments/artifacts/manifest.h"
#include "tools/base/files/files.h"

namespace culturemert {

enum class Verification { kSizes, kChecksums };

// Where an action works.
struct WorkDirectory {
  std::string data;     // What stays.
  std::string scratch;  // What only a resumed action needs.
  bool is_resumed = false;
};

// Not for several threads at once.
class ArtifactStore {
 public:
  // Nothing is created or looked at before it is needed.
  ArtifactStore(Files& files, absl::string_view root, ClaimOptions options = {})
      : files_(files), root_(root), claims_(files, std::move(options)) {}
  ArtifactStore(const ArtifactStore&) = delete;
  ArtifactStore& operator=(const ArtifactStore&) = delete;

  Files& files() { return files_; }
  const std::string& root() const { return root_; }
  std::string DirectoryOf(const ArtifactId& id) const;
  std::string DataDirectoryOf(const ArtifactId& id) const;
  std::string PartialDirectoryOf(const ArtifactId& id) const;

  // The artifact's manifest if it is there and intact. kNotFound when it is not
  // there; kDataLoss, naming the file and what is wrong, when it is damaged;
  // other errors of Files where it cannot be told.
  absl::StatusOr<ArtifactManifest> Find(const ArtifactId& id,
                                        Verification verification);

  // The exclusive right to make, put aside or remove the artifact; see claim.h.
  absl::StatusOr<std::unique_ptr<Claim>> Take(const ArtifactId& id);
  // Who has it; empty for no one.
  std::string DescribeHolder(const ArtifactId& id) const;

  // The rest is for the holder of the claim.

  // Renames the artifact to <key>.damaged-<n>, and returns that directory.
  absl::StatusOr<std::string> PutAside(const ArtifactId& id);

  // The directories to work in, created. What an earlier process left there
  // stays if `is_resumable`, else it is removed.
  absl::StatusOr<WorkDirectory> Begin(const ArtifactId& id, bool is_resumable);

  // Puts what Begin's directory holds in place, with the manifest, whose
  // `files` it fills in. kAborted when the claim is lost. After any other error
  // the work is still in the partial directory, or is already in place, whole.
  absl::Status Commit(const Claim& claim, ArtifactManifest& manifest);

 private:
  std::string ClaimPathOf(const ArtifactId& id) const;
  absl::Status CheckFiles(const ArtifactManifest& manifest,
                          Verification verification);

  Files& files_;
  const std::string root_;
  Claims claims_;
  std::set<ArtifactKey> verified_;  // By their checksums, by this process.
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_ARTIFACT_STORE_H_
