#include "experiments/evaluation/feature_store.h"

#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "experiments/evaluation/feature_store_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr char kStore[] = "/features";
const FeatureFormat kFormat = {2, 3, "an encoder", "30 s"};

// n + 1 windows of 2 states of 3.
std::vector<float> FeaturesOf(int n) {
  std::vector<float> features;
  for (int i = 0; i < 6 * (n + 1); ++i) {
    features.push_back(static_cast<float>(100 * n + i));
  }
  return features;
}

std::string Id(int n) { return absl::StrCat("recording ", n); }

// The first `recordings` that are not there yet.
absl::Status Write(Files& files, int recordings,
                   const FeatureFormat& format = kFormat) {
  ASSIGN_OR_RETURN(const std::unique_ptr<FeatureStoreWriter> writer,
                   FeatureStoreWriter::Open(files, kStore, format));
  for (int n = 0; n < recordings; ++n) {
    if (writer->Contains(Id(n))) continue;
    RETURN_IF_ERROR(writer->Append(Id(n), FeaturesOf(n)));
    if (n % 2 == 0) RETURN_IF_ERROR(writer->Sync());
  }
  return writer->Finish();
}

std::map<std::string, std::string> Contents(Files& files) {
  std::map<std::string, std::string> contents;
  const auto entries = files.List(kStore);
  if (!entries.ok()) return contents;
  for (const DirectoryEntry& entry : *entries) {
    contents[entry.name] =
        files.Read(absl::StrCat(kStore, "/", entry.name)).value();
  }
  return contents;
}

TEST(FeatureStoreTest, GivesBackWhatWasWritten) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 5), IsOk());
  const auto store = FeatureStore::Open(files, kStore);
  ASSERT_THAT(store, IsOk());
  EXPECT_TRUE((*store)->format() == kFormat);
  EXPECT_EQ((*store)->windows(), 15u);
  ASSERT_EQ((*store)->recordings().size(), 5u);
  for (std::size_t n = 0; n < 5; ++n) {
    EXPECT_EQ((*store)->Find(Id(static_cast<int>(n))), n);
    EXPECT_EQ((*store)->recordings()[n].windows, n + 1);
    EXPECT_THAT((*store)->Features(n),
                ElementsAreArray(FeaturesOf(static_cast<int>(n))));
  }
  EXPECT_EQ((*store)->Find("recording 5"), std::nullopt);
  EXPECT_THAT((*store)->Verify(), IsOk());
}

TEST(FeatureStoreTest, IsTheSameHoweverOftenItWasInterrupted) {
  MemoryFiles whole;
  ASSERT_THAT(Write(whole, 7), IsOk());
  MemoryFiles halved;
  for (const int recordings : {0, 2, 2, 5, 7}) {
    ASSERT_THAT(Write(halved, recordings), IsOk());
  }
  EXPECT_EQ(Contents(halved), Contents(whole));
}

TEST(FeatureStoreTest, SurvivesEveryFaultAndCrash) {
  MemoryFiles expected;
  ASSERT_THAT(Write(expected, 4), IsOk());
  FaultScenario scenario;
  scenario.prepare = [](Files& files) { ASSERT_THAT(Write(files, 2), IsOk()); };
  scenario.run = [](Files& files) { return Write(files, 4); };
  scenario.check = [&](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto store = FeatureStore::Open(files, kStore);
    if (store.ok()) {
      EXPECT_THAT((*store)->Verify(), IsOk());
      EXPECT_GE((*store)->recordings().size(), outcome.reported_ok() ? 4u : 2u);
    } else {
      EXPECT_FALSE(outcome.reported_ok()) << store.status();
      EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition)
          << store.status();
    }
    // The next try is another process: a lock that could not be removed is
    // stale to it.
    files.Crash(CrashMode::kProcessKilled);
    ASSERT_THAT(Write(files, 4), IsOk());
    EXPECT_EQ(Contents(files), Contents(expected));
  };
  EXPECT_GT(ForEachFault(scenario), 50u);
}

TEST(FeatureStoreWriterTest, RefusesWhatDoesNotFit) {
  MemoryFiles files;
  const auto writer = FeatureStoreWriter::Open(files, kStore, kFormat);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Append("a", FeaturesOf(0)), IsOk());
  const auto refuses = [&](absl::string_view id,
                           const std::vector<float>& features,
                           const std::string& reason) {
    EXPECT_THAT((*writer)->Append(id, features),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(kStore), HasSubstr(reason))));
  };
  refuses("", FeaturesOf(0), "no id");
  refuses("\xff", FeaturesOf(0), "valid UTF-8");
  refuses("a", FeaturesOf(0), "in the store already");
  refuses("b", {}, "0 features");
  refuses("b", {1, 2, 3}, "a multiple of 2 states of 3");
  std::vector<float> features = FeaturesOf(1);
  features[10] = std::numeric_limits<float>::quiet_NaN();
  refuses("b", features, "feature 1 of window 1 is nan");
  EXPECT_THAT(FeatureStoreWriter::Open(files, kStore, kFormat),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(kStore)));
  ASSERT_THAT((*writer)->Finish(), IsOk());
  EXPECT_THAT((*writer)->Append("b", FeaturesOf(0)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("after the store was finished")));
}

TEST(FeatureStoreWriterTest, RefusesFeaturesOfAnotherEncoderOrProtocol) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 1), IsOk());
  EXPECT_THAT(Write(files, 1, {2, 3, "another encoder", "30 s"}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("holds features of \"an encoder\""),
                             HasSubstr("not of \"another encoder\""))));
  EXPECT_THAT(
      Write(files, 1, {2, 3, "an encoder", "10 s"}),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("10 s")));
  EXPECT_THAT(
      Write(files, 1, {0, 3, "", ""}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 states of 3")));
}

class DamagedStoreTest : public testing::Test {
 protected:
  DamagedStoreTest() { EXPECT_THAT(Write(files_, 3), IsOk()); }

  void Replace(const std::string& name, const std::string& from,
               const std::string& to) {
    const std::string path = absl::StrCat(kStore, "/", name);
    const std::string text = files_.Read(path).value();
    const std::string changed = absl::StrReplaceAll(text, {{from, to}});
    ASSERT_NE(changed, text);
    ASSERT_THAT(files_.WriteAtomically(path, changed), IsOk());
  }

  MemoryFiles files_;
};

TEST_F(DamagedStoreTest, IsRefusedByName) {
  Replace("features.jsonl", "recording 1", "recording 9");
  EXPECT_THAT(
      FeatureStore::Open(files_, kStore),
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(HasSubstr("features.jsonl"), HasSubstr("checksum"))));
}

TEST_F(DamagedStoreTest, MustHaveAllItsFeatures) {
  ASSERT_THAT(
      files_.WriteAtomically(absl::StrCat(kStore, "/features.bin"), "x"),
      IsOk());
  EXPECT_THAT(FeatureStore::Open(files_, kStore),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("holds 1 bytes, its recordings take 144")));
}

TEST_F(DamagedStoreTest, VerifyNamesTheRecordingThatDiffers) {
  const std::string path = absl::StrCat(kStore, "/features.bin");
  std::string bytes = files_.Read(path).value();
  bytes[bytes.size() - 1] ^= 1;
  ASSERT_THAT(files_.WriteAtomically(path, bytes), IsOk());
  const auto store = FeatureStore::Open(files_, kStore);
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->Verify(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("recording 2")));
}

TEST_F(DamagedStoreTest, OfAnotherVersionSaysSo) {
  Replace("manifest.json", "\"version\": 1", "\"version\": 2");
  EXPECT_THAT(
      FeatureStore::Open(files_, kStore),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("version 2")));
}

}  // namespace
}  // namespace culturemert
