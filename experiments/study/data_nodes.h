// The actions that make data: audio, tokenizers, codes.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_DATA_NODES_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_DATA_NODES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/actions/tokenizer_config.h"
#include "experiments/artifacts/plan.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

// Ids of nodes.
std::string SetNodeId(absl::string_view dataset);    // "set.makam"
std::string CodesNodeId(absl::string_view dataset);  // "codes.makam"
inline constexpr char kTokenizerNodeId[] = "tokenizer";

// Beside a base model's weights.
inline constexpr char kTokenizerFileName[] = "tokenizer.safetensors";
// In their artifacts. The tokenizer is a file or a folder, as it was given.
inline constexpr char kTokenizerName[] = "tokenizer";
inline constexpr char kCodesFolderName[] = "codes";

// A prepared set (prepared_set.h). Of files: reads the data set's metadata now,
// for the key; errors are those of LoadAnyDataset, which say how to get it.
absl::StatusOr<PlanNode> SetNode(const StudyContext& context,
                                 const std::string& name,
                                 const DatasetConfig& config,
                                 const PrepareConfig& prepare);

// A copy of the weights at `path`; reads them now, for the key.
absl::StatusOr<PlanNode> ImportTokenizerNode(const StudyContext& context,
                                             const std::string& path);

// k-means fitted to the training recordings of these datasets.
absl::StatusOr<PlanNode> FitTokenizerNode(
    const StudyContext& context, const KmeansConfig& config,
    const std::vector<std::string>& datasets);

// A code store: of all recordings but those for testing, unless they are
// trained on (DatasetConfig::is_transductive) or there are no others.
PlanNode CodesNode(const StudyContext& context, const std::string& dataset,
                   const DatasetConfig& config);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_DATA_NODES_H_
