#include "tools/base/config/config.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/config/sample_config.h"
#include "tools/base/config/config_json.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

absl::StatusOr<SampleConfig> Parse(absl::string_view text) {
  return ParseConfig<SampleConfig>(text, "x.json");
}

// Text with the required field and `more`.
std::string With(absl::string_view more) {
  return absl::StrCat("{\"experiment\":\"e\",", more, "}");
}

TEST(ParseConfigTest, TakesDefaultsForWhatIsNotGiven) {
  const auto config = Parse(R"({"experiment": "e"})");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->experiment, "e");
  EXPECT_EQ(config->threads, 2);
  EXPECT_EQ(config->seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_THAT(config->weights, ElementsAre(0.5, 0.5));
  EXPECT_THAT(config->stages, ElementsAre(StageSample()));
  EXPECT_FALSE(config->limit.has_value());
}

TEST(ParseConfigTest, ReadsEveryKindOfField) {
  const auto config = Parse(kFullSample);
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->experiment, "full");
  EXPECT_FALSE(config->deterministic);
  EXPECT_EQ(config->threads, 8);
  EXPECT_EQ(config->offset, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(config->seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(std::signbit(config->temperature));
  EXPECT_EQ(config->note, "türkü \"uzun hava\"\n\x01");
  EXPECT_EQ(config->default_decay, Decay::kConstant);
  EXPECT_EQ(config->sample_rate, 48000);
  EXPECT_EQ(config->limit, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(config->comment, "");
  EXPECT_THAT(config->thresholds, testing::Optional(ElementsAre(0.25, 1.0)));
  EXPECT_THAT(config->switches, ElementsAre(true));
  EXPECT_THAT(config->shapes, ElementsAre(ElementsAre(1, 2), ElementsAre(3)));
  EXPECT_THAT(config->enabled, ElementsAre(Pair("some_key", true)));
  EXPECT_EQ(config->stage.name, "whole");
  EXPECT_EQ(config->stage.replay->corpus, "old");
  EXPECT_THAT(config->stages, SizeIs(1));
  EXPECT_EQ(config->named_stages.at("some_key").decay, Decay::kConstant);
  EXPECT_THAT(config->decays.at("some_key"),
              ElementsAre(Decay::kLinear, Decay::kCosine));
}

TEST(ParseConfigTest, TakesCommentsAndIntegersForDoubles) {
  const auto config = Parse("// why\n" + With("\"temperature\": 3 /* K */"));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->temperature, 3.0);
}

TEST(ParseConfigTest, NamesPlacePathExpectationAndFind) {
  EXPECT_THAT(
      Parse("{\"experiment\": \"e\",\n \"stages\": [{},\n  {\"steps\": 0}]}"),
      StatusIs(kInvalid,
               "x.json:3:4: stages.1.steps: expected an integer in "
               "[1, 1000000], found 0"));
  EXPECT_THAT(Parse(With("\"stage\": {\"step\": 5}")),
              StatusIs(kInvalid,
                       "x.json:1:29: stage.step: unknown key in StageSample "
                       "(did you mean \"steps\"?)"));
  EXPECT_THAT(Parse(With("\"default_decay\": \"linaer\"")),
              StatusIs(kInvalid, HasSubstr("expected \"constant\", \"linear\" "
                                           "or \"cosine\", found the string "
                                           "\"linaer\" (did you mean "
                                           "\"linear\"?)")));
  EXPECT_THAT(Parse(With("\"stage\":{\"trainable\":[\"head\"]}")),
              StatusIs(kInvalid, AllOf(HasSubstr("stage.trainable.0: "),
                                       HasSubstr("did you mean \"heads\"?"))));
  EXPECT_THAT(Parse("[]"), StatusIs(kInvalid,
                                    "x.json:1:1: expected an object "
                                    "(SampleConfig), found a list"));
}

TEST(ParseConfigTest, TakesIntegersOnlyWithoutPointAndExponent) {
  EXPECT_THAT(Parse(With("\"threads\": 1.0")),
              StatusIs(kInvalid, HasSubstr("threads: expected a 32-bit integer "
                                           "in (0, 1025), found 1.0 (integers "
                                           "have neither point nor exponent: "
                                           "write 1)")));
  EXPECT_THAT(Parse(With("\"offset\": 1e3")),
              StatusIs(kInvalid, HasSubstr("write 1000)")));
  EXPECT_THAT(Parse(With("\"seed\": 1e300")),
              StatusIs(kInvalid, Not(HasSubstr("write"))));
  EXPECT_THAT(Parse(With("\"offset\": 3.5")),
              StatusIs(kInvalid,
                       AllOf(HasSubstr("found 3.5"), Not(HasSubstr("write")))));
}

TEST(ParseConfigTest, RefusesIntegersThatDoNotFitTheirType) {
  EXPECT_THAT(Parse(With("\"offset\": 9223372036854775808")),
              StatusIs(kInvalid, HasSubstr("found 9223372036854775808")));
  EXPECT_THAT(Parse(With("\"seed\": -1")), StatusIs(kInvalid, HasSubstr("-1")));
  EXPECT_THAT(Parse(With("\"sample_rate\": 4294991296")),  // 2^32 + 24000
              StatusIs(kInvalid, HasSubstr("found 4294991296")));
  EXPECT_THAT(Parse(With("\"shapes\": [[-2147483649]]")),
              StatusIs(kInvalid, HasSubstr("shapes.0.0: ")));
}

TEST(ParseConfigTest, ReportsAllProblemsAtOnce) {
  const auto config = Parse(
      R"({"threads": 0, "stage": {"steps": "5", "replay": {"fraction": 1}},
          "weights": [2, 0.5, -1], "nonsense": 1})");
  ASSERT_THAT(config, StatusIs(kInvalid, StartsWith("8 problems:\n  x.json:")));
  for (const char* part :
       {"threads: ", "stage.steps: ", "stage.replay.fraction: ", "weights.0: ",
        "weights.2: ", "nonsense: unknown key",
        "experiment: required but not given, expected a string",
        "stage.replay.corpus: required but not given"}) {
    EXPECT_THAT(std::string(config.status().message()), HasSubstr(part));
  }
}

TEST(ParseConfigTest, ShowsTwentyProblemsAndCountsTheRest) {
  std::string list;
  for (int i = 0; i < 27; ++i) absl::StrAppend(&list, i == 0 ? "" : ",", "0");
  const auto config = Parse(With(absl::StrCat("\"seeds\": [", list, "]")));
  ASSERT_THAT(config, StatusIs(kInvalid, AllOf(StartsWith("27 problems:"),
                                               HasSubstr("… and 7 more"))));
  const std::vector<std::string> lines =
      absl::StrSplit(config.status().message(), '\n');
  EXPECT_THAT(lines, SizeIs(22));
}

TEST(ParseConfigTest, ChecksSizes) {
  EXPECT_THAT(Parse(With("\"weights\": []")),
              StatusIs(kInvalid,
                       "x.json:1:19: weights: expected a list of number with 1 "
                       "to 4 elements, found 0 elements"));
  EXPECT_THAT(Parse(With("\"weights\": [0,0,0,0,0]")),
              StatusIs(kInvalid, HasSubstr("found 5")));
  EXPECT_THAT(Parse(With("\"thresholds\": []")),
              StatusIs(kInvalid, HasSubstr("at least 1 element, found 0")));
  EXPECT_THAT(Parse(With("\"shapes\": []")), IsOk());
}

TEST(ParseConfigTest, ChecksWholeStructsWithTheirPath) {
  EXPECT_THAT(Parse(With("\"stages\": [{\"steps\": 50}]")),
              StatusIs(kInvalid,
                       "built-in default: stages.0.warm_up_steps: "
                       "must not exceed steps"));
  EXPECT_THAT(
      Parse(With("\"named_stages\":{\"a.b\":{\"warm_up_steps\":2000}}")),
      StatusIs(kInvalid,
               "x.json:1:42: "
               "named_stages.\"a.b\".warm_up_steps: must not "
               "exceed steps"));
  EXPECT_THAT(
      Parse(With("\"stages\":[{\"steps\":13,\"warm_up_steps\":0}]")),
      StatusIs(kInvalid, HasSubstr("x.json:1:30: stages.0.steps: must not")));
}

TEST(ParseConfigTest, DoesNotRunChecksOnStructsThatAreWrongAlready) {
  EXPECT_THAT(Parse(With("\"stage\": {\"steps\": 50, \"name\": \"NO\"}")),
              StatusIs(kInvalid, Not(HasSubstr("must not exceed"))));
}

TEST(ParseConfigTest, EmptiesOptionalsWithNullAndNothingElse) {
  const auto config = Parse(With("\"limit\": null, \"thresholds\": null"));
  ASSERT_THAT(config, IsOk());
  EXPECT_FALSE(config->limit.has_value());
  EXPECT_THAT(Parse(With("\"stage\": null")),
              StatusIs(kInvalid, HasSubstr("found null")));
  EXPECT_THAT(Parse(With("\"limit\": 0")),
              StatusIs(kInvalid, HasSubstr("expected an integer >= 1")));
}

TEST(LayersTest, LaterLayersGoOverEarlierOnesKeyByKey) {
  ConfigLoader<SampleConfig> loader;
  loader
      .AddText(R"({"experiment": "a", "threads": 3, "mixing": {"lyra": 0.5},
                   "stage": {"steps": 500, "replay": {"corpus": "c"}},
                   "weights": [0.1, 0.2, 0.3]})",
               "profile.json")
      .AddText(
          R"({"threads": 4, "mixing": {"carnatic": 0.75}, "stage": {"warm_up_steps": 7},
                   "weights": [1]})",
          "experiment.json")
      .Set("threads=5");
  const auto config = loader.Build();
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->experiment, "a");
  EXPECT_EQ(config->threads, 5);
  EXPECT_THAT(config->mixing,
              ElementsAre(Pair("carnatic", 0.75), Pair("lyra", 0.5)));
  EXPECT_EQ(config->stage.steps, 500);
  EXPECT_EQ(config->stage.warm_up_steps, 7);
  EXPECT_EQ(config->stage.replay->corpus, "c");
  EXPECT_THAT(config->weights, ElementsAre(1.0));
}

TEST(LayersTest, AMapReplacesItsBuiltInDefaultButMergesWithLayers) {
  ConfigLoader<SampleConfig> loader;
  loader.Set("experiment=e");
  EXPECT_THAT(loader.Build()->mixing, ElementsAre(Pair("makam", 0.25)));
  loader.AddText("{\"mixing\": {\"lyra\": 1}}", "1");
  EXPECT_THAT(loader.Build()->mixing, ElementsAre(Pair("lyra", 1.0)));
  loader.AddText("{\"mixing\": {\"a\": 0}}", "2").Set("mixing.b=0.5");
  EXPECT_THAT(loader.Build()->mixing,
              ElementsAre(Pair("a", 0.0), Pair("b", 0.5), Pair("lyra", 1.0)));
}

TEST(LayersTest, SettingAKeyByHandAddsToTheBuiltInDefaultOfAMap) {
  const auto config = ConfigLoader<SampleConfig>()
                          .Set("experiment=e")
                          .Set("mixing.lyra=0.5")
                          .Build();
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->mixing,
              ElementsAre(Pair("lyra", 0.5), Pair("makam", 0.25)));
}

TEST(LayersTest, MergesOptionalStructsAndMapsOfStructs) {
  ConfigLoader<SampleConfig> loader;
  loader
      .AddText(With(R"("stage": {"replay": {"corpus": "c"}},
                       "named_stages": {"a": {"steps": 200}})"),
               "1")
      .AddText(R"({"stage": {"replay": {"fraction": 0.5}},
                   "named_stages": {"a": {"name": "n"}, "b": {}}})",
               "2");
  const auto config = loader.Build();
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->stage.replay->corpus, "c");
  EXPECT_EQ(config->stage.replay->fraction, 0.5);
  EXPECT_EQ(config->named_stages.at("a").steps, 200);
  EXPECT_EQ(config->named_stages.at("a").name, "n");
  EXPECT_THAT(config->named_stages, SizeIs(2));
}

TEST(LayersTest, ReplacedListsForgetWhatTheyHeld) {
  ConfigLoader<SampleConfig> loader;
  loader.AddText(With("\"stages\": [{\"steps\": 200},{\"steps\": 300}]"), "1")
      .AddText("{\"stages\": [{\"name\": \"n\"}]}", "2");
  const auto config = loader.Build();
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->stages, SizeIs(1));
  EXPECT_EQ(config->stages[0].steps, 1000);
  EXPECT_EQ(loader.Provenance("stages.0.steps"), "built-in default");
  EXPECT_EQ(loader.Provenance("stages.0.name"), "2:1:14");
}

TEST(LayersTest, NamesTheLayerOfEachBadValue) {
  const auto config = ConfigLoader<SampleConfig>()
                          .AddText("{\"threads\": 0}", "profile.json")
                          .AddText(With("\"seeds\": [0]"), "experiment.json")
                          .Set("stage.steps=0")
                          .Build();
  EXPECT_THAT(config,
              StatusIs(kInvalid,
                       AllOf(HasSubstr("profile.json:1:2: threads: "),
                             HasSubstr("experiment.json:1:29: seeds.0: "),
                             HasSubstr("--set stage.steps=0: stage.steps: "))));
}

TEST(LayersTest, ReportsUnreadableLayersBesideOtherProblems) {
  EXPECT_THAT(ConfigLoader<SampleConfig>()
                  .AddText("{\"threads\": }", "profile.json")
                  .AddText("{\"seeds\": [0]}", "experiment.json")
                  .Build(),
              StatusIs(kInvalid, AllOf(StartsWith("2 problems:"),
                                       HasSubstr("profile.json:1:13: "),
                                       HasSubstr("experiment.json:1:12: "))));
}

TEST(LayersTest, TakesParsedJsonToo) {
  const nlohmann::json layer = {{"experiment", "e"}, {"threads", 0}};
  EXPECT_THAT(ConfigLoader<SampleConfig>().AddJson(layer, "record 7").Build(),
              StatusIs(kInvalid, StartsWith("record 7: threads: expected")));
  EXPECT_THAT(ConfigLoader<SampleConfig>()
                  .AddJson({{"experiment", "\xFF"}, {"temperature", NAN}}, "r")
                  .Build(),
              StatusIs(kInvalid, AllOf(HasSubstr("r: experiment: "),
                                       HasSubstr("r: temperature: "),
                                       HasSubstr("found NaN"))));
}

TEST(LayersTest, TellsWhereEachValueCameFrom) {
  ConfigLoader<SampleConfig> loader;
  loader.AddText("{\n\"threads\": 3,\n\"weights\": [1]}", "profile.json")
      .Set("experiment=e");
  EXPECT_EQ(loader.Provenance("threads"), "profile.json:2:1");
  EXPECT_EQ(loader.Provenance("weights.0"), "profile.json:3:13");
  EXPECT_EQ(loader.Provenance("experiment"), "--set experiment=e");
  EXPECT_EQ(loader.Provenance("seed"), "built-in default");
  const std::string explained = loader.Explain();
  EXPECT_THAT(explained, HasSubstr("threads = 3  (profile.json:2:1)\n"));
  EXPECT_THAT(explained, HasSubstr("\nstage.steps = 1000  (built-in default)"));
}

TEST(LayersTest, StartsFromGivenDefaults) {
  SampleConfig defaults;
  defaults.threads = 9;
  const auto config =
      ConfigLoader<SampleConfig>(defaults).Set("experiment=e").Build();
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->threads, 9);
}

TEST(RequiredTest, HoldsForWhatLayersMakeAndNotForWhatDefaultsMade) {
  SampleConfig defaults;
  defaults.stage.replay = ReplaySample();
  EXPECT_THAT(ConfigLoader<SampleConfig>(defaults)
                  .Set("experiment=e")
                  .Set("stage.replay.fraction=0.5")
                  .Build(),
              IsOk());
  EXPECT_THAT(Parse(With("\"stages\": [{\"replay\": {}}]")),
              StatusIs(kInvalid,
                       "x.json:1:31: stages.0.replay.corpus: required but "
                       "not given, expected a string"));
}

TEST(ValidateConfigTest, FindsWhatCodeFilledInWrongly) {
  SampleConfig config;
  EXPECT_THAT(ValidateConfig(config), IsOk());
  config.threads = 0;
  config.temperature = std::numeric_limits<double>::infinity();
  config.note = "\xFF";
  config.default_decay = static_cast<Decay>(17);
  config.stages.clear();
  config.mixing["\xFF"] = 2;
  const absl::Status status = ValidateConfig(config);
  EXPECT_THAT(status, StatusIs(kInvalid, StartsWith("6 problems:")));
  for (const char* part :
       {"threads: expected", "temperature: expected a number, found Infinity",
        "note: expected a string, found \"\\xff\"", "default_decay: expected",
        "stages: expected", "mixing.\"\\xff\": the key is not UTF-8"}) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

TEST(ConfigToJsonTest, HasEveryFieldInDeclarationOrder) {
  const auto value = ConfigToJson(StageSample());
  ASSERT_THAT(value, IsOk());
  std::vector<std::string> keys;
  for (const auto& [key, member] : value->items()) keys.push_back(key);
  EXPECT_THAT(
      keys, ElementsAre("name", "peak_learning_rate", "steps", "warm_up_steps",
                        "decay", "trainable", "replay"));
  EXPECT_TRUE((*value)["replay"].is_null());
}

}  // namespace
}  // namespace culturemert
