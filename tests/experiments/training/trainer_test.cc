#include "experiments/training/trainer.h"

#include <ATen/core/Tensor.h>

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/training/tiny_training.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr char kFolder[] = "/run";
constexpr std::int64_t kUpdates = 2 * TinyTraining::kStageUpdates;

class TrainerTest : public testing::Test {
 protected:
  TrainerOptions Options(MemoryFiles& files) {
    TrainerOptions options;
    options.folder = kFolder;
    options.identity = "tiny";
    options.files = &files;
    options.is_quiet = true;
    return options;
  }

  // Stops after `updates` of this run.
  TrainerOptions StoppingAfter(MemoryFiles& files, std::int64_t updates) {
    TrainerOptions options = Options(files);
    auto left = std::make_shared<std::int64_t>(updates);
    options.should_stop = [left] { return --*left == 0; };
    return options;
  }

  static std::string Metrics(MemoryFiles& files) {
    return files.Read(absl::StrCat(kFolder, "/metrics.jsonl")).value();
  }

  TinyTraining tiny_;
};

TEST_F(TrainerTest, RunsAllStagesAndLogsEveryUpdate) {
  MemoryFiles files;
  const std::string before = tiny_.Weights();
  const auto outcome = tiny_.Run(TinyTraining::Config(), Options(files));
  ASSERT_THAT(outcome, IsOk());
  EXPECT_TRUE(outcome->is_finished);
  EXPECT_EQ(outcome->updates, kUpdates);
  ASSERT_TRUE(outcome->validation_loss.has_value());
  EXPECT_GT(*outcome->validation_loss, 0);
  EXPECT_NE(tiny_.Weights(), before);
  const std::string metrics = Metrics(files);
  for (int update = 0; update < kUpdates; ++update) {
    EXPECT_THAT(metrics, HasSubstr(absl::StrCat("\"update\":", update, "}")));
  }
}

// The heart of it: wherever a training is interrupted, and however often, it
// ends with the same weights and has logged the same.
TEST_F(TrainerTest, EndsWithTheSameBitsWhereverItWasInterrupted) {
  MemoryFiles reference_files;
  ASSERT_THAT(tiny_.Run(TinyTraining::Config(), Options(reference_files)),
              IsOk());
  const std::string reference = tiny_.Weights();
  for (std::int64_t cut = 1; cut <= kUpdates; ++cut) {
    SCOPED_TRACE(cut);
    MemoryFiles files;
    tiny_.ResetModel();
    const auto first =
        tiny_.Run(TinyTraining::Config(), StoppingAfter(files, cut));
    ASSERT_THAT(first, IsOk());
    EXPECT_EQ(first->updates, cut);
    tiny_.ResetModel();
    const auto second = tiny_.Run(TinyTraining::Config(), Options(files));
    ASSERT_THAT(second, IsOk());
    EXPECT_TRUE(second->is_finished);
    EXPECT_EQ(second->updates_of_this_run, kUpdates - cut);
    EXPECT_EQ(tiny_.Weights(), reference);
    EXPECT_EQ(Metrics(files), Metrics(reference_files));
  }
}

TEST_F(TrainerTest, WarmsUpTheFrontEndFirstAndToTheSameBitsAfterACut) {
  TrainingConfig config = TinyTraining::Config();
  StageConfig warm_up = StageConfig::FrontEndWarmUp();
  warm_up.updates = 4;
  warm_up.spectrogram = SpectrogramTarget::kLogMel;
  warm_up.segment_seconds = 0;  // Of the tiny sampler.
  warm_up.batch_seconds = 4;
  warm_up.micro_batch_segments = 4;
  config.stages.insert(config.stages.begin(), warm_up);
  config.stages.resize(2);
  MemoryFiles reference_files;
  const auto outcome = tiny_.Run(config, Options(reference_files));
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->updates, 4 + TinyTraining::kStageUpdates);
  const std::string reference = tiny_.Weights();
  EXPECT_THAT(Metrics(reference_files),
              AllOf(HasSubstr("\"spectrogram_error\""),
                    HasSubstr("\"stage\":\"front_end_warm_up\""),
                    HasSubstr("\"code_accuracy\"")));
  for (const std::int64_t cut : {1, 4, 5}) {
    SCOPED_TRACE(cut);
    MemoryFiles files;
    tiny_.ResetModel();
    ASSERT_THAT(tiny_.Run(config, StoppingAfter(files, cut)), IsOk());
    tiny_.ResetModel();
    ASSERT_THAT(tiny_.Run(config, Options(files)), IsOk());
    EXPECT_EQ(tiny_.Weights(), reference);
    EXPECT_EQ(Metrics(files), Metrics(reference_files));
  }
}

TEST_F(TrainerTest, UsesTheCheckpointBeforeADamagedOneAndSaysSo) {
  MemoryFiles reference_files;
  ASSERT_THAT(tiny_.Run(TinyTraining::Config(), Options(reference_files)),
              IsOk());
  const std::string reference = tiny_.Weights();
  MemoryFiles files;
  TrainingConfig config = TinyTraining::Config();
  config.checkpoint.every_updates = 1;
  tiny_.ResetModel();
  ASSERT_THAT(tiny_.Run(config, StoppingAfter(files, 4)), IsOk());
  const std::string path =
      absl::StrCat(kFolder, "/checkpoints/update-00000004/state.safetensors");
  std::string bytes = files.Read(path).value();
  bytes[bytes.size() / 2] ^= 1;
  ASSERT_THAT(files.WriteAtomically(path, bytes), IsOk());
  tiny_.ResetModel();
  const auto outcome = tiny_.Run(config, Options(files));
  ASSERT_THAT(outcome, IsOk());
  EXPECT_EQ(outcome->updates_of_this_run, kUpdates - 3);
  EXPECT_EQ(tiny_.Weights(), reference);
  EXPECT_EQ(Metrics(files), Metrics(reference_files));
}

TEST_F(TrainerTest, RefusesTheFolderOfAnotherRun) {
  MemoryFiles files;
  ASSERT_THAT(tiny_.Run(TinyTraining::Config(), StoppingAfter(files, 1)),
              IsOk());
  TrainerOptions other = Options(files);
  other.identity = "other";
  EXPECT_THAT(tiny_.Run(TinyTraining::Config(), other),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("is of the run tiny"),
                             HasSubstr("choose another folder"))));
}

TEST_F(TrainerTest, RefusesToWorkBesideAnotherProcess) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories(kFolder), IsOk());
  const auto lock = files.Lock(absl::StrCat(kFolder, "/training.lock"));
  ASSERT_THAT(lock, IsOk());
  EXPECT_THAT(
      tiny_.Run(TinyTraining::Config(), Options(files)),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("training.lock")));
}

TEST_F(TrainerTest, StopsAtALossThatIsNoNumberWithTheWeightsFromBefore) {
  MemoryFiles files;
  at::Tensor bias =
      tiny_.model().heads->parameters().at("encoder_cqt_model.fc.bias");
  bias.fill_(std::numeric_limits<float>::infinity());
  const std::string before = tiny_.Weights();
  EXPECT_THAT(tiny_.Run(TinyTraining::Config(), Options(files)),
              StatusIs(absl::StatusCode::kOutOfRange,
                       AllOf(HasSubstr("update 0 (stage1, batch 0)"),
                             HasSubstr("failed_update.json"))));
  EXPECT_EQ(tiny_.Weights(), before);
  EXPECT_THAT(files.Read(absl::StrCat(kFolder, "/failed_update.json")).value(),
              HasSubstr("\"first_sample\""));
}

TEST_F(TrainerTest, WarmsUpTheHeadsAlone) {
  MemoryFiles files;
  TrainingConfig config = TinyTraining::Config();
  config.stages = {StageConfig::HeadWarmUp()};
  config.stages.front().updates = 2;
  const PretrainingModel model = tiny_.model();
  NamedTensors before;
  for (const auto& [name, tensor] : AllParameters(model)) {
    before[name] = tensor.detach().clone();
  }
  ASSERT_THAT(tiny_.Run(config, Options(files)), IsOk());
  for (const auto& [name, tensor] : model.encoder->parameters()) {
    EXPECT_TRUE(tensor.equal(before.at(name))) << name;
  }
  for (const auto& [name, tensor] : model.heads->parameters()) {
    EXPECT_FALSE(tensor.equal(before.at(name))) << name;
  }
}

TEST_F(TrainerTest, SaysHowWellTheMachineIsUsed) {
  std::string printed;
  Console::Options to_string;
  to_string.write = [&](absl::string_view text) {
    absl::StrAppend(&printed, text);
  };
  Console console(to_string);
  MemoryFiles files;
  TrainerOptions options = Options(files);
  options.is_quiet = false;
  options.console = &console;
  ASSERT_THAT(tiny_.Run(TinyTraining::Config(), options), IsOk());
  EXPECT_THAT(printed,
              AllOf(HasSubstr("measured against a large matrix product"),
                    ContainsRegex("stage2 3/3 .* GFLOP/s \\([0-9]+ %\\)")));
  EXPECT_THAT(
      files.Read(absl::StrCat(kFolder, "/speed.jsonl")).value(),
      AllOf(HasSubstr("\"utilisation\""), HasSubstr("\"waiting_seconds\"")));
}

TEST_F(TrainerTest, TrainsOnlyWhatTheStageNames) {
  MemoryFiles files;
  TrainingConfig config = TinyTraining::Config();
  config.stages.resize(1);
  const at::Tensor frozen = tiny_.model()
                                .encoder->parameters()
                                .at("encoder.layers.0.layer_norm.weight")
                                .clone();
  const at::Tensor trained =
      tiny_.model().heads->parameters().at("label_embs_concat").clone();
  ASSERT_THAT(tiny_.Run(config, Options(files)), IsOk());
  EXPECT_TRUE(frozen.equal(tiny_.model().encoder->parameters().at(
      "encoder.layers.0.layer_norm.weight")));
  EXPECT_FALSE(
      trained.equal(tiny_.model().heads->parameters().at("label_embs_concat")));
}

}  // namespace
}  // namespace culturemert
