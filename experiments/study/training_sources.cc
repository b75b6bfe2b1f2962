#include "experiments/study/training_sources.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/study/data_nodes.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

std::vector<Split> TrainingSplits(const DatasetConfig& dataset) {
  std::vector<Split> splits = {Split::kTrain};
  if (dataset.trains_on_validation) splits.push_back(Split::kValid);
  if (dataset.is_transductive) splits.push_back(Split::kTest);
  return splits;
}

absl::StatusOr<PoolSource> SourceOf(const ActionContext& action,
                                    const std::string& dataset,
                                    std::vector<Split> splits) {
  PoolSource source;
  source.culture = dataset;
  ASSIGN_OR_RETURN(source.set_folder, action.Input(SetNodeId(dataset)));
  ASSIGN_OR_RETURN(const std::string codes, action.Input(CodesNodeId(dataset)));
  source.codes_folder = JoinPath(codes, kCodesFolderName);
  source.splits = std::move(splits);
  return source;
}

absl::StatusOr<std::vector<PoolSource>> HeldOutSources(
    const ActionContext& action, const std::vector<std::string>& datasets,
    const std::map<std::string, std::vector<Split>>& trained) {
  std::vector<PoolSource> held_out;
  for (const std::string& dataset : datasets) {
    const std::vector<Split>& splits = trained.at(dataset);
    if (std::count(splits.begin(), splits.end(), Split::kValid) > 0) continue;
    ASSIGN_OR_RETURN(PoolSource source,
                     SourceOf(action, dataset, {Split::kValid}));
    ASSIGN_OR_RETURN(const PreparedSet set,
                     ReadPreparedSet(*action.files, source.set_folder));
    if (set.OfSplit(Split::kValid).empty()) continue;
    held_out.push_back(std::move(source));
  }
  if (held_out.empty()) {
    action.console->PrintLine(absl::StrCat(
        action.label,
        ": every validation recording is trained on, or there is none: no "
        "held-out loss"));
  }
  return held_out;
}

}  // namespace culturemert
