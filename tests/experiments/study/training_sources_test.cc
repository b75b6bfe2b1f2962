#include "experiments/study/training_sources.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "experiments/study/data_nodes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/actions/small_set.h"
#include "tools/base/console/console.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TrainingSourcesTest : public testing::Test {
 protected:
  TrainingSourcesTest() : console_(WritingTo(printed_)) {
    action_.files = &files_;
    action_.label = "model";
    action_.console = &console_;
    // Five recordings for training; "b" has none for validation.
    AddSet("a", SmallSet("a", 5, 2, 1));
    AddSet("b", SmallSet("b", 5, 0, 1));
    AddSet("c", SmallSet("c", 5, 1, 1));
  }

  static Console::Options WritingTo(std::string& text) {
    Console::Options options;
    options.write = [&text](absl::string_view bytes) {
      absl::StrAppend(&text, bytes);
    };
    return options;
  }

  void AddSet(const std::string& name, const PreparedSet& set) {
    const std::string folder = absl::StrCat("/sets/", name);
    ASSERT_THAT(files_.CreateDirectories(folder), IsOk());
    ASSERT_THAT(WritePreparedSet(files_, folder, set), IsOk());
    action_.inputs[SetNodeId(name)] = folder;
    action_.inputs[CodesNodeId(name)] = absl::StrCat("/codes/", name);
  }

  const std::vector<Split> training_ = {Split::kTrain};
  const std::vector<Split> with_validation_ = {Split::kTrain, Split::kValid};
  MemoryFiles files_;
  std::string printed_;
  Console console_;
  ActionContext action_;
};

TEST_F(TrainingSourcesTest, SettingsOfADataSetAddToItsTrainingRecordings) {
  DatasetConfig dataset;
  EXPECT_EQ(TrainingSplits(dataset), training_);
  dataset.trains_on_validation = true;
  EXPECT_EQ(TrainingSplits(dataset), with_validation_);
  dataset.is_transductive = true;
  EXPECT_THAT(TrainingSplits(dataset),
              ElementsAre(Split::kTrain, Split::kValid, Split::kTest));
}

TEST_F(TrainingSourcesTest, ValidationRecordingsAreHeldOut) {
  const auto held_out =
      HeldOutSources(action_, {"a", "c"}, {{"a", training_}, {"c", training_}});
  ASSERT_THAT(held_out, IsOk());
  ASSERT_THAT(*held_out, SizeIs(2));
  const PoolSource& first = held_out->front();
  EXPECT_EQ(first.culture, "a");
  EXPECT_EQ(first.set_folder, "/sets/a");
  EXPECT_EQ(first.codes_folder, "/codes/a/codes");
  EXPECT_THAT(first.splits, ElementsAre(Split::kValid));
  EXPECT_EQ(first.fraction, 1);
  EXPECT_EQ(held_out->back().culture, "c");
  EXPECT_EQ(printed_, "");
}

TEST_F(TrainingSourcesTest, ThoseThatAreTrainedOnAreNot) {
  const auto held_out = HeldOutSources(
      action_, {"a", "c"}, {{"a", with_validation_}, {"c", training_}});
  ASSERT_THAT(held_out, IsOk());
  ASSERT_THAT(*held_out, SizeIs(1));
  EXPECT_EQ(held_out->front().culture, "c");
  EXPECT_EQ(printed_, "");
}

TEST_F(TrainingSourcesTest, WithoutAnyThereIsNoHeldOutLossAndItIsSaid) {
  EXPECT_THAT(HeldOutSources(action_, {"a", "b"},
                             {{"a", with_validation_}, {"b", training_}}),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(printed_, HasSubstr("model: every validation recording is "
                                  "trained on, or there is none"));
}

TEST_F(TrainingSourcesTest, ADataSetThatIsNoInputIsAnError) {
  EXPECT_THAT(SourceOf(action_, "d", {Split::kTrain}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("set.d")));
}

}  // namespace
}  // namespace culturemert
