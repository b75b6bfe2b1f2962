#include "experiments/study/model_width.h"

#include <string>

#include "gtest/gtest.h"
#include "models/mert/mert_config.h"
#include "models/weights/mert_config_json.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

// One row: the weights in /weights.
ExperimentConfig StudyOfWeights() {
  ExperimentConfig config;
  config.base.weights = "/weights";
  ModelConfig model;
  model.label = "base";
  config.models[model.label] = model;
  config.rows = {model.label};
  return config;
}

TEST(ModelWidthTest, TheBorderIsBetweenTheMiniModelAndMert) {
  for (const char* name : {"tiny", "mini"}) {
    EXPECT_TRUE(IsNarrow(MertPreset(name)->hidden_size)) << name;
  }
  for (const char* name : {"mert_95m", "mert_330m"}) {
    EXPECT_FALSE(IsNarrow(MertPreset(name)->hidden_size)) << name;
  }
  EXPECT_TRUE(IsNarrow(511));
  EXPECT_FALSE(IsNarrow(512));
}

TEST(ModelWidthTest, WeightsAreAsWideAsTheirConfigurationSays) {
  MemoryFiles files;
  StudyContext context;
  context.files = &files;
  const ExperimentConfig study = StudyOfWeights();
  ASSERT_THAT(files.CreateDirectories("/weights"), IsOk());
  EXPECT_FALSE(HaveOnlyNarrowModels(context, {&study})) << "no config.json";
  for (const char* name : {"mini", "mert_95m"}) {
    const auto json = PrintMertConfigJson(*MertPreset(name));
    ASSERT_THAT(json, IsOk());
    ASSERT_THAT(files.WriteAtomically("/weights/config.json", *json), IsOk());
    EXPECT_EQ(HaveOnlyNarrowModels(context, {&study}),
              std::string(name) == "mini")
        << name;
  }
}

TEST(ModelWidthTest, OnlyEncodersCount) {
  ExperimentConfig study = StudyOfWeights();
  study.base.weights = "random";
  study.base.shape = *MertPreset("mini");
  ModelConfig log_mel;
  log_mel.label = "log_mel";
  log_mel.kind = ModelKind::kLogMel;
  study.models[log_mel.label] = log_mel;
  study.rows = {"log_mel"};
  EXPECT_FALSE(HaveOnlyNarrowModels(StudyContext(), {&study}));
  study.rows = {"log_mel", "base"};
  EXPECT_TRUE(HaveOnlyNarrowModels(StudyContext(), {&study}));
}

}  // namespace
}  // namespace culturemert
