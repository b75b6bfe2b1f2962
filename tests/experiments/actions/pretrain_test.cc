#include "experiments/actions/pretrain.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/mert/mert.h"
#include "models/pretraining/pretraining_heads.h"
#include "models/weights/mert_weights.h"
#include "tests/experiments/actions/small_set.h"
#include "tools/base/console/console.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kClipSamples = 12000;

class PretrainTest : public testing::Test {
 protected:
  PretrainTest() {
    shape_ = MertPreset("tiny").value();
    shape_.codebooks = 1;  // As the small set's.
    shape_.codes = 64;
    const PreparedSet set = SmallSet("a", 4, 2, 0);
    EXPECT_THAT(WriteSmallSet(files_, "/set", set, kClipSamples), IsOk());
    EXPECT_THAT(WriteSmallCodes(files_, "/codes", set, kClipSamples), IsOk());
    PoolSource source;
    source.culture = "a";
    source.set_folder = "/set";
    source.codes_folder = "/codes";
    inputs_.shape = shape_;
    inputs_.pool = {source};
    options_.run_folder = "/run";
    options_.weights_folder = "/weights";
    options_.identity = "test";
    options_.provenance.name = "test";
    options_.provenance.audio = HeardAudio::kRendered;
    options_.is_quiet = true;
    StageConfig stage;
    stage.name = "only";
    stage.updates = 2;
    config_.stages = {stage};
    config_.segment_seconds = 0.5;
    config_.batch_seconds = 1;
    config_.micro_batch_segments = 2;
    config_.mixture.probability = 0;
  }

  // Random weights in /base.
  void WriteBase(bool with_heads) {
    const std::unique_ptr<Mert> mert = Mert::CreateRandom(shape_, 1).value();
    const std::unique_ptr<PretrainingHeads> heads =
        PretrainingHeads::CreateRandom(shape_, 2).value();
    ASSERT_THAT(ExportMert(files_, "/base", shape_, mert->parameters(),
                           with_heads ? heads->parameters() : NamedTensors(),
                           options_.provenance),
                IsOk());
    inputs_.base_weights = "/base";
  }

  // The stage of each update.
  std::vector<std::string> Stages() {
    std::vector<std::string> stages;
    const std::string text = files_.Read("/run/metrics.jsonl").value();
    for (const absl::string_view line :
         absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      const auto json = nlohmann::json::parse(std::string(line));
      if (!json.contains("gradient_norm")) continue;
      stages.push_back(json.at("stage").get<std::string>());
    }
    return stages;
  }

  MemoryFiles files_;
  MertConfig shape_;
  TrainingConfig config_;
  PretrainInputs inputs_;
  PretrainOptions options_;
};

TEST_F(PretrainTest, GoesOnFromWeightsWithTheirHeads) {
  WriteBase(/*with_heads=*/true);
  const auto result = Pretrain(files_, config_, inputs_, options_);
  ASSERT_THAT(result, IsOk());
  EXPECT_FALSE(result->has_fresh_heads);
  EXPECT_THAT(Stages(), ElementsAre("only", "only"));
  const auto trained = LoadMertCheckpoint(files_, "/weights");
  ASSERT_THAT(trained, IsOk());
  EXPECT_FALSE(trained->heads.empty());
}

TEST_F(PretrainTest, WarmsNewHeadsUpWhereTheWeightsBringNone) {
  WriteBase(/*with_heads=*/false);
  const auto result = Pretrain(files_, config_, inputs_, options_);
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->has_fresh_heads);
  EXPECT_THAT(Stages(), ElementsAre("head_warm_up", "only", "only"));
}

TEST_F(PretrainTest, SaysBeforeItTrainsWhichHeadsItBeginsWith) {
  std::string printed;
  Console::Options console_options;
  console_options.write = [&printed](absl::string_view bytes) {
    printed.append(bytes.data(), bytes.size());
  };
  Console console(std::move(console_options));
  options_.console = &console;
  options_.should_stop = [] { return true; };
  const auto printed_for = [&](const std::string& run_folder) {
    printed.clear();
    options_.run_folder = run_folder;
    EXPECT_TRUE(absl::IsCancelled(
        Pretrain(files_, config_, inputs_, options_).status()));
    return printed;
  };
  EXPECT_THAT(printed_for("/nothing"),
              HasSubstr("test: starts from nothing: encoder and heads are "
                        "newly initialised\n"));
  WriteBase(/*with_heads=*/true);
  EXPECT_THAT(printed_for("/with"),
              HasSubstr("test: goes on with the heads of its base\n"));
  WriteBase(/*with_heads=*/false);
  EXPECT_THAT(printed_for("/without"),
              HasSubstr("test: its base has no heads: new ones are "
                        "initialised, and trained alone first, 0.1 passes"));
  config_.head_warm_up_passes = 0;
  EXPECT_THAT(printed_for("/cold"), HasSubstr("with the rest from the start"));
}

TEST_F(PretrainTest, TheWarmUpLeavesTheEncoderAsItIs) {
  WriteBase(/*with_heads=*/false);
  config_.stages[0] = StageConfig::HeadWarmUp();  // And nothing else.
  ASSERT_THAT(Pretrain(files_, config_, inputs_, options_), IsOk());
  EXPECT_THAT(Stages(), ElementsAre("head_warm_up"));
  const auto before = LoadMertCheckpoint(files_, "/base");
  const auto after = LoadMertCheckpoint(files_, "/weights");
  ASSERT_THAT(before, IsOk());
  ASSERT_THAT(after, IsOk());
  for (const auto& [name, tensor] : before->encoder) {
    EXPECT_TRUE(tensor.equal(after->encoder.at(name))) << name;
  }
}

TEST_F(PretrainTest, WarmsNothingUpWhenToldSoOrFromNothing) {
  config_.head_warm_up_passes = 0;
  WriteBase(/*with_heads=*/false);
  ASSERT_THAT(Pretrain(files_, config_, inputs_, options_), IsOk());
  EXPECT_THAT(Stages(), ElementsAre("only", "only"));
  config_.head_warm_up_passes = 1;
  inputs_.base_weights = "";
  options_.run_folder = "/other";
  ASSERT_THAT(Pretrain(files_, config_, inputs_, options_), IsOk());
  EXPECT_FALSE(files_.Read("/other/metrics.jsonl")->find("head_warm_up") !=
               std::string::npos);
}

TEST_F(PretrainTest, CodesOfAnotherKindThanTheHeadsAreAnError) {
  shape_.codes = 32;
  WriteBase(/*with_heads=*/true);
  EXPECT_THAT(
      Pretrain(files_, config_, inputs_, options_),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 books of 32")));
}

}  // namespace
}  // namespace culturemert
