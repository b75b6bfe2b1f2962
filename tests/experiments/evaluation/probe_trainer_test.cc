#include "experiments/evaluation/probe_trainer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/evaluation/probing_test_data.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ProbingConfig Small() {
  ProbingConfig config;
  config.hidden_size = 16;
  config.batch_size = 16;
  config.learning_rates = {1e-2};
  config.max_epochs = 40;
  return config;
}

absl::StatusOr<ProbingResult> Probe(const ProbeData& data,
                                    const ProbingConfig& config,
                                    const std::vector<std::uint64_t>& seeds,
                                    int threads = 1) {
  auto pool = ThreadPool::Create(threads);
  EXPECT_THAT(pool, IsOk());
  ProbingReport quiet;
  quiet.is_quiet = true;
  return TrainProbes(data, config, seeds, **pool, quiet);
}

void ExpectSameRun(const ProbeRun& a, const ProbeRun& b) {
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.learning_rate, b.learning_rate);
  EXPECT_EQ(a.best_epoch, b.best_epoch);
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.layer_weights, b.layer_weights);
  EXPECT_EQ(a.valid_probabilities, b.valid_probabilities);
  EXPECT_EQ(a.test_probabilities, b.test_probabilities);
}

// 80 training recordings of one or two windows, 40 and 30 others.
class ProbeTrainerTest : public testing::Test {
 protected:
  ProbeTrainerTest() {
    set_.Fill(data().train, 60);
    set_.Fill(data().train, 20, 2);
    set_.Fill(data().valid, 40);
    set_.Fill(data().test, 30, 2);
  }

  ProbeData& data() { return set_.data(); }

  ProbingTestData set_;
};

TEST_F(ProbeTrainerTest, EveryKindOfProbeLearnsWhatTheFeaturesHold) {
  for (const auto& [input, name] : ConfigNamesOf(ProbeInput())) {
    for (const std::int64_t hidden_size : {0, 16}) {
      ProbingConfig config = Small();
      config.input = input;
      config.hidden_size = hidden_size;
      if (input == ProbeInput::kSingle) config.first_state = 2;
      const auto result = Probe(data(), config, {3, 4});
      ASSERT_THAT(result, IsOk());
      for (const ProbeRun& run : result->runs) {
        EXPECT_GT(MacroRocAuc(data().test, run.test_probabilities), 0.9)
            << name << " " << hidden_size;
      }
    }
  }
}

TEST_F(ProbeTrainerTest, AStateWithoutInformationGivesChance) {
  ProbingConfig config = Small();
  config.input = ProbeInput::kSingle;
  config.first_state = 0;
  const auto result = Probe(data(), config, {3});
  ASSERT_THAT(result, IsOk());
  EXPECT_NEAR(*MacroRocAuc(data().test, result->runs[0].test_probabilities),
              0.5, 0.15);
}

TEST_F(ProbeTrainerTest, ASeedGivesTheSameBitsBesideAnyOthersOnAnyThreads) {
  ProbingConfig config = Small();
  config.learning_rates = {1e-2, 1e-3};
  config.max_epochs = 12;
  const auto alone = Probe(data(), config, {7}, 1);
  const auto first = Probe(data(), config, {7, 3}, 2);
  const auto last = Probe(data(), config, {21, 3, 7}, 5);
  ASSERT_THAT(alone, IsOk());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(last, IsOk());
  ExpectSameRun(first->runs[0], alone->runs[0]);
  ExpectSameRun(last->runs[2], alone->runs[0]);
  EXPECT_NE(last->runs[1].test_probabilities,
            alone->runs[0].test_probabilities);
}

TEST_F(ProbeTrainerTest, KeepsTheFirstEpochWithTheBestValidationScore) {
  const auto result = Probe(data(), Small(), {3, 4, 7});
  ASSERT_THAT(result, IsOk());
  for (const ProbeRun& run : result->runs) {
    const auto best =
        std::max_element(run.epochs.begin(), run.epochs.end(),
                         [](const ProbeEpoch& a, const ProbeEpoch& b) {
                           return a.valid_roc_auc < b.valid_roc_auc;
                         });
    EXPECT_EQ(run.best_epoch,
              static_cast<std::size_t>(best - run.epochs.begin()) + 1);
    EXPECT_EQ(run.valid_roc_auc, best->valid_roc_auc);
    // The parameters are those of that epoch.
    EXPECT_EQ(MacroRocAuc(data().valid, run.valid_probabilities),
              run.valid_roc_auc);
  }
}

// torch.optim.lr_scheduler.ReduceLROnPlateau(mode="max", factor=0.5,
// patience=3) and lightning's EarlyStopping(patience=10, mode="max"), written
// down anew.
TEST_F(ProbeTrainerTest, RateAndEndFollowTheValidationScore) {
  ProbingConfig config = Small();
  config.max_epochs = 100;
  const auto result = Probe(data(), config, {3, 4, 7, 13});
  ASSERT_THAT(result, IsOk());
  for (const ProbeRun& run : result->runs) {
    double rate = 1e-2;
    double scheduler_best = -1;
    int bad_epochs = 0;
    double best = -1;
    std::size_t waited = 0;
    for (std::size_t i = 0; i < run.epochs.size(); ++i) {
      EXPECT_EQ(run.epochs[i].learning_rate, rate) << i;
      EXPECT_LT(waited, 10u) << i;
      const double score = *run.epochs[i].valid_roc_auc;
      waited = score > best ? 0 : waited + 1;
      best = std::max(best, score);
      if (score > scheduler_best * (1 + 1e-4)) {
        scheduler_best = score;
        bad_epochs = 0;
      } else {
        ++bad_epochs;
      }
      if (bad_epochs > 3) {
        rate *= 0.5;
        bad_epochs = 0;
      }
    }
    EXPECT_TRUE(waited == 10 || run.epochs.size() == 100);
    EXPECT_LT(run.epochs.back().learning_rate, 1e-2);
  }
}

TEST_F(ProbeTrainerTest, OfAGridEachSeedKeepsItsBestRate) {
  ProbingConfig grid = Small();
  grid.learning_rates = {1e-6, 1e-2, 1e-5};
  const auto result = Probe(data(), grid, {3, 4}, 2);
  const auto alone = Probe(data(), Small(), {3, 4});
  ASSERT_THAT(result, IsOk());
  ASSERT_THAT(alone, IsOk());
  for (std::size_t s = 0; s < 2; ++s) {
    ExpectSameRun(result->runs[s], alone->runs[s]);
    ASSERT_THAT(result->runs[s].grid, SizeIs(3));
    EXPECT_EQ(result->runs[s].grid[2].learning_rate, 1e-5);
    EXPECT_LT(result->runs[s].grid[0].valid_roc_auc,
              result->runs[s].valid_roc_auc);
  }
}

TEST_F(ProbeTrainerTest, ARecordingsScoreIsTheSigmoidOfItsWindowsMeanLogit) {
  const std::vector<ProbeRecording> whole = data().test;
  for (const ProbeRecording& recording : whole) {
    for (const std::size_t half : {0, 1}) {
      ProbeRecording window = recording;
      window.features = recording.features.subspan(half * data().window_size(),
                                                   data().window_size());
      data().test.push_back(window);
    }
  }
  const auto result = Probe(data(), Small(), {3});
  ASSERT_THAT(result, IsOk());
  const std::vector<double>& scores = result->runs[0].test_probabilities;
  const auto logit = [&](std::size_t recording, std::size_t tag) {
    const double p = scores[recording * 4 + tag];
    return std::log(p) - std::log1p(-p);
  };
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (std::size_t tag = 0; tag < 4; ++tag) {
      const std::size_t first = whole.size() + 2 * i;
      EXPECT_NEAR(logit(i, tag),
                  (logit(first, tag) + logit(first + 1, tag)) / 2, 1e-6);
    }
  }
}

TEST_F(ProbeTrainerTest, WithoutValidationTheLastEpochIsKeptAndANoteSaysSo) {
  data().valid.clear();
  ProbingConfig config = Small();
  config.max_epochs = 15;
  config.learning_rates = {1e-2, 1e-3};
  const auto result = Probe(data(), config, {3});
  ASSERT_THAT(result, IsOk());
  const ProbeRun& run = result->runs[0];
  EXPECT_EQ(run.best_epoch, 15u);
  EXPECT_THAT(run.epochs, SizeIs(15));
  EXPECT_EQ(run.learning_rate, 1e-2);
  EXPECT_EQ(run.epochs.back().learning_rate, 1e-2);
  EXPECT_EQ(run.valid_roc_auc, std::nullopt);
  EXPECT_THAT(run.valid_probabilities, IsEmpty());
  EXPECT_THAT(result->notes,
              ElementsAre(HasSubstr("no validation recordings: the last epoch "
                                    "was kept")));
}

TEST_F(ProbeTrainerTest, ATagWithoutTrainingRecordingsIsNamed) {
  for (ProbeRecording& recording : data().train) recording.labels[1] = 0;
  const auto result = Probe(data(), Small(), {3});
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->notes,
              ElementsAre("1 tags have no training recording: \"t1\""));
  double mean = 0;
  for (std::size_t i = 0; i < data().test.size(); ++i) {
    mean += result->runs[0].test_probabilities[i * 4 + 1] / 30;
  }
  EXPECT_LT(mean, 0.2);
}

TEST_F(ProbeTrainerTest, ATagOfNoSplitIsLeftOutOfTheValidationScore) {
  for (auto* split : {&data().train, &data().valid, &data().test}) {
    for (ProbeRecording& recording : *split) recording.labels[3] = 0;
  }
  const auto result = Probe(data(), Small(), {3});
  ASSERT_THAT(result, IsOk());
  EXPECT_GT(result->runs[0].valid_roc_auc, 0.9);
}

TEST_F(ProbeTrainerTest, EqualFeaturesGiveEqualScoresAndChance) {
  const std::vector<float> same(data().window_size(), 1);
  for (auto* split : {&data().train, &data().valid, &data().test}) {
    for (ProbeRecording& recording : *split) recording.features = same;
  }
  const auto result = Probe(data(), Small(), {3});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->runs[0].valid_roc_auc, 0.5);
  EXPECT_EQ(result->runs[0].best_epoch, 1u);
  EXPECT_THAT(result->runs[0].epochs, SizeIs(11));
}

TEST(ProbeTrainerEdgeTest, OneRecordingIsEnoughToTrainAndTooFewToTest) {
  ProbingTestData set;
  set.Fill(set.data().train, 1);
  const auto result = Probe(set.data(), Small(), {3});
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->runs[0].test_probabilities, IsEmpty());
  EXPECT_THAT(result->notes, testing::Contains("there are no test recordings"));
  ProbingTestData untrained;
  untrained.Fill(untrained.data().test, 1);
  EXPECT_THAT(Probe(untrained.data(), Small(), {3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no recordings to train")));
}

TEST(ProbeTrainerEdgeTest, ALossThatIsNoNumberIsAnError) {
  ProbingTestData set;
  const std::vector<float> huge(set.data().window_size(), 3e38f);
  set.Fill(set.data().train, 10);
  for (ProbeRecording& recording : set.data().train) recording.features = huge;
  EXPECT_THAT(Probe(set.data(), Small(), {3}),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("seed 3: the first epoch's loss")));
}

TEST_F(ProbeTrainerTest, StandardisedFeaturesMakeUpForScale) {
  // Features a thousand times too small say little to Adam with a small rate.
  std::vector<std::vector<float>> scaled;
  for (auto* split : {&data().train, &data().valid, &data().test}) {
    for (ProbeRecording& recording : *split) {
      scaled.emplace_back(recording.features.begin(), recording.features.end());
      for (float& value : scaled.back()) value = value * 1e-3f + 5;
      recording.features = scaled.back();
    }
  }
  ProbingConfig config = Small();
  config.max_epochs = 20;
  const auto plain = Probe(data(), config, {3});
  config.standardise = true;
  const auto standardised = Probe(data(), config, {3});
  ASSERT_THAT(plain, IsOk());
  ASSERT_THAT(standardised, IsOk());
  EXPECT_GT(MacroRocAuc(data().test, standardised->runs[0].test_probabilities),
            0.9);
  EXPECT_LT(MacroRocAuc(data().test, plain->runs[0].test_probabilities), 0.8);
}

TEST_F(ProbeTrainerTest, SeedsMayHaveDataOfTheirOwn) {
  ProbeData other = data();
  std::swap(other.train.front(), other.valid.front());
  const auto pool = ThreadPool::Create(2);
  ASSERT_THAT(pool, IsOk());
  ProbingReport quiet;
  quiet.is_quiet = true;
  const auto together =
      TrainProbes(std::vector<ProbeTask>{{&data(), 3}, {&other, 4}}, Small(),
                  **pool, quiet);
  const auto first = Probe(data(), Small(), {3});
  const auto second = Probe(other, Small(), {4});
  ASSERT_THAT(together, IsOk());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  ExpectSameRun(together->runs[0], first->runs[0]);
  ExpectSameRun(together->runs[1], second->runs[0]);
  other.tags[0] = "another";
  EXPECT_THAT(TrainProbes(std::vector<ProbeTask>{{&data(), 3}, {&other, 4}},
                          Small(), **pool, quiet),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("seed 4 has features or tags unlike")));
}

TEST_F(ProbeTrainerTest, ScoresStandBesideTheTruth) {
  const auto result = Probe(data(), Small(), {3, 4});
  ASSERT_THAT(result, IsOk());
  const LabelledScores scores = TestScores(data(), *result);
  EXPECT_THAT(CheckLabelledScores(scores), IsOk());
  EXPECT_THAT(scores.ids, SizeIs(30));
  EXPECT_EQ(scores.tags, data().tags);
  EXPECT_THAT(scores.seeds, ElementsAre(result->runs[0].test_probabilities,
                                        result->runs[1].test_probabilities));
  const LabelledScores chance = ChanceScores(data());
  EXPECT_THAT(CheckLabelledScores(chance), IsOk());
  EXPECT_EQ(MacroRocAuc(data().test, chance.seeds[0]), 0.5);
}

TEST_F(ProbeTrainerTest, FewShotProbesTrainOnTheDrawnRecordingsAlone) {
  ProbingConfig config = Small();
  config.shots = 5;
  const auto few = Probe(data(), config, {3});
  ProbeData drawn = data();
  drawn.train.clear();
  for (const std::size_t i : DrawShots(data().train, 5, 3)) {
    drawn.train.push_back(data().train[i]);
  }
  const auto expected = Probe(drawn, Small(), {3});
  ASSERT_THAT(few, IsOk());
  ASSERT_THAT(expected, IsOk());
  ExpectSameRun(few->runs[0], expected->runs[0]);
  for (ProbeRecording& recording : data().train) {
    recording.labels.assign(4, 0);
  }
  EXPECT_THAT(Probe(data(), config, {3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("there are no few-shot examples")));
}

TEST_F(ProbeTrainerTest, WhatCannotBeProbedIsRefused) {
  const auto expect_refused = [&](const ProbingConfig& config,
                                  const std::vector<std::uint64_t>& seeds,
                                  const std::string& message) {
    EXPECT_THAT(
        Probe(data(), config, seeds),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  expect_refused(Small(), {}, "no seeds");
  expect_refused(Small(), {3, 3}, "given twice");
  ProbingConfig config = Small();
  config.last_state = 3;
  expect_refused(config, {3}, "last_state");
  config = Small();
  config.learning_rates = {};
  expect_refused(config, {3}, "learning_rates");
  data().train[4].features.remove_suffix(1);
  expect_refused(Small(), {3}, "recording \"r5\" has 23 features");
}

}  // namespace
}  // namespace culturemert
