#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/config/sample_config.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

absl::StatusOr<SampleConfig> Set(const std::vector<std::string>& assignments) {
  ConfigLoader<SampleConfig> loader;
  loader.AddText(kFullSample, "x.json");
  for (const std::string& assignment : assignments) loader.Set(assignment);
  return loader.Build();
}

TEST(OverrideTest, SetsEveryKindOfField) {
  const auto config = Set(
      {"deterministic=true", "threads=7", "offset=-1",
       "seed=18446744073709551614", "temperature=1e-3", "default_decay=cosine",
       "limit=5", "comment=why not", "thresholds=[0.5]", "weights=[1, 0]",
       "switches=[false,true]", "shapes.1.0=7", "switches.1=false",
       "mixing.lyra=0.125", "stage.steps=77", "stages.0.replay.fraction=0.25",
       "named_stages.some_key.decay=linear", "named_stages.new.name=fresh",
       "decays.some_key.0=constant"});
  ASSERT_THAT(config, IsOk());
  EXPECT_TRUE(config->deterministic);
  EXPECT_EQ(config->threads, 7);
  EXPECT_EQ(config->offset, -1);
  EXPECT_EQ(config->seed, 18446744073709551614u);
  EXPECT_EQ(config->temperature, 1e-3);
  EXPECT_EQ(config->default_decay, Decay::kCosine);
  EXPECT_EQ(config->limit, 5);
  EXPECT_EQ(config->comment, "why not");
  EXPECT_THAT(config->thresholds, testing::Optional(ElementsAre(0.5)));
  EXPECT_THAT(config->weights, ElementsAre(1, 0));
  EXPECT_THAT(config->switches, ElementsAre(false, false));
  EXPECT_THAT(config->shapes, ElementsAre(ElementsAre(1, 2), ElementsAre(7)));
  EXPECT_THAT(config->mixing,
              ElementsAre(Pair("lyra", 0.125), Pair("some_key", 0.5)));
  EXPECT_EQ(config->stage.steps, 77);
  EXPECT_EQ(config->stages[0].replay->fraction, 0.25);
  EXPECT_EQ(config->named_stages.at("some_key").decay, Decay::kLinear);
  EXPECT_EQ(config->named_stages.at("new").name, "fresh");
  EXPECT_EQ(config->named_stages.at("new").steps, 1000);
  EXPECT_THAT(config->decays.at("some_key"),
              ElementsAre(Decay::kConstant, Decay::kCosine));
}

TEST(OverrideTest, TakesTextForStringsAsItStands) {
  const std::pair<const char*, const char*> cases[] = {
      {"note=abc", "abc"},       {"note=", ""},
      {"note=12", "12"},         {"note=true", "true"},
      {"note=null", "null"},     {"note=a=b.c", "a=b.c"},
      {"note={\"a\"", "{\"a\""}, {"note=\"quoted\\n\"", "quoted\n"},
      {"note= x ", " x "},       {"note=it's \"so\"", "it's \"so\""},
  };
  for (const auto& [assignment, expected] : cases) {
    const auto config = Set({assignment});
    ASSERT_THAT(config, IsOk()) << assignment;
    EXPECT_EQ(config->note, expected);
  }
  EXPECT_THAT(Set({"note=\"open"}),
              StatusIs(kInvalid, HasSubstr("which is not JSON")));
  EXPECT_THAT(Set({"note=\xFF"}),
              StatusIs(kInvalid, HasSubstr("note: expected a string")));
}

TEST(OverrideTest, EmptiesOptionalsWithNull) {
  const auto config = Set({"limit=null", "comment=null", "stage.replay=null"});
  ASSERT_THAT(config, IsOk());
  EXPECT_FALSE(config->limit.has_value());
  EXPECT_FALSE(config->comment.has_value());
  EXPECT_FALSE(config->stage.replay.has_value());
}

TEST(OverrideTest, FillsAnEmptyOptionalOnItsWay) {
  const auto config = Set({"stage.replay=null", "stage.replay.corpus=c"});
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->stage.replay->corpus, "c");
  EXPECT_EQ(config->stage.replay->fraction, 0.2);
  EXPECT_THAT(Set({"stage.replay=null", "stage.replay.fraction=0.5"}),
              StatusIs(kInvalid, HasSubstr("stage.replay.corpus: required")));
}

TEST(OverrideTest, MergesObjectsAndReplacesLists) {
  const auto config =
      Set({"stage={\"steps\": 55}", "stages=[{}, {\"name\": \"two\"}]",
           "stages.1.steps=660"});
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->stage.steps, 55);
  EXPECT_EQ(config->stage.name, "whole");
  ASSERT_THAT(config->stages, SizeIs(2));
  EXPECT_EQ(config->stages[1].name, "two");
  EXPECT_EQ(config->stages[1].steps, 660);
}

TEST(OverrideTest, TakesQuotedKeysOfMaps) {
  const auto config = Set({"mixing.\"a.b\"=0.1", "mixing.\"\"=0.2",
                           "mixing.\"x=\\\"y\\u00e9\"=0.3", "mixing.türkü=1"});
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(
      config->mixing,
      ElementsAre(Pair("", 0.2), Pair("a.b", 0.1), Pair("some_key", 0.5),
                  Pair("türkü", 1.0), Pair("x=\"yé", 0.3)));
}

TEST(OverrideTest, TheLaterOfTwoWins) {
  const auto config = Set({"threads=3", "threads=4"});
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->threads, 4);
}

TEST(OverrideTest, NamesTheNearestPath) {
  const std::pair<const char*, const char*> cases[] = {
      {"thread=3", "threads"},
      {"stage.step=3", "stage.steps"},
      {"stages.0.nam=x", "stages.0.name"},
      {"warm_up_steps=3", "stage.warm_up_steps"},
      {"stages.0.replay.fractoin=3", "stages.0.replay.fraction"},
      {"fraction=0.5", "stage.replay.fraction"},
      {"peak_learning_rat=0.5", "stage.peak_learning_rate"},
      {"named_stages.some_key.dacay=x", "named_stages.some_key.decay"},
  };
  for (const auto& [assignment, nearest] : cases) {
    EXPECT_THAT(
        Set({assignment}),
        StatusIs(kInvalid,
                 AllOf(StartsWith(absl::StrCat("--set ", assignment, ": ")),
                       HasSubstr(
                           absl::StrCat("(did you mean \"", nearest, "\"?)")))))
        << assignment;
  }
  EXPECT_THAT(Set({"utterly_unknown=1"}),
              StatusIs(kInvalid,
                       "--set utterly_unknown=1: utterly_unknown: "
                       "no such path in SampleConfig"));
}

TEST(OverrideTest, RefusesIndicesThatDoNotExist) {
  for (const std::string index : {"1", "2", "-1", "00", "+0", "x", "0x0", "1e0",
                                  "\"\"", "18446744073709551616"}) {
    EXPECT_THAT(Set({absl::StrCat("stages.", index, ".steps=5")}),
                StatusIs(kInvalid,
                         AllOf(HasSubstr(absl::StrCat("stages.", index, ": ")),
                               HasSubstr("one of the list's 1 elements"),
                               HasSubstr("set stages as a whole"))));
  }
}

TEST(OverrideTest, RefusesWhatIsNoAssignment) {
  for (const char* bad :
       {"", "threads", "=3", ".threads=3", "threads.=3", "stage..steps=3",
        "\"threads=3", "\"thr\"eads=3", "thr\"eads\"=3", "threads.0=3",
        "note.x=3", "limit.x=3", "\"\\q\"=3"}) {
    EXPECT_THAT(Set({bad}), StatusIs(kInvalid, StartsWith("--set "))) << bad;
  }
}

TEST(OverrideTest, RefusesValuesOfTheWrongType) {
  const std::pair<const char*, const char*> cases[] = {
      {"threads=abc", "expected a 32-bit integer in (0, 1025), found \"abc\""},
      {"threads=", "found \"\", which is not JSON"},
      {"threads=\"3\"", "found the string \"3\""},
      {"threads=3.0", "write 3"},
      {"threads=3 // three", "which is not JSON"},
      {"deterministic=1", "expected true or false, found 1"},
      {"deterministic=yes", "expected true or false, found \"yes\""},
      {"temperature=NaN", "expected a number, found \"NaN\""},
      {"temperature=1e999", "found \"1e999\""},
      {"default_decay=linaer", "did you mean \"linear\"?"},
      {"default_decay=null", "found the string \"null\""},
      {"stage=3", "expected an object (StageSample), found 3"},
      {"stage.trainable=[heads]", "which is not JSON"},
      {"stage.trainable=heads", "expected a list of string"},
      {"stage.steps=null", "found null"},
  };
  for (const auto& [assignment, message] : cases) {
    EXPECT_THAT(
        Set({assignment}),
        StatusIs(kInvalid, AllOf(StartsWith("--set "), HasSubstr(message))))
        << assignment;
  }
}

}  // namespace
}  // namespace culturemert
