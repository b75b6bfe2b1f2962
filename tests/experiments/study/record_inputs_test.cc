#include "experiments/study/record_inputs.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "experiments/artifacts/runner.h"
#include "experiments/study/data_nodes.h"
#include "experiments/study/model_nodes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/actions/small_set.h"
#include "tests/experiments/artifacts/tiny_plan.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr std::size_t kClipSamples = 24000;  // A second.

PlanNode NodeOf(const std::string& id, ActionFunction run) {
  PlanNode node;
  node.id = id;
  node.label = id;
  node.action = "make";
  node.config = {{"id", id}};
  node.run = std::move(run);
  return node;
}

PlanNode NodeWithFacts(const std::string& id, const json& facts) {
  return NodeOf(id, [facts](const ActionContext&) -> absl::StatusOr<json> {
    return facts;
  });
}

PlanNode NodeOfSet(const std::string& name, const PreparedSet& set) {
  return NodeOf(SetNodeId(name),
                [set](const ActionContext& action) -> absl::StatusOr<json> {
                  RETURN_IF_ERROR(WriteSmallSet(*action.files, action.directory,
                                                set, kClipSamples));
                  return json::object();
                });
}

// A model that is trained on "heard" with replay of "replayed", and probed on
// "heard".
ExperimentConfig Study() {
  ExperimentConfig config;
  config.datasets["heard"].culture = "Turkish";
  config.datasets["replayed"].culture = "Western";
  ModelConfig model;
  model.label = "model";
  model.kind = ModelKind::kPretrain;
  model.from = "nothing";
  model.cultures = {"heard"};
  model.replay = {"replayed"};
  config.models[model.label] = model;
  config.rows = {model.label};
  config.evaluation.datasets = {"heard"};
  return config;
}

PreparedSet NotedSet(const std::string& prefix, const std::string& note) {
  PreparedSet set = SmallSet(prefix, 3, 2, 1);
  set.notes = {note};
  return set;
}

class RecordInputsTest : public testing::Test {
 protected:
  // Makes all of the nodes, and describes the study with them.
  Record RecordWith(std::vector<PlanNode> nodes,
                    const ExperimentConfig& config) {
    const Plan plan = MakePlan(std::move(nodes));
    ArtifactStore store(files_, "/artifacts");
    EXPECT_THAT(RunPlan(plan, store, QuietOptions()), IsOk());
    StudyArtifacts artifacts(plan, store);
    Record record;
    EXPECT_THAT(AddInputs(config, artifacts, record), IsOk());
    return record;
  }

  static std::vector<std::string> NotesOf(const Record& record) {
    std::vector<std::string> notes;
    for (const NoteRecord& note : record.notes) {
      notes.push_back(absl::StrCat(note.topic, ": ", note.text));
    }
    return notes;
  }

  MemoryFiles files_;
};

TEST_F(RecordInputsTest, NotesTellOfEverySetAlsoOfOneThatIsOnlyReplayed) {
  const Record record = RecordWith(
      {NodeOfSet("heard", NotedSet("h", "a file is cut off")),
       NodeOfSet("replayed", NotedSet("r", "a file is missing")),
       NodeWithFacts(kTokenizerNodeId, {{"identity", "k-means"}}),
       NodeWithFacts(WeightsNodeId("model"), {{"fresh_heads", true}})},
      Study());
  EXPECT_THAT(NotesOf(record),
              ElementsAre("tokenizer: k-means",
                          "heads: model: fresh ones, as it starts from none",
                          "dataset heard: a file is cut off",
                          "corpus replayed: a file is missing"));
}

TEST_F(RecordInputsTest, CorporaCountWhatIsTrainedOn) {
  PreparedSet recorded = SmallSet("r", 3, 2, 1);
  recorded.is_synthetic = false;
  ExperimentConfig config = Study();
  config.datasets.at("heard").trains_on_validation = true;
  const Record record = RecordWith({NodeOfSet("heard", SmallSet("h", 3, 2, 1)),
                                    NodeOfSet("replayed", recorded)},
                                   config);
  ASSERT_THAT(record.datasets, SizeIs(1));
  EXPECT_EQ(record.datasets[0].name, "heard");
  ASSERT_THAT(record.corpora, SizeIs(2));
  EXPECT_EQ(record.corpora[0].name, "heard");
  EXPECT_EQ(record.corpora[0].recordings, 5u);
  EXPECT_NEAR(record.corpora[0].hours, 5 / 3600.0, 1e-12);
  EXPECT_EQ(record.corpora[1].name, "replayed");
  EXPECT_EQ(record.corpora[1].recordings, 3u);
  EXPECT_EQ(record.data, DataKind::kMixed);
}

}  // namespace
}  // namespace culturemert
