#include "experiments/study/study_plan.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "experiments/study/definitions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kExperiment[] = "multicultural_cpt";

absl::StatusOr<ExperimentConfig> Load(
    const std::string& profile, const std::vector<std::string>& settings) {
  DefinitionSource source;
  source.folder = "experiments/configs";
  source.profile = profile;
  source.settings = settings;
  ASSIGN_OR_RETURN(const std::vector<Study> studies,
                   LoadStudies(Files::Real(), kExperiment, source));
  return studies.front().config;
}

using Keys = std::map<std::string, std::string>;

absl::StatusOr<Keys> KeysOf(const StudyContext& context,
                            const std::vector<std::string>& settings) {
  ASSIGN_OR_RETURN(const ExperimentConfig config, Load("smoke", settings));
  ASSIGN_OR_RETURN(const Plan plan, MakeStudyPlan(context, config));
  Keys keys;
  for (const Plan::Node& node : plan.nodes()) {
    for (const std::string& id : node.ids) keys[id] = node.key.ToHex();
  }
  return keys;
}

// Ids whose keys differ, or that only one of them has.
std::set<std::string> Changed(const Keys& before, const Keys& after) {
  std::set<std::string> ids;
  for (const auto& [id, key] : before) {
    if (after.count(id) == 0 || after.at(id) != key) ids.insert(id);
  }
  for (const auto& [id, key] : after) {
    if (before.count(id) == 0) ids.insert(id);
  }
  return ids;
}

// Ids that a setting changes in the plan.
std::set<std::string> ChangedBy(const std::string& setting) {
  const auto before = KeysOf(StudyContext(), {});
  const auto after = KeysOf(StudyContext(), {setting});
  EXPECT_THAT(before, IsOk());
  EXPECT_THAT(after, IsOk());
  if (!before.ok() || !after.ok()) return {};
  return Changed(*before, *after);
}

TEST(StudyPlanTest, EveryRowIsScoredOnEveryDataset) {
  const auto config = Load("smoke", {});
  ASSERT_THAT(config, IsOk());
  const auto plan = MakeStudyPlan(StudyContext(), *config);
  ASSERT_THAT(plan, IsOk());
  for (const std::string& row : config->rows) {
    for (const std::string& dataset : config->evaluation.datasets) {
      EXPECT_THAT(plan->FindNode("score." + row + "." + dataset), IsOk());
    }
  }
  EXPECT_THAT(plan->FindNode("compare.multicultural_cpt.base.lyra"), IsOk());
}

TEST(StudyPlanTest, WhereAndOnHowManyThreadsItRunsChangesNoKey) {
  StudyContext elsewhere;
  elsewhere.threads = 7;
  elsewhere.device = "cuda:3";
  elsewhere.data_root = "/data";
  elsewhere.mini_folder = "/mini";
  const auto here = KeysOf(StudyContext(), {});
  const auto there = KeysOf(elsewhere, {});
  ASSERT_THAT(here, IsOk());
  ASSERT_THAT(there, IsOk());
  EXPECT_EQ(*there, *here);
}

TEST(StudyPlanTest, WordsForReadersChangeNoKey) {
  EXPECT_THAT(ChangedBy("question=Why?"), IsEmpty());
  EXPECT_THAT(ChangedBy("datasets.makam.title=Makam"), IsEmpty());
}

TEST(StudyPlanTest, ProbesSeedsChangeProbesAndWhatIsMadeOfThem) {
  const std::set<std::string> changed = ChangedBy("evaluation.seeds=[1]");
  EXPECT_THAT(changed, Contains("probe.base.makam"));
  for (const std::string& id : changed) {
    EXPECT_TRUE(absl::StartsWith(id, "probe.") ||
                absl::StartsWith(id, "score.") ||
                absl::StartsWith(id, "compare."))
        << id;
  }
}

TEST(StudyPlanTest, ReplicatesChangeScoresAndComparisonsOnly) {
  const std::set<std::string> changed = ChangedBy("evaluation.replicates=300");
  EXPECT_THAT(changed, Contains("compare.multicultural_cpt.base.makam"));
  for (const std::string& id : changed) {
    EXPECT_TRUE(absl::StartsWith(id, "score.") ||
                absl::StartsWith(id, "compare."))
        << id;
  }
}

TEST(StudyPlanTest, PretrainingChangesTheModelsThatAreTrained) {
  const std::set<std::string> changed = ChangedBy("pretraining.seed=5");
  EXPECT_THAT(changed, AllOf(Contains("weights.multicultural_cpt"),
                             Contains("score.multicultural_cpt.fma"),
                             Contains("weights.western_control")));
  for (const std::string& id : changed) {
    EXPECT_FALSE(absl::StrContains(id, ".base.") &&
                 !absl::StartsWith(id, "compare."))
        << id;
    EXPECT_THAT(id, AllOf(Not(StartsWith("set.")), Not(StartsWith("codes."))));
  }
}

TEST(StudyPlanTest, AudioChangesEverythingThatHearsIt) {
  const std::set<std::string> changed =
      ChangedBy("datasets.makam.render.seed=1");
  EXPECT_THAT(changed, AllOf(Contains("set.makam"), Contains("codes.makam"),
                             Contains("weights.multicultural_cpt"),
                             Contains("features.base.makam"),
                             Contains("score.multicultural_cpt.lyra")));
  EXPECT_THAT(changed,
              AllOf(Not(Contains("set.lyra")), Not(Contains("codes.lyra")),
                    Not(Contains("tokenizer")),
                    Not(Contains("weights.western_control")),
                    Not(Contains("score.base.lyra"))));
}

TEST(StudyPlanTest, OtherWeightsHaveOtherKeys) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories("/mini"), IsOk());
  StudyContext context;
  context.files = &files;
  context.mini_folder = "/mini";
  const std::vector<std::string> settings = {"base.weights=mini"};
  ASSERT_THAT(files.WriteAtomically("/mini/model.safetensors", "a"), IsOk());
  const auto before = KeysOf(context, settings);
  ASSERT_THAT(before, IsOk());
  ASSERT_THAT(files.WriteAtomically("/mini/model.safetensors", "b"), IsOk());
  const auto after = KeysOf(context, settings);
  ASSERT_THAT(after, IsOk());
  const std::set<std::string> changed = Changed(*before, *after);
  EXPECT_THAT(
      changed,
      AllOf(Contains("weights.base"), Contains("weights.multicultural_cpt"),
            Contains("score.base.makam"), Not(Contains("codes.makam")),
            Not(Contains("score.log_mel.makam"))));
}

TEST(StudyPlanTest, EverythingThatIsMissingIsToldAtOnce) {
  MemoryFiles files;
  StudyContext context;
  context.files = &files;
  context.mini_folder = "/mini";
  const auto config = Load(
      "smoke", {"base.weights=/nowhere/weights", "base.tokenizer=/no/t",
                "models.western_control.pretraining=[\"sed=1\"]",
                "datasets.lyra.source=files", "datasets.lyra.dataset=lyra",
                "datasets.mtat.source=files", "datasets.mtat.dataset=mtat"});
  ASSERT_THAT(config, IsOk());
  const absl::Status status = MakeStudyPlan(context, *config).status();
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("/nowhere/weights"), HasSubstr("/no/t"),
                    HasSubstr("western_control"), HasSubstr("did you mean"),
                    HasSubstr("lyra"), HasSubstr("mtat")));
}

TEST(StudyPlanTest, AModelsChangesApplyToItsTrainingAlone) {
  const auto config =
      Load("smoke", {"models.western_control.pretraining=[\"seed=77\"]"});
  ASSERT_THAT(config, IsOk());
  const auto control =
      TrainingOf(*config, config->models.at("western_control"));
  const auto other =
      TrainingOf(*config, config->models.at("multicultural_cpt"));
  ASSERT_THAT(control, IsOk());
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(control->seed, 77u);
  EXPECT_EQ(other->seed, config->pretraining.seed);
}

}  // namespace
}  // namespace culturemert
