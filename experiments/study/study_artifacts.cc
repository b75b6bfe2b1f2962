#include "experiments/study/study_artifacts.h"

#include <utility>

#include "experiments/study/data_nodes.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<const Plan::Node*> StudyArtifacts::Node(
    absl::string_view id) const {
  ASSIGN_OR_RETURN(const int index, plan_.FindNode(id));
  return &plan_.nodes()[static_cast<std::size_t>(index)];
}

absl::StatusOr<std::string> StudyArtifacts::Folder(absl::string_view id) const {
  ASSIGN_OR_RETURN(const Plan::Node* node, Node(id));
  return store_.DataDirectoryOf(node->artifact());
}

absl::StatusOr<ArtifactManifest> StudyArtifacts::Manifest(
    const Plan::Node& node) {
  return store_.Find(node.artifact(), Verification::kSizes);
}

absl::StatusOr<nlohmann::json> StudyArtifacts::Facts(absl::string_view id) {
  ASSIGN_OR_RETURN(const Plan::Node* node, Node(id));
  ASSIGN_OR_RETURN(const ArtifactManifest manifest, Manifest(*node));
  return manifest.facts;
}

absl::StatusOr<const PreparedSet*> StudyArtifacts::Set(
    const std::string& dataset) {
  auto found = sets_.find(dataset);
  if (found == sets_.end()) {
    ASSIGN_OR_RETURN(const std::string folder, Folder(SetNodeId(dataset)));
    ASSIGN_OR_RETURN(PreparedSet set, ReadPreparedSet(files(), folder));
    found = sets_.emplace(dataset, std::move(set)).first;
  }
  return &found->second;
}

}  // namespace culturemert
