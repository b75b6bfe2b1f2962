#include "experiments/metrics/labelled_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LabelledScores Valid() {
  LabelledScores scores;
  scores.ids = {"a", "b"};
  scores.tags = {"x", "y", "z"};
  scores.truth = {0, 1, 0, 1, 0, 0};
  scores.seeds = {{.1, .2, .3, .4, .5, .6}, {1, 2, 3, 4, 5, 6}};
  return scores;
}

void ExpectRefused(const std::function<void(LabelledScores*)>& spoil,
                   const testing::Matcher<std::string>& message) {
  LabelledScores scores = Valid();
  spoil(&scores);
  EXPECT_THAT(CheckLabelledScores(scores),
              StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST(CheckLabelledScoresTest, CompleteScoresAreFine) {
  EXPECT_THAT(CheckLabelledScores(Valid()), IsOk());
}

TEST(CheckLabelledScoresTest, NothingToScoreIsAnError) {
  ExpectRefused([](LabelledScores* s) { *s = LabelledScores(); },
                HasSubstr("0 recordings, 0 tags, 0 seeds"));
  ExpectRefused([](LabelledScores* s) { s->seeds.clear(); },
                HasSubstr("2 recordings, 3 tags, 0 seeds"));
}

TEST(CheckLabelledScoresTest, ShapesThatDisagreeAreAnErrorWithBothSizes) {
  ExpectRefused([](LabelledScores* s) { s->truth.pop_back(); },
                AllOf(HasSubstr("truth: 5 values"), HasSubstr("make 6")));
  ExpectRefused([](LabelledScores* s) { s->seeds[1].push_back(0); },
                AllOf(HasSubstr("scores of seed 1: 7"), HasSubstr("make 6")));
}

TEST(CheckLabelledScoresTest, RepeatedAndEmptyNamesAreNamed) {
  ExpectRefused([](LabelledScores* s) { s->ids[1] = "a"; },
                HasSubstr("recording \"a\" stands there twice"));
  ExpectRefused([](LabelledScores* s) { s->tags[2] = "x"; },
                HasSubstr("tag \"x\" stands there twice"));
  ExpectRefused([](LabelledScores* s) { s->tags[1] = ""; },
                HasSubstr("a tag has no name"));
}

TEST(CheckLabelledScoresTest, ValuesThatAreNoScoreAreFoundAtTheirPlace) {
  for (double value : {std::nan(""), std::numeric_limits<double>::infinity(),
                       -std::numeric_limits<double>::infinity()}) {
    ExpectRefused([&](LabelledScores* s) { s->seeds[1][4] = value; },
                  AllOf(HasSubstr("seed 1"), HasSubstr("recording \"b\""),
                        HasSubstr("tag \"y\"")));
  }
  ExpectRefused([](LabelledScores* s) { s->truth[2] = 2; },
                AllOf(HasSubstr("recording \"a\""), HasSubstr("tag \"z\""),
                      HasSubstr("0 or 1")));
}

TEST(CheckSameTaskTest, TheFirstDifferenceIsNamed) {
  const auto expect = [](const std::function<void(LabelledScores*)>& change,
                         const std::string& message) {
    LabelledScores other = Valid();
    change(&other);
    EXPECT_THAT(
        CheckSameTask(Valid(), other),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  EXPECT_THAT(CheckSameTask(Valid(), Valid()), IsOk());
  expect([](LabelledScores* s) { s->ids[1] = "c"; },
         "recording number 2 is \"b\" of the first model and \"c\"");
  expect([](LabelledScores* s) { s->tags.pop_back(); }, "3 tags");
  expect([](LabelledScores* s) { s->seeds.pop_back(); }, "2 seeds");
  expect([](LabelledScores* s) { s->truth[3] = 0; },
         "recording \"b\", tag \"x\"");
}

TEST(MakeTagSetsTest, AllComesFirstThenGroupsByNameThenTags) {
  const absl::StatusOr<TagSets> sets = MakeTagSets(
      {"x", "y", "z", "w"}, {{"z", "mode"}, {"x", "mode"}, {"w", "form"}});
  ASSERT_THAT(sets, IsOk());
  std::vector<std::string> names;
  for (const TagSet& set : sets->sets) names.push_back(set.name);
  EXPECT_THAT(names, ElementsAre("all", "form", "mode", "x", "y", "z", "w"));
  EXPECT_EQ(sets->num_groups, 2u);
  EXPECT_THAT(sets->sets[0].tags, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(sets->sets[2].tags, ElementsAre(0, 2));
  EXPECT_THAT(sets->sets[6].tags, ElementsAre(3));
}

TEST(MakeTagSetsTest, ResultsAreSplitAlongTheSets) {
  const absl::StatusOr<TagSets> sets = MakeTagSets({"x", "y"}, {{"x", "mode"}});
  ASSERT_THAT(sets, IsOk());
  const TagSetResults<int> results = SplitResults<int>(*sets, {0, 1, 2, 3});
  EXPECT_EQ(results.all, 0);
  EXPECT_THAT(results.groups, ElementsAre(1));
  EXPECT_THAT(results.tags, ElementsAre(2, 3));
}

TEST(MakeTagSetsTest, SingleTagsAreLeftOutOnRequest) {
  const absl::StatusOr<TagSets> sets =
      MakeTagSets({"x", "y"}, {}, /*per_tag=*/false);
  ASSERT_THAT(sets, IsOk());
  EXPECT_EQ(sets->sets.size(), 1u);
  EXPECT_THAT(SplitResults<int>(*sets, {0}).tags, IsEmpty());
}

TEST(MakeTagSetsTest, UnknownTagsAndNamelessGroupsAreErrors) {
  EXPECT_THAT(MakeTagSets({"raga:todi"}, {{"raga:tod", "mode"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"raga:tod\""),
                             HasSubstr("did you mean \"raga:todi\"?"))));
  EXPECT_THAT(MakeTagSets({"x"}, {{"x", ""}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"x\" has no name")));
}

}  // namespace
}  // namespace culturemert
