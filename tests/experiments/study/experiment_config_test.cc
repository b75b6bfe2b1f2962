#include "experiments/study/experiment_config.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTwoSets[] = R"({
  "datasets": {"makam": {}, "western": {}},
  "models": {
    "base": {},
    "chance": {"kind": "chance"},
    "adapted": {"kind": "pretrain", "cultures": ["makam"],
                "replay": ["western"]},
    "again": {"kind": "pretrain", "from": "adapted", "cultures": ["makam"]},
    "fresh": {"kind": "pretrain", "from": "nothing", "cultures": ["western"]},
    "merged": {"kind": "merge", "of": ["adapted", "again"]}
  }
})";

absl::StatusOr<ExperimentConfig> Load(const std::string& layer) {
  ConfigLoader<ExperimentConfig> loader;
  loader.AddText(kTwoSets, "sets.json").AddText(layer, "layer.json");
  ASSIGN_OR_RETURN(ExperimentConfig config, loader.Build());
  RETURN_IF_ERROR(config.Complete());
  return config;
}

std::vector<std::string> LabelsOf(
    const std::vector<const ModelConfig*>& models) {
  std::vector<std::string> labels;
  for (const ModelConfig* model : models) labels.push_back(model->label);
  return labels;
}

struct BadLayer {
  std::string name;
  std::string layer;
  std::string place;
  std::string message;
};

class BadLayerTest : public testing::TestWithParam<BadLayer> {};

TEST_P(BadLayerTest, IsRefusedWithPlaceAndReason) {
  EXPECT_THAT(Load(GetParam().layer),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(GetParam().place),
                             HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(
    Experiments, BadLayerTest,
    testing::Values(
        BadLayer{"Row", R"({"rows": ["bse"]})", "rows", "\"bse\""},
        BadLayer{"Layers", R"({"layer_probing": ["bse"]})", "layer_probing",
                 "\"bse\""},
        BadLayer{"Compared",
                 R"({"rows": ["base"],
                     "comparisons": [{"model": "bse", "against": "base"}]})",
                 "comparisons", "\"bse\""},
        BadLayer{"ComparedButNoRow",
                 R"({"rows": ["base"],
                     "comparisons": [{"model": "base", "against": "merged"}]})",
                 "comparisons", "\"merged\", which is no row"},
        BadLayer{"Dataset", R"({"evaluation": {"datasets": ["makan"]}})",
                 "evaluation.datasets", "\"makan\""},
        BadLayer{"Western", R"({"evaluation": {"western": ["makan"]}})",
                 "evaluation.western", "\"makan\""},
        BadLayer{"FitTo", R"({"base": {"fit_to": ["makan"]}})", "base.fit_to",
                 "\"makan\""},
        BadLayer{"Culture",
                 R"({"models": {"adapted": {"cultures": ["x"]}},
                     "rows": ["merged"]})",
                 "models.adapted", "\"x\", which is no dataset"},
        BadLayer{"Replay",
                 R"({"models": {"adapted": {"replay": ["x"]}},
                     "layer_probing": ["adapted"]})",
                 "models.adapted", "\"x\", which is no dataset"},
        BadLayer{"From", R"({"models": {"adapted": {"from": "x"}}})",
                 "models.adapted", "\"x\", which is no model"},
        BadLayer{"MergedOf", R"({"models": {"merged": {"of": ["x"]}}})",
                 "models.merged", "\"x\", which is no model"},
        BadLayer{"MergedOfNothing", R"({"models": {"merged": {"of": []}}})",
                 "models.merged", "needs \"of\""},
        BadLayer{"PretrainedOnNothing",
                 R"({"models": {"adapted": {"cultures": []}}})",
                 "models.adapted", "needs \"cultures\""},
        BadLayer{"ExternalWithoutPath",
                 R"({"models": {"other": {"kind": "external"}}})",
                 "models.other", "needs \"path\""},
        BadLayer{"MadeFromItself",
                 R"({"models": {"adapted": {"from": "adapted"}}})",
                 "models.adapted", "made from itself"},
        BadLayer{"MadeFromItselfByAnother",
                 R"({"models": {"adapted": {"from": "merged"}}})",
                 "models.merged", "made from itself"},
        BadLayer{"NoSeeds", R"({"evaluation": {"seeds": []}})",
                 "evaluation.seeds", ""},
        BadLayer{"NoFraction", R"({"models": {"adapted": {"fraction": 0}}})",
                 "models.adapted.fraction", ""},
        BadLayer{"ExternalWithoutName", R"({"features": {"external": "/x"}})",
                 "features.external", "FOLDER,NAME"},
        BadLayer{"ExternalWithoutFolder",
                 R"({"features": {"external": ",mine"}})", "features.external",
                 "FOLDER,NAME"},
        BadLayer{"ExternalEndsAtComma", R"({"features": {"external": "/x,"}})",
                 "features.external", "FOLDER,NAME"},
        BadLayer{"ExternalNamedAsAPath",
                 R"({"features": {"external": "/x,../mine"}})",
                 "features.external", "letters, digits"},
        BadLayer{"RowTwice", R"({"rows": ["base", "merged", "base"]})", "rows",
                 "\"base\" twice"},
        BadLayer{"DatasetTwice",
                 R"({"evaluation": {"datasets": ["makam", "makam"]}})",
                 "evaluation.datasets", "\"makam\" twice"},
        BadLayer{"SeedTwice", R"({"evaluation": {"seeds": [1, 2, 1]}})",
                 "evaluation.seeds", "\"1\" twice"},
        BadLayer{"LayerTwice", R"({"evaluation": {"layers": [0, 0]}})",
                 "evaluation.layers", "\"0\" twice"},
        BadLayer{"DatasetNamedAsAPath", R"({"datasets": {"../makam": {}}})",
                 "datasets", "letters, digits"},
        BadLayer{"ModelNamedAsAPath", R"({"models": {"a/b": {}}})", "models",
                 "letters, digits"},
        BadLayer{"ExternalNamedAsAModel",
                 R"({"features": {"external": "/x,merged"}})",
                 "features.external", "\"merged\" already"}),
    [](const testing::TestParamInfo<BadLayer>& info) {
      return info.param.name;
    });

TEST(ExperimentConfigTest, NeededModelsAreRowsAndSourcesWithSourcesFirst) {
  const auto config = Load(R"({"rows": ["merged", "chance"]})");
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(LabelsOf(config->NeededModels()),
              ElementsAre("base", "adapted", "again", "merged", "chance"));
}

TEST(ExperimentConfigTest, WhatComesFromNothingNeedsNoBase) {
  const auto config = Load(R"({"rows": ["fresh"]})");
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(LabelsOf(config->NeededModels()), ElementsAre("fresh"));
}

TEST(ExperimentConfigTest, AudioOfModelsThatNoRowNeedsMayBeMissing) {
  EXPECT_THAT(Load(R"({"models": {"adapted": {"cultures": ["x"]}},
                       "rows": ["fresh", "base"]})"),
              IsOk());
}

TEST(ExperimentConfigTest, AModelMayBeUsedTwiceWithoutBeingACircle) {
  EXPECT_THAT(Load(R"({"models": {"both": {
      "kind": "merge", "from": "adapted", "of": ["adapted", "again"]}}})"),
              IsOk());
}

TEST(ExperimentConfigTest, LayersBecomeRowsWithProbesOfTheirOwn) {
  const auto config = Load(R"({
    "models": {"base": {"title": "Base"}},
    "rows": ["base"], "layer_probing": ["base"],
    "evaluation": {"layers": [0, 3]}
  })");
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->rows,
              ElementsAre("base", "base_layer_0", "base_layer_3"));
  const ModelConfig* model = config->FindModel("base_layer_3");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->label, "base_layer_3");
  EXPECT_EQ(model->title, "Base, layer 3");
  EXPECT_THAT(model->probing, ElementsAre("input=single", "first_state=3"));
  EXPECT_THAT(config->FindModel("base")->probing, IsEmpty());
}

TEST(ExperimentConfigTest, ExternalFeaturesAreARowComparedWithTheBase) {
  const auto config = Load(R"({
    "rows": ["base"],
    "features": {"external": "/with,comma,mine", "rows": "frames"}
  })");
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->rows, ElementsAre("base", "mine"));
  const ModelConfig* model = config->FindModel("mine");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->kind, ModelKind::kExternal);
  EXPECT_EQ(model->path, "/with,comma");
  EXPECT_EQ(model->rows, ExternalRows::kFrames);
  ASSERT_EQ(config->comparisons.size(), 1u);
  EXPECT_EQ(config->comparisons[0].model, "mine");
  EXPECT_EQ(config->comparisons[0].against, "base");
}

TEST(ExperimentConfigTest, ExternalFeaturesAreNotComparedWithWhatIsNoRow) {
  const auto config = Load(R"({"features": {"external": "/x,mine"}})");
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->rows, ElementsAre("mine"));
  EXPECT_THAT(config->comparisons, IsEmpty());
}

}  // namespace
}  // namespace culturemert
