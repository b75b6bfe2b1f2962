#include "experiments/actions/prepared_set.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/actions/small_set.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kFolder[] = "/set";

PreparedSet Example() {
  PreparedSet set = SmallSet("", 2, 1, 1);
  set.duration_cap_seconds = 30;
  set.notes = {"from a test", "çalgı"};
  set.recordings[0].labels = {0, 1};
  set.recordings[1].labels = {};
  set.recordings[2].clips = {"2#0", "2#1"};
  return set;
}

void ExpectSame(const PreparedSet& found, const PreparedSet& expected) {
  EXPECT_EQ(found.name, expected.name);
  EXPECT_EQ(found.culture, expected.culture);
  EXPECT_EQ(found.is_synthetic, expected.is_synthetic);
  EXPECT_EQ(found.duration_cap_seconds, expected.duration_cap_seconds);
  EXPECT_EQ(found.notes, expected.notes);
  ASSERT_EQ(found.tags.size(), expected.tags.size());
  for (std::size_t i = 0; i < found.tags.size(); ++i) {
    EXPECT_EQ(found.tags[i].name, expected.tags[i].name);
    EXPECT_EQ(found.tags[i].group, expected.tags[i].group);
  }
  ASSERT_EQ(found.recordings.size(), expected.recordings.size());
  for (std::size_t i = 0; i < found.recordings.size(); ++i) {
    EXPECT_EQ(found.recordings[i].id, expected.recordings[i].id);
    EXPECT_EQ(found.recordings[i].split, expected.recordings[i].split);
    EXPECT_EQ(found.recordings[i].labels, expected.recordings[i].labels);
    EXPECT_EQ(found.recordings[i].clips, expected.recordings[i].clips);
  }
}

TEST(PreparedSetTest, IsReadAsItWasWritten) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories(kFolder), IsOk());
  ASSERT_THAT(WritePreparedSet(files, kFolder, Example()), IsOk());
  const auto set = ReadPreparedSet(files, kFolder);
  ASSERT_THAT(set, IsOk());
  ExpectSame(*set, Example());
}

TEST(PreparedSetTest, ASetWithoutTagsAndRecordingsIsRead) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories(kFolder), IsOk());
  ASSERT_THAT(WritePreparedSet(files, kFolder, PreparedSet()), IsOk());
  const auto set = ReadPreparedSet(files, kFolder);
  ASSERT_THAT(set, IsOk());
  ExpectSame(*set, PreparedSet());
}

TEST(PreparedSetTest, SplitsAreListedInOrder) {
  const PreparedSet set = SmallSet("", 2, 1, 2);
  EXPECT_THAT(set.OfSplit(Split::kTrain), ElementsAre(0, 1));
  EXPECT_THAT(set.OfSplit(Split::kValid), ElementsAre(2));
  EXPECT_THAT(set.OfSplit(Split::kTest), ElementsAre(3, 4));
}

TEST(PreparedSetTest, AGroupIsWhatStandsBeforeTheColon) {
  EXPECT_EQ(GroupOfTag("mode:hicaz"), "mode");
  EXPECT_EQ(GroupOfTag("mode:a:b"), "mode");
  EXPECT_EQ(GroupOfTag("makam--Hicaz"), "makam");
  EXPECT_EQ(GroupOfTag("form--Varnam - Tana Varnam"), "form");
  EXPECT_EQ(GroupOfTag("Hip-Hop"), "");
  EXPECT_EQ(GroupOfTag("ney"), "");
  EXPECT_EQ(GroupOfTag(":x"), "");
  EXPECT_EQ(GroupOfTag(""), "");
}

struct Damage {
  std::string name;
  std::string file;
  std::string from;
  std::string to;
  std::string message;
};

class DamagedSetTest : public testing::TestWithParam<Damage> {};

TEST_P(DamagedSetTest, IsRefusedWithFileAndReason) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories(kFolder), IsOk());
  ASSERT_THAT(WritePreparedSet(files, kFolder, Example()), IsOk());
  const std::string path = absl::StrCat(kFolder, "/", GetParam().file);
  const std::string text = files.Read(path).value();
  const std::string damaged =
      absl::StrReplaceAll(text, {{GetParam().from, GetParam().to}});
  ASSERT_NE(damaged, text) << text;
  ASSERT_THAT(files.WriteAtomically(path, damaged), IsOk());
  const absl::Status status = ReadPreparedSet(files, kFolder).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status) ||
              absl::IsFailedPrecondition(status) || absl::IsDataLoss(status))
      << status;
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(GetParam().file), HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, DamagedSetTest,
    testing::Values(
        Damage{"OtherVersion", "set.json", R"("version": 1)", R"("version": 2)",
               "expected 1"},
        Damage{"NoJson", "set.json", "{", "[", ""},
        Damage{"NoCulture", "set.json", R"("culture")", R"("cult")", "culture"},
        Damage{"NegativeCap", "set.json", R"("duration_cap_seconds": 30)",
               R"("duration_cap_seconds": -30)", "duration_cap_seconds"},
        Damage{"HugeCap", "set.json", R"("duration_cap_seconds": 30)",
               R"("duration_cap_seconds": 99999999999)",
               "duration_cap_seconds"},
        Damage{"SyntheticTwice", "set.json", R"("synthetic": 1)",
               R"("synthetic": 2)", "synthetic"},
        Damage{"MoreRecordings", "set.json", R"("recordings": 4)",
               R"("recordings": 5)", "tells of 5"},
        Damage{"NoteIsNoText", "set.json", R"("from a test")", "7", "7"},
        Damage{"TagIsNoObject", "set.json", R"("tags": [)", R"("tags": [3,)",
               "3"},
        Damage{"TagWithoutGroup", "set.json", R"("group")", R"("grop")",
               "group"},
        Damage{"UnknownLabel", "labels.jsonl", R"("labels":[0,1])",
               R"("labels":[0,2])", ":1: labels"},
        Damage{"NegativeLabel", "labels.jsonl", R"("labels":[0,1])",
               R"("labels":[-1])", "below 2"},
        Damage{"LabelsNotAscending", "labels.jsonl", R"("labels":[0,1])",
               R"("labels":[1,0])", "ascending"},
        Damage{"LabelTwice", "labels.jsonl", R"("labels":[0,1])",
               R"("labels":[1,1])", "ascending"},
        Damage{"LabelIsText", "labels.jsonl", R"("labels":[0,1])",
               R"("labels":["0"])", "numbers"},
        Damage{"NoClips", "labels.jsonl", R"("clips":["0"])", R"("clips":[])",
               "no clips"},
        Damage{"ClipIsNoText", "labels.jsonl", R"("clips":["0"])",
               R"("clips":[0])", ":1: clips"},
        Damage{"UnknownSplit", "labels.jsonl", R"("valid")", R"("dev")", "dev"},
        Damage{"IdTwice", "labels.jsonl", R"("id":"1")", R"("id":"0")",
               "a second recording '0'"},
        Damage{"LineIsNoObject", "labels.jsonl",
               R"({"clips":["0"],"id":"0","labels":[0,1],"split":"train"})",
               "[]", ""}),
    [](const testing::TestParamInfo<Damage>& info) { return info.param.name; });

TEST(PreparedSetTest, EitherFileMayBeTheMissingOne) {
  for (const char* name : {kPreparedSetName, kPreparedLabelsName}) {
    MemoryFiles files;
    ASSERT_THAT(files.CreateDirectories(kFolder), IsOk());
    ASSERT_THAT(WritePreparedSet(files, kFolder, Example()), IsOk());
    ASSERT_THAT(files.Remove(absl::StrCat(kFolder, "/", name)), IsOk());
    EXPECT_THAT(ReadPreparedSet(files, kFolder),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr(name)));
  }
}

TEST(PreparedSetTest, WhateverFailsNoHalfSetIsReadAsAWholeOne) {
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(files.CreateDirectories(kFolder), IsOk());
  };
  scenario.run = [](Files& files) {
    return WritePreparedSet(files, kFolder, Example());
  };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto set = ReadPreparedSet(files, kFolder);
    if (outcome.reported_ok()) {
      ASSERT_THAT(set, IsOk());
    }
    if (set.ok()) ExpectSame(*set, Example());
  };
  EXPECT_GT(ForEachFault(scenario), 10u);
}

}  // namespace
}  // namespace culturemert
