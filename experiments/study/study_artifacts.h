// What is read of a finished plan to write its record.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_STUDY_ARTIFACTS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_STUDY_ARTIFACTS_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/manifest.h"
#include "experiments/artifacts/plan.h"
#include "tools/base/files/files.h"

namespace culturemert {

// The artifacts of one plan by the ids of its nodes. Not for several threads at
// once: it remembers the sets that it has read.
class StudyArtifacts {
 public:
  // Both have to outlive it. Reads nothing yet.
  StudyArtifacts(const Plan& plan, ArtifactStore& store)
      : plan_(plan), store_(store) {}
  StudyArtifacts(const StudyArtifacts&) = delete;
  StudyArtifacts& operator=(const StudyArtifacts&) = delete;

  const Plan& plan() const { return plan_; }
  Files& files() { return store_.files(); }

  // kNotFound where the plan has no node of this id.
  absl::StatusOr<const Plan::Node*> Node(absl::string_view id) const;
  // Where the node's artifact is, whether or not it was pruned.
  absl::StatusOr<std::string> Folder(absl::string_view id) const;

  // kNotFound for artifacts that were not needed any more, and were pruned.
  absl::StatusOr<ArtifactManifest> Manifest(const Plan::Node& node);
  // What the action reported of itself. kNotFound like Node and Manifest.
  absl::StatusOr<nlohmann::json> Facts(absl::string_view id);

  // That of SetNodeId(dataset), as long as this lives.
  absl::StatusOr<const PreparedSet*> Set(const std::string& dataset);

 private:
  const Plan& plan_;
  ArtifactStore& store_;
  std::map<std::string, PreparedSet> sets_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_STUDY_ARTIFACTS_H_
