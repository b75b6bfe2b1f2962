#include "experiments/evaluation/probe_data.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "experiments/evaluation/feature_store_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/evaluation/probing_test_data.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<std::int64_t> CountTags(const std::vector<ProbeRecording>& train,
                                    const std::vector<std::size_t>& drawn) {
  std::vector<std::int64_t> counts(4, 0);
  for (const std::size_t i : drawn) {
    for (std::size_t tag = 0; tag < 4; ++tag) {
      counts[tag] += train[i].labels[tag];
    }
  }
  return counts;
}

TEST(DrawShotsTest, EveryTagHasItsShotsOrAllItHas) {
  ProbingTestData set;
  set.Fill(set.data().train, 200);
  std::vector<ProbeRecording>& train = set.data().train;
  for (std::size_t i = 2; i < train.size(); ++i) train[i].labels[3] = 0;
  train[0].labels[3] = 1;
  train[1].labels[3] = 1;
  for (const std::int64_t shots : {1, 5, 10}) {
    const std::vector<std::size_t> drawn = DrawShots(train, shots, 3);
    EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end()));
    const std::vector<std::int64_t> counts = CountTags(train, drawn);
    for (std::size_t tag = 0; tag < 3; ++tag) {
      EXPECT_GE(counts[tag], shots);
    }
    EXPECT_EQ(counts[3], std::min<std::int64_t>(shots, 2));
    EXPECT_LE(drawn.size(), static_cast<std::size_t>(4 * shots));
  }
}

TEST(DrawShotsTest, IsTheSameForASeedAndAnotherForAnother) {
  ProbingTestData set;
  set.Fill(set.data().train, 200);
  EXPECT_EQ(DrawShots(set.data().train, 5, 3),
            DrawShots(set.data().train, 5, 3));
  EXPECT_NE(DrawShots(set.data().train, 5, 3),
            DrawShots(set.data().train, 5, 4));
}

TEST(DrawShotsTest, WithoutTagsThereIsNothingToDraw) {
  ProbingTestData set;
  set.data().train.push_back(set.Recording({0, 0, 0, 0}, 1));
  EXPECT_THAT(DrawShots(set.data().train, 5, 3), SizeIs(0));
  EXPECT_THAT(DrawShots({}, 5, 3), SizeIs(0));
}

TEST(StandardisedDataTest, TrainingFeaturesHaveMeanZeroAndVarianceOne) {
  ProbingTestData set;
  set.Fill(set.data().train, 50, 2);
  set.Fill(set.data().test, 1);
  const StandardisedData standardised(set.data());
  const std::size_t size = set.data().window_size();
  for (std::size_t feature = 0; feature < size; ++feature) {
    double sum = 0;
    double squares = 0;
    for (const ProbeRecording& recording : standardised.data().train) {
      for (std::size_t i = feature; i < recording.features.size(); i += size) {
        sum += recording.features[i];
        squares += recording.features[i] * recording.features[i];
      }
    }
    EXPECT_NEAR(sum / 100, 0, 1e-6);
    EXPECT_NEAR(squares / 100, 1, 1e-5);
  }
  EXPECT_NE(standardised.data().test[0].features, set.data().test[0].features);
}

TEST(StandardisedDataTest, AFeatureThatNeverVariesBecomesZero) {
  ProbingTestData set;
  const std::vector<float> same(set.data().window_size(), 7);
  set.Fill(set.data().train, 3);
  for (ProbeRecording& recording : set.data().train) recording.features = same;
  const StandardisedData standardised(set.data());
  EXPECT_EQ(standardised.data().train[0].features[0], 0);
}

class JoinTest : public testing::Test {
 protected:
  JoinTest() {
    dataset_.facts.name = "lyra";
    dataset_.tags = {"lyra", "oud"};
    Add("a", Split::kTrain, {0});
    Add("b", Split::kValid, {});
    Add("c", Split::kTest, {0, 1});
  }

  void Add(const std::string& id, Split split,
           const std::vector<std::size_t>& labels) {
    Recording recording;
    recording.id = id;
    recording.split = split;
    recording.labels = labels;
    dataset_.recordings.push_back(recording);
  }

  void WriteFeatures(const std::vector<std::string>& ids) {
    const auto writer =
        FeatureStoreWriter::Open(files_, "/features", {1, 2, "e", "p"});
    ASSERT_THAT(writer, IsOk());
    for (const std::string& id : ids) {
      ASSERT_THAT((*writer)->Append(id, {static_cast<float>(id[0]), 0, 1, 2}),
                  IsOk());
    }
    ASSERT_THAT((*writer)->Finish(), IsOk());
  }

  MemoryFiles files_;
  Dataset dataset_;
};

TEST_F(JoinTest, FeaturesMeetTagsAndSplits) {
  WriteFeatures({"c", "b", "a"});
  const auto store = FeatureStore::Open(files_, "/features");
  ASSERT_THAT(store, IsOk());
  const auto data = JoinProbeData(**store, dataset_);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(CheckProbeData(*data), IsOk());
  ASSERT_THAT(data->train, SizeIs(1));
  ASSERT_THAT(data->valid, SizeIs(1));
  ASSERT_THAT(data->test, SizeIs(1));
  EXPECT_EQ(data->train[0].id, "a");
  EXPECT_THAT(data->train[0].labels, ElementsAre(1, 0));
  EXPECT_THAT(data->valid[0].labels, ElementsAre(0, 0));
  EXPECT_THAT(data->test[0].labels, ElementsAre(1, 1));
  EXPECT_THAT(data->test[0].features, ElementsAre('c', 0, 1, 2));
}

TEST_F(JoinTest, RecordingsWithoutFeaturesAreListed) {
  WriteFeatures({"b"});
  const auto store = FeatureStore::Open(files_, "/features");
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT(JoinProbeData(**store, dataset_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("/features"),
                             HasSubstr("2 recordings of lyra have no features: "
                                       "\"a\", \"c\""))));
}

TEST(CheckProbeDataTest, LabelsFitTheTags) {
  ProbingTestData set;
  set.Fill(set.data().test, 1);
  EXPECT_THAT(CheckProbeData(set.data()), IsOk());
  set.data().test[0].labels[0] = 2;
  EXPECT_THAT(CheckProbeData(set.data()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("has the label 2")));
  set.data().test[0].labels.pop_back();
  EXPECT_THAT(CheckProbeData(set.data()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("has 3 labels, there are 4 tags")));
  set.data().tags.clear();
  EXPECT_THAT(
      CheckProbeData(set.data()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("for 0 tags")));
}

}  // namespace
}  // namespace culturemert
