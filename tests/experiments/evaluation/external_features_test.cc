#include "experiments/evaluation/external_features.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/evaluation/feature_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/npy.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ExternalFeaturesTest : public testing::Test {
 protected:
  template <typename T>
  void Put(const std::string& id, const std::vector<T>& values,
           const std::vector<std::uint64_t>& shape) {
    const std::string path = absl::StrCat("/arrays/", id, ".npy");
    ASSERT_THAT(files_.CreateDirectories(Dirname(path)), IsOk());
    ASSERT_THAT(WriteNpy<T>(files_, path, values, shape), IsOk());
  }

  absl::Status Import(const std::vector<std::string>& ids,
                      ExternalRows rows = ExternalRows::kStates) {
    return ImportExternalFeatures(files_, {"/arrays", "MuQ", rows}, ids,
                                  "/features");
  }

  // Those of all recordings, one behind the other.
  std::vector<float> Imported() {
    const auto store = FeatureStore::Open(files_, "/features");
    EXPECT_THAT(store, IsOk());
    std::vector<float> all;
    for (std::size_t i = 0; i < (*store)->recordings().size(); ++i) {
      const absl::Span<const float> features = (*store)->Features(i);
      all.insert(all.end(), features.begin(), features.end());
    }
    return all;
  }

  void ExpectRefused(const absl::Status& status, const std::string& message) {
    EXPECT_THAT(status,
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("/arrays"), HasSubstr(message))));
    EXPECT_FALSE(files_.Exists("/features"));
  }

  MemoryFiles files_;
};

TEST_F(ExternalFeaturesTest, StatesAreTakenAsTheyAre) {
  Put<float>("b", {1, 2, 3, 4}, {2, 2});
  Put<float>("a", {5, 6, 7, 8}, {2, 2});
  ASSERT_THAT(Import({"b", "a"}), IsOk());
  EXPECT_THAT(Imported(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  const auto store = FeatureStore::Open(files_, "/features");
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ((*store)->format().states, 2);
  EXPECT_EQ((*store)->format().extractor, "external MuQ");
}

TEST_F(ExternalFeaturesTest, FramesAreAveraged) {
  Put<double>("a", {1, 2, 3, 4, 10, 20, 30, 40}, {2, 2, 2});
  Put<double>("b", {5, 6, 7, 8}, {2, 1, 2});
  ASSERT_THAT(Import({"a", "b"}), IsOk());
  EXPECT_THAT(Imported(), ElementsAre(2, 3, 20, 30, 5, 6, 7, 8));
}

TEST_F(ExternalFeaturesTest, RowsCanBeFrames) {
  Put<float>("a", {1, 2, 3, 4}, {2, 2});
  Put<float>("b", {5, 6, 7, 8, 9, 10}, {3, 2});
  ExpectRefused(Import({"a", "b"}),
                "where arrays are [T, D], set rows to frames");
  ASSERT_THAT(Import({"a", "b"}, ExternalRows::kFrames), IsOk());
  EXPECT_THAT(Imported(), ElementsAre(2, 3, 7, 8));
}

TEST_F(ExternalFeaturesTest, HalfPrecisionIsRead) {
  // 1, -2, 65504, 2^-24, 0.333251953125
  Put<Float16Bits>("a", {{0x3c00}, {0xc000}, {0x7bff}, {0x0001}, {0x3555}},
                   {1, 5});
  ASSERT_THAT(Import({"a"}), IsOk());
  EXPECT_THAT(Imported(), ElementsAre(1, -2, 65504, 0x1p-24f, 0.333251953125f));
}

TEST_F(ExternalFeaturesTest, AnIdWithASlashIsInAFolder) {
  Put<float>("6/norine", {1, 2}, {1, 2});
  Put<float>("7/x/y", {3, 4}, {1, 2});
  ASSERT_THAT(Import({"6/norine", "7/x/y"}), IsOk());
  EXPECT_THAT(Imported(), ElementsAre(1, 2, 3, 4));
}

TEST_F(ExternalFeaturesTest, OtherFilesAreNotLookedAt) {
  Put<float>("a", {1, 2}, {1, 2});
  Put<float>(".hidden", {1, 2}, {1, 2});
  ASSERT_THAT(files_.WriteAtomically("/arrays/README.md", "MuQ"), IsOk());
  EXPECT_THAT(Import({"a"}), IsOk());
}

TEST_F(ExternalFeaturesTest, MissingAndExtraIdsAreListed) {
  Put<float>("a", {1, 2}, {1, 2});
  Put<float>("x/y", {1, 2}, {1, 2});
  std::vector<std::string> ids = {"a"};
  for (int i = 0; i < 12; ++i) ids.push_back(absl::StrCat("m", i));
  const absl::Status status = Import(ids);
  ExpectRefused(status, "12 recordings have no array: \"m0\", \"m1\"");
  ExpectRefused(status, "\"m9\" and 2 more");
  ExpectRefused(status,
                "1 arrays belong to no recording of the data set: \"x/y\"");
}

TEST_F(ExternalFeaturesTest, WrongShapesAndTypesAreListed) {
  Put<float>("good", {1, 2}, {1, 2});
  Put<float>("flat", {1, 2}, {2});
  Put<float>("empty", {}, {1, 0, 2});
  Put<std::int32_t>("whole", {1, 2}, {1, 2});
  const absl::Status status = Import({"good", "flat", "empty", "whole"});
  ExpectRefused(status, "3 arrays are not float16, float32 or float64");
  ExpectRefused(status,
                "\"flat: (2,)\", \"empty: (1, 0, 2)\", "
                "\"whole: int32\"");
}

TEST_F(ExternalFeaturesTest, MixedWidthsAreListed) {
  Put<float>("a", {1, 2}, {1, 2});
  Put<float>("b", {1, 2}, {1, 2});
  Put<float>("c", {1, 2, 3}, {1, 3});
  ExpectRefused(Import({"a", "b", "c"}),
                "1 arrays are unlike most, which have 1 states of 2: "
                "\"c: 1 states of 3\"");
}

TEST_F(ExternalFeaturesTest, WhatIsNoNumberIsRefusedByName) {
  Put<float>("a", {1, std::numeric_limits<float>::infinity()}, {1, 2});
  EXPECT_THAT(Import({"a"}), StatusIs(absl::StatusCode::kInvalidArgument,
                                      AllOf(HasSubstr("\"a\""),
                                            HasSubstr("no finite number"))));
}

TEST_F(ExternalFeaturesTest, DamagedFilesAreRefusedByName) {
  ASSERT_THAT(files_.CreateDirectories("/arrays"), IsOk());
  ASSERT_THAT(files_.WriteAtomically("/arrays/a.npy", "\x93NUMPY"), IsOk());
  EXPECT_THAT(Import({"a"}), StatusIs(absl::StatusCode::kDataLoss,
                                      HasSubstr("/arrays/a.npy")));
  EXPECT_THAT(Import({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                   HasSubstr("no recordings")));
}

TEST_F(ExternalFeaturesTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_THAT(Import({"a"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/arrays")));
}

}  // namespace
}  // namespace culturemert
