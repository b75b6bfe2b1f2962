#include "experiments/actions/embed_set.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "experiments/evaluation/external_features.h"
#include "experiments/evaluation/feature_store_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/actions/small_set.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kClipSamples = 48000;  // 2 s.

// The windows' lengths in samples, as one state of size 1.
class LengthFeatures final : public FeatureExtractor {
 public:
  std::string identity() const override { return "lengths"; }
  std::int64_t states() const override { return 1; }
  std::int64_t state_size() const override { return 1; }
  std::int64_t min_samples() const override { return 1; }
  absl::StatusOr<at::Tensor> Extract(const at::Tensor& audio) const override {
    return at::full({audio.size(0), 1, 1}, static_cast<double>(audio.size(1)),
                    at::kFloat);
  }
};

// Recording 1 of the training split has two clips.
PreparedSet Example() {
  PreparedSet set = SmallSet("r", 2, 1, 1);
  set.recordings[1].clips = {"r1#0", "r1#1"};
  return set;
}

struct Stored {
  std::string id;
  std::vector<float> features;  // [windows, 1, 2]
};

absl::StatusOr<std::unique_ptr<FeatureStore>> Write(
    Files& files, const std::vector<Stored>& recordings) {
  FeatureFormat format;
  format.states = 1;
  format.state_size = 2;
  ASSIGN_OR_RETURN(const std::unique_ptr<FeatureStoreWriter> writer,
                   FeatureStoreWriter::Open(files, "/features", format));
  for (const Stored& recording : recordings) {
    RETURN_IF_ERROR(writer->Append(recording.id, recording.features));
  }
  RETURN_IF_ERROR(writer->Finish());
  return FeatureStore::Open(files, "/features");
}

TEST(JoinFeaturesTest, WindowsOfARecordingAreThoseOfAllItsClips) {
  MemoryFiles files;
  const auto store = Write(files, {{"r0", {1, 2}},
                                   {"r1#0", {3, 4, 5, 6}},
                                   {"r1#1", {7, 8}},
                                   {"r2", {9, 10}},
                                   {"r3", {11, 12}}});
  ASSERT_THAT(store, IsOk());
  const auto data = JoinFeatures(Example(), **store);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(CheckProbeData(*data), IsOk());
  EXPECT_THAT(data->tags, ElementsAre("mode:a", "b"));
  EXPECT_EQ(data->states, 1);
  EXPECT_EQ(data->state_size, 2);
  ASSERT_EQ(data->train.size(), 2u);
  EXPECT_THAT(data->train[0].features, ElementsAre(1, 2));
  EXPECT_THAT(data->train[0].labels, ElementsAre(1, 0));
  EXPECT_EQ(data->train[1].id, "r1");
  EXPECT_THAT(data->train[1].features, ElementsAre(3, 4, 5, 6, 7, 8));
  EXPECT_THAT(data->train[1].labels, ElementsAre(0, 1));
  ASSERT_EQ(data->valid.size(), 1u);
  EXPECT_THAT(data->valid[0].features, ElementsAre(9, 10));
  ASSERT_EQ(data->test.size(), 1u);
  EXPECT_EQ(data->test[0].id, "r3");
}

TEST(JoinFeaturesTest, ExternalFeaturesAreThoseOfWholeRecordings) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories("/mine"), IsOk());
  std::vector<std::string> ids;
  for (const PreparedRecording& recording : Example().recordings) {
    ids.push_back(recording.id);
    const auto number = static_cast<float>(ids.size());
    ASSERT_THAT(
        WriteNpy<float>(files, absl::StrCat("/mine/", recording.id, ".npy"),
                        std::vector<float>{number, -number}, {1, 2}),
        IsOk());
  }
  ExternalFeatures external;
  external.folder = "/mine";
  external.name = "mine";
  ASSERT_THAT(ImportExternalFeatures(files, external, ids, "/features"),
              IsOk());
  const auto store = FeatureStore::Open(files, "/features");
  ASSERT_THAT(store, IsOk());
  const auto data = JoinFeatures(Example(), **store);
  ASSERT_THAT(data, IsOk());
  ASSERT_EQ(data->train.size(), 2u);
  EXPECT_THAT(data->train[1].features, ElementsAre(2, -2));
  EXPECT_THAT(data->test.at(0).features, ElementsAre(4, -4));
}

TEST(JoinFeaturesTest, FeaturesOfOtherRecordingsAreRefusedWithTheClip) {
  const std::vector<Stored> whole = {{"r0", {1, 2}},
                                     {"r1#0", {3, 4}},
                                     {"r1#1", {7, 8}},
                                     {"r2", {9, 10}},
                                     {"r3", {11, 12}}};
  std::vector<Stored> swapped = whole;
  std::swap(swapped[1], swapped[2]);
  std::vector<Stored> short_of_one = whole;
  short_of_one.pop_back();
  std::vector<Stored> with_more = whole;
  with_more.push_back({"r4", {0, 0}});
  const std::vector<std::pair<std::vector<Stored>, std::string>> cases = {
      {swapped, "'r1#0'"}, {short_of_one, "'r3'"}, {with_more, "'r4'"}};
  for (const auto& [recordings, name] : cases) {
    MemoryFiles files;
    const auto store = Write(files, recordings);
    ASSERT_THAT(store, IsOk());
    EXPECT_THAT(JoinFeatures(Example(), **store),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr("/features"), HasSubstr(name))));
  }
}

TEST(JoinFeaturesTest, ASetWithoutASplitHasNothingInIt) {
  MemoryFiles files;
  const auto store = Write(files, {{"r0", {1, 2}}});
  ASSERT_THAT(store, IsOk());
  const auto data = JoinFeatures(SmallSet("r", 1, 0, 0), **store);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->valid, IsEmpty());
  EXPECT_THAT(data->test, IsEmpty());
}

class EmbedSetTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<FeatureStore>> Embed(const PreparedSet& set) {
    RETURN_IF_ERROR(WriteSmallSet(files_, "/set", set, kClipSamples));
    EmbedSettings settings;
    settings.is_quiet = true;
    RETURN_IF_ERROR(
        EmbedSet(files_, "/set", LengthFeatures(), settings, "/features"));
    return FeatureStore::Open(files_, "/features");
  }

  MemoryFiles files_;
};

TEST_F(EmbedSetTest, EveryClipIsEmbeddedSoThatItCanBeJoined) {
  const auto store = Embed(Example());
  ASSERT_THAT(store, IsOk());
  std::vector<std::string> ids;
  for (const FeatureRecording& recording : (*store)->recordings()) {
    ids.push_back(recording.id);
  }
  EXPECT_THAT(ids, ElementsAre("r0", "r1#0", "r1#1", "r2", "r3"));
  const auto data = JoinFeatures(Example(), **store);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->train.at(1).features, ElementsAre(48000, 48000));
}

TEST_F(EmbedSetTest, TheSetsCapCountsForEachClip) {
  PreparedSet set = Example();
  set.duration_cap_seconds = 1;
  const auto store = Embed(set);
  ASSERT_THAT(store, IsOk());
  ASSERT_EQ((*store)->recordings().size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_THAT((*store)->Features(i), Each(24000));
  }
}

TEST_F(EmbedSetTest, AClipThatTheStoreLacksIsNamed) {
  ASSERT_THAT(WriteSmallSet(files_, "/set", Example(), kClipSamples), IsOk());
  PreparedSet set = Example();
  set.recordings[3].clips = {"gone"};
  ASSERT_THAT(WritePreparedSet(files_, "/set", set), IsOk());
  EmbedSettings settings;
  settings.is_quiet = true;
  EXPECT_THAT(EmbedSet(files_, "/set", LengthFeatures(), settings, "/features"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("gone")));
}

}  // namespace
}  // namespace culturemert
