#include "experiments/metrics/score_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr char kTruth[] = "id,x,y\na,1,0\nb,0,1\nc,0,0\n";

absl::StatusOr<LabelledScores> ReadTables(
    const std::string& truth, const std::vector<std::string>& scores) {
  MemoryFiles files;
  EXPECT_THAT(files.WriteAtomically("truth.csv", truth), IsOk());
  std::vector<std::string> paths;
  for (const std::string& text : scores) {
    paths.push_back(absl::StrCat("scores", paths.size(), ".csv"));
    EXPECT_THAT(files.WriteAtomically(paths.back(), text), IsOk());
  }
  return ReadScoreTables(files, "truth.csv", paths);
}

void ExpectRefused(const std::string& truth, const std::string& scores,
                   const testing::Matcher<std::string>& message) {
  EXPECT_THAT(ReadTables(truth, {scores}),
              StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST(ReadScoreTablesTest, RowsAndColumnsAreMatchedByName) {
  const absl::StatusOr<LabelledScores> scores =
      ReadTables(kTruth, {"id,x,y\na,.1,.2\nb,.3,.4\nc,.5,.6\n",
                          "id,y,x\nc,6,5\na,2,1\nb,4e0,-3\n"});
  ASSERT_THAT(scores, IsOk());
  EXPECT_THAT(scores->ids, ElementsAre("a", "b", "c"));
  EXPECT_THAT(scores->tags, ElementsAre("x", "y"));
  EXPECT_THAT(scores->truth, ElementsAre(1, 0, 0, 1, 0, 0));
  EXPECT_THAT(scores->seeds, ElementsAre(ElementsAre(.1, .2, .3, .4, .5, .6),
                                         ElementsAre(1, 2, -3, 4, 5, 6)));
}

TEST(ReadScoreTablesTest, MissingAndUnknownRecordingsAreListed) {
  ExpectRefused(kTruth, "id,x,y\na,.1,.2\nd,.3,.4\n",
                AllOf(HasSubstr("scores0.csv"),
                      HasSubstr("lacks 2 of 3 recordings of truth.csv: "
                                "\"b\", \"c\""),
                      HasSubstr("1 recording that truth.csv lacks: \"d\"")));
}

TEST(ReadScoreTablesTest, MissingAndUnknownTagsAreListed) {
  ExpectRefused(kTruth, "id,x,z\na,.1,.2\n",
                AllOf(HasSubstr("lacks 1 of 2 tags of truth.csv: \"y\""),
                      HasSubstr("\"z\"")));
}

TEST(ReadScoreTablesTest, LongListsAreCut) {
  std::string scores = kTruth;
  for (int i = 0; i < 20; ++i) absl::StrAppend(&scores, "r", i, ",0,0\n");
  ExpectRefused(kTruth, scores, HasSubstr("\"r4\" and 15 more"));
}

TEST(ReadScoreTablesTest, ARepeatedRecordingIsNamedWithBothLines) {
  ExpectRefused(kTruth, "id,x,y\na,1,1\nb,1,1\na,1,1\n",
                HasSubstr("scores0.csv:4: the id \"a\" stands in line 2"));
  ExpectRefused("id,x\na,1\na,0\n", "id,x\na,1\n",
                HasSubstr("truth.csv:3: the id \"a\""));
}

TEST(ReadScoreTablesTest, ScoresThatAreNoNumberAreNamedWithTheirPlace) {
  for (const char* value :
       {"", "high", "nan", "inf", "-inf", "1e999", "0.5x"}) {
    ExpectRefused(
        kTruth, absl::StrCat("id,x,y\na,1,1\nb,1,", value, "\nc,1,1\n"),
        AllOf(HasSubstr("scores0.csv:3: recording \"b\", tag \"y\": "),
              HasSubstr(absl::StrCat("\"", value, "\"")),
              HasSubstr("is no finite number")));
  }
}

TEST(ReadScoreTablesTest, LabelsThatAreNeitherZeroNorOneAreRefused) {
  for (const char* value : {"", "2", "0.7", "yes", "1.0"}) {
    ExpectRefused(absl::StrCat("id,x\na,", value, "\n"), "id,x\na,1\n",
                  HasSubstr("truth.csv:2: recording \"a\", tag \"x\""));
  }
}

TEST(ReadScoreTablesTest, HeadersWithoutTagsAreRefused) {
  ExpectRefused("id\na\n", "id\na\n", HasSubstr("truth.csv:1: one column"));
  ExpectRefused("id;x;y\na;1;0\n", "id\na\n", HasSubstr("separated by commas"));
  ExpectRefused("id,x,\na,1,0\n", "id\na\n", HasSubstr("column 3 has no tag"));
  ExpectRefused("id,x,x\na,1,0\n", "id\na\n",
                HasSubstr("the tag \"x\" stands there twice"));
  ExpectRefused("id,x\n", "id\na\n", HasSubstr("no recordings follow"));
  ExpectRefused("id,x\n,1\n", "id\na\n", HasSubstr("truth.csv:2: the id"));
}

TEST(ReadScoreTablesTest, AMissingFileIsNamed) {
  MemoryFiles files;
  EXPECT_THAT(ReadScoreTables(files, "truth.csv", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("truth.csv")));
}

absl::StatusOr<TagGroups> ReadGroups(const std::string& text) {
  MemoryFiles files;
  EXPECT_THAT(files.WriteAtomically("groups.csv", text), IsOk());
  return ReadTagGroups(files, "groups.csv");
}

TEST(ReadTagGroupsTest, EachTagHasItsGroup) {
  EXPECT_THAT(ReadGroups("tag,group\nx,mode\ny,form\n"),
              IsOkAndHolds(ElementsAre(Pair("x", "mode"), Pair("y", "form"))));
}

TEST(ReadTagGroupsTest, WrongTablesAreRefused) {
  EXPECT_THAT(ReadGroups("tag,grop\nx,mode\n"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("group")));
  EXPECT_THAT(ReadGroups("tag,group\nx,mode\nx,form\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("groups.csv:3: the tag \"x\"")));
  EXPECT_THAT(ReadGroups("tag,group\nx,\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("groups.csv:2: the group is empty")));
  EXPECT_THAT(ReadGroups("tag,group\n,mode\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("groups.csv:2: the tag is empty")));
}

}  // namespace
}  // namespace culturemert
