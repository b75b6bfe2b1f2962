#include "experiments/study/study_plan.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/study/data_nodes.h"
#include "experiments/study/evaluation_nodes.h"
#include "experiments/study/model_nodes.h"
#include "experiments/study/token_similarity.h"
#include "tools/base/config/config.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kShippedBase[] = "mini";
constexpr char kRandomBase[] = "random";
constexpr char kBesideBase[] = "base";
constexpr char kFitted[] = "fit";

// Nodes, and all that stands in their way.
class Builder {
 public:
  Builder(const StudyContext& context, const ExperimentConfig& config)
      : context_(context), config_(config) {}

  absl::StatusOr<Plan> Build() {
    for (const std::string& name : NeededSets()) {
      Add(SetNode(context_, name, config_.datasets.at(name), config_.prepare));
    }
    const std::set<std::string> tokenized = TokenizedSets();
    if (!tokenized.empty()) AddTokenizer();
    for (const std::string& name : tokenized) {
      nodes_.push_back(CodesNode(context_, name));
    }
    if (config_.token_similarity) {
      nodes_.push_back(TokenSimilarityNode(config_.evaluation.datasets));
    }
    for (const ModelConfig* model : config_.NeededModels()) AddWeights(*model);
    for (const std::string& row : config_.rows) {
      AddRow(*config_.FindModel(row));
    }
    for (const ModelPair& pair : config_.comparisons) {
      for (const std::string& dataset : config_.evaluation.datasets) {
        nodes_.push_back(CompareNode(context_, config_, pair, dataset));
      }
    }
    if (!problems_.empty()) {
      return absl::Status(problem_code_, absl::StrJoin(problems_, "\n\n"));
    }
    return Plan::Create(std::move(nodes_));
  }

 private:
  void Fail(const absl::Status& status) {
    if (problems_.empty()) problem_code_ = status.code();
    const std::string message(status.message());
    if (seen_.insert(message).second) problems_.push_back(message);
  }

  void Add(absl::StatusOr<PlanNode> node) {
    if (node.ok()) {
      nodes_.push_back(*std::move(node));
    } else {
      Fail(node.status());
    }
  }

  bool IsFitted() const { return config_.base.tokenizer == kFitted; }

  std::set<std::string> TokenizedSets() const {
    std::set<std::string> names;
    for (const ModelConfig* model : config_.NeededModels()) {
      names.insert(model->cultures.begin(), model->cultures.end());
      names.insert(model->replay.begin(), model->replay.end());
    }
    if (config_.token_similarity) {
      names.insert(config_.evaluation.datasets.begin(),
                   config_.evaluation.datasets.end());
    }
    return names;
  }

  std::set<std::string> NeededSets() const {
    std::set<std::string> names = TokenizedSets();
    if (!config_.rows.empty()) {
      names.insert(config_.evaluation.datasets.begin(),
                   config_.evaluation.datasets.end());
    }
    if (!names.empty() && IsFitted()) {
      names.insert(config_.base.fit_to.begin(), config_.base.fit_to.end());
    }
    return names;
  }

  std::string BaseWeights() const {
    return config_.base.weights == kShippedBase
               ? context_.mini_folder
               : ResolveUserPath(config_.base.weights);
  }

  void AddTokenizer() {
    if (IsFitted()) {
      return Add(
          FitTokenizerNode(context_, config_.base.kmeans, config_.base.fit_to));
    }
    const std::string path = config_.base.tokenizer == kBesideBase
                                 ? JoinPath(BaseWeights(), kTokenizerFileName)
                                 : ResolveUserPath(config_.base.tokenizer);
    Add(Annotate(ImportTokenizerNode(context_, path),
                 "base.tokenizer (EnCodec's weights are "
                 "facebook/encodec_24khz on huggingface.co; \"fit\" makes "
                 "k-means of the experiment's own audio)"));
  }

  void AddWeights(const ModelConfig& model) {
    switch (model.kind) {
      case ModelKind::kWeights: {
        if (model.path.empty() && config_.base.weights == kRandomBase) {
          return Add(RandomWeightsNode(model.label, config_.base.shape, ""));
        }
        const std::string path =
            model.path.empty() ? BaseWeights() : ResolveUserPath(model.path);
        return Add(Annotate(
            ImportWeightsNode(context_, model.label, path),
            model.path.empty()
                ? std::string("base.weights (MERT's are m-a-p/MERT-v1-95M on "
                              "huggingface.co; give the folder with --weights)")
                : absl::StrCat("model ", model.label)));
      }
      case ModelKind::kRandom: {
        const bool has_base = model.from != "nothing";
        return Add(RandomWeightsNode(
            model.label, config_.base.shape,
            has_base ? WeightsNodeId(model.from) : std::string()));
      }
      case ModelKind::kPretrain: {
        const absl::StatusOr<TrainingConfig> training =
            TrainingOf(config_, model);
        if (!training.ok()) return Fail(training.status());
        return Add(PretrainNode(context_, config_, model, *training));
      }
      case ModelKind::kMerge:
        return Add(MergeNode(model));
      case ModelKind::kLogMel:
      case ModelKind::kChance:
      case ModelKind::kExternal:
        return;
    }
  }

  void AddRow(const ModelConfig& model) {
    ConfigLoader<ProbingConfig> loader(config_.evaluation.probing);
    for (const std::string& setting : model.probing) loader.Set(setting);
    const absl::StatusOr<ProbingConfig> probing =
        Annotate(loader.Build(), absl::StrCat("model ", model.label));
    if (!probing.ok()) return Fail(probing.status());
    for (const std::string& dataset : config_.evaluation.datasets) {
      if (model.kind != ModelKind::kChance) {
        Add(FeaturesNode(context_, config_, model, dataset));
      }
      Add(ProbeNode(context_, config_, model, *probing, dataset));
      nodes_.push_back(ScoreNode(context_, config_, model, dataset));
    }
  }

  const StudyContext& context_;
  const ExperimentConfig& config_;
  std::vector<PlanNode> nodes_;
  std::vector<std::string> problems_;
  std::set<std::string> seen_;
  absl::StatusCode problem_code_ = absl::StatusCode::kInvalidArgument;
};

}  // namespace

absl::StatusOr<Plan> MakeStudyPlan(const StudyContext& context,
                                   const ExperimentConfig& config) {
  return Builder(context, config).Build();
}

absl::StatusOr<TrainingConfig> TrainingOf(const ExperimentConfig& config,
                                          const ModelConfig& model) {
  ConfigLoader<TrainingConfig> loader(config.pretraining);
  for (const std::string& setting : model.pretraining) loader.Set(setting);
  return Annotate(loader.Build(), absl::StrCat("model ", model.label));
}

}  // namespace culturemert
