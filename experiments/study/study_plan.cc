#include "experiments/study/study_plan.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/study/base_paths.h"
#include "experiments/study/data_nodes.h"
#include "experiments/study/evaluation_nodes.h"
#include "experiments/study/model_nodes.h"
#include "experiments/study/study_costs.h"
#include "experiments/study/token_similarity.h"
#include "tools/base/config/config.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Estimate = std::function<absl::StatusOr<ActionCost>()>;

// Nodes, and all that stands in their way.
class Builder {
 public:
  Builder(const StudyContext& context, const ExperimentConfig& config)
      : context_(context),
        config_(config),
        costs_(std::make_shared<StudyCosts>(context, config)) {}

  absl::StatusOr<Plan> Build() {
    for (const std::string& name : NeededSets()) {
      Add(SetNode(context_, name, config_.datasets.at(name), config_.prepare));
    }
    const std::set<std::string> tokenized = TokenizedSets();
    if (!tokenized.empty()) AddTokenizer();
    for (const std::string& name : tokenized) {
      Add(CodesNode(context_, name, config_.datasets.at(name)),
          [costs = costs_, name] { return costs->OfCodes(name); });
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
        Add(CompareNode(context_, config_, pair, dataset),
            [costs = costs_, dataset] { return costs->OfComparison(dataset); });
      }
    }
    if (!problems_.empty()) return ProblemsError();
    return Plan::Create(std::move(nodes_));
  }

 private:
  void Fail(const absl::Status& status) {
    if (problems_.empty()) problem_code_ = status.code();
    const std::string message(
        absl::StripTrailingAsciiWhitespace(status.message()));
    if (seen_.insert(message).second) problems_.push_back(message);
  }

  absl::Status ProblemsError() const {
    std::string text;
    if (problems_.size() > 1) {
      text = absl::StrCat(problems_.size(), " things are missing or wrong\n\n");
    }
    if (context_.data_root.empty() && ReadsFiles()) {
      absl::StrAppend(&text,
                      "data sets are looked for in the current folder, as "
                      "neither --data_root=FOLDER nor $CULTUREMERT_DATA_ROOT "
                      "is given\n\n");
    }
    return absl::Status(problem_code_,
                        absl::StrCat(text, absl::StrJoin(problems_, "\n\n")));
  }

  bool ReadsFiles() const {
    const std::set<std::string> names = NeededSets();
    return std::any_of(
        names.begin(), names.end(), [this](const std::string& name) {
          return config_.datasets.at(name).source == AudioSource::kFiles;
        });
  }

  // `estimate` is for nodes that have none of their own.
  void Add(absl::StatusOr<PlanNode> node, Estimate estimate = nullptr) {
    if (node.ok()) {
      if (estimate) node->estimate = std::move(estimate);
      nodes_.push_back(*std::move(node));
    } else {
      Fail(node.status());
    }
  }

  bool IsFitted() const { return config_.base.tokenizer == kFittedTokenizer; }

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

  void AddTokenizer() {
    if (IsFitted()) {
      return Add(
          FitTokenizerNode(context_, config_.base.kmeans, config_.base.fit_to),
          [costs = costs_] { return costs->OfTokenizerFit(); });
    }
    Add(Annotate(
        ImportTokenizerNode(context_, TokenizerPath(context_, config_.base)),
        "base.tokenizer (EnCodec's weights are "
        "facebook/encodec_24khz on huggingface.co; \"fit\" makes "
        "k-means of the experiment's own audio)"));
  }

  void AddWeights(const ModelConfig& model) {
    const Estimate of_weights = [costs = costs_, model] {
      return costs->OfWeights(model);
    };
    switch (model.kind) {
      case ModelKind::kWeights: {
        if (model.path.empty() && config_.base.weights == kRandomBase) {
          return Add(RandomWeightsNode(model.label, config_.base.shape, ""),
                     of_weights);
        }
        const std::string path = model.path.empty()
                                     ? BaseWeightsPath(context_, config_.base)
                                     : ResolveUserPath(model.path);
        return Add(
            Annotate(
                ImportWeightsNode(context_, model.label, path),
                model.path.empty()
                    ? std::string("base.weights (MERT's are m-a-p/MERT-v1-95M "
                                  "on huggingface.co; give the folder with "
                                  "--weights)")
                    : absl::StrCat("model ", model.label)),
            of_weights);
      }
      case ModelKind::kRandom: {
        const bool has_base = model.from != "nothing";
        return Add(RandomWeightsNode(
                       model.label, config_.base.shape,
                       has_base ? WeightsNodeId(model.from) : std::string()),
                   of_weights);
      }
      case ModelKind::kPretrain: {
        const absl::StatusOr<TrainingConfig> training =
            TrainingOf(config_, model);
        if (!training.ok()) return Fail(training.status());
        return Add(PretrainNode(context_, config_, model, *training),
                   [costs = costs_, model, training = *training] {
                     return costs->OfPretraining(model, training);
                   });
      }
      case ModelKind::kMerge:
        return Add(MergeNode(config_, model), of_weights);
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
        Add(FeaturesNode(context_, config_, model, dataset),
            [costs = costs_, model, dataset] {
              return costs->OfFeatures(model, dataset);
            });
      }
      Add(ProbeNode(context_, config_, model, *probing, dataset),
          [costs = costs_, model, probing = *probing, dataset] {
            return costs->OfProbes(model, probing, dataset);
          });
      Add(ScoreNode(context_, config_, model, dataset),
          [costs = costs_, dataset] { return costs->OfScores(dataset); });
    }
  }

  const StudyContext& context_;
  const ExperimentConfig& config_;
  // Asked by the nodes, as long as there are any.
  const std::shared_ptr<StudyCosts> costs_;
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
