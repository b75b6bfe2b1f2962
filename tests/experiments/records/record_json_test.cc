#include "experiments/records/record_json.h"

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "experiments/records/record_check.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/records/sample_record.h"
#include "tests/support/golden_file.h"
#include "tests/support/places.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kGolden[] = "tests/experiments/records/golden/record.json";

std::string Formatted(const Record& record) {
  return FormatRecord(record).value();
}

// The text with one replacement, sealed anew.
std::string Edited(absl::string_view from, absl::string_view to) {
  const std::string text = Formatted(SampleRecord());
  EXPECT_TRUE(absl::StrContains(text, from)) << from;
  const std::size_t seal = text.rfind("\"xxh3\"");
  std::string body = text.substr(0, seal);
  const std::size_t at = body.find(std::string(from));
  body.replace(at, from.size(), std::string(to));
  return record_internal::Seal(body);
}

TEST(RecordJsonTest, IsTheGoldenOne) {
  EXPECT_TRUE(IsGolden(Formatted(SampleRecord()), kGolden))
      << "and bump kRecordSchemaVersion if a record was published";
}

TEST(RecordJsonTest, ReadsBackTheSameRecord) {
  for (const Record& record :
       {SampleRecord(), LargeRecord(), WithoutTiming(SampleRecord())}) {
    const std::string text = Formatted(record);
    const absl::StatusOr<Record> read = ParseRecord(text, "a.json");
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(Formatted(*read), text);
  }
}

TEST(RecordJsonTest, IsCanonicalJsonButForLineFeeds) {
  const std::string text = Formatted(SampleRecord());
  const auto json = ParseJson(text, "a.json");
  ASSERT_THAT(json, IsOk());
  EXPECT_THAT(CanonicalJson(*json),
              IsOkAndHolds(absl::StrReplaceAll(text, {{"\n", ""}})));
}

TEST(RecordJsonTest, HasTheSameBytesInEveryPlace) {
  const std::string expected = Formatted(SampleRecord());
  ForEachPlace([&](const std::string& place) {
    EXPECT_EQ(Formatted(SampleRecord()), expected) << place;
    EXPECT_THAT(ParseRecord(expected, "a"), IsOk()) << place;
  });
}

TEST(RecordJsonTest, WithoutTimingTwoRunsAreEqual) {
  Record later = SampleRecord();
  later.timing->started = "2026-11-23T00:00:00Z";
  later.timing->finished = "2026-11-23T00:00:01Z";
  later.timing->actions[0].wall_seconds = 3;
  later.timing->actions[0].reused = true;
  EXPECT_NE(Formatted(later), Formatted(SampleRecord()));
  EXPECT_EQ(Formatted(WithoutTiming(later)),
            Formatted(WithoutTiming(SampleRecord())));
}

TEST(RecordJsonTest, IdsHashToTheSameInAnyOrder) {
  EXPECT_EQ(HashOfIds({"a", "b"}), HashOfIds({"b", "a"}));
  EXPECT_NE(HashOfIds({"a", "b"}), HashOfIds({"ab"}));
  EXPECT_NE(HashOfIds({"a", "a"}), HashOfIds({"a"}));
}

TEST(RecordJsonTest, EveryChangedByteIsNoticed) {
  const std::string text = Formatted(SampleRecord());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] ^= 1;
    EXPECT_THAT(ParseRecord(changed, "a.json"),
                StatusIs(absl::StatusCode::kDataLoss, StartsWith("a.json: ")))
        << i;
  }
}

TEST(RecordJsonTest, EveryCutIsNoticed) {
  const std::string text = Formatted(SampleRecord());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(ParseRecord(text.substr(0, size), "a.json"),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut off")));
  }
  EXPECT_THAT(ParseRecord(text + "\n", "a.json"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut off")));
}

struct EditCase {
  const char* from;
  const char* to;
  const char* message;
};

TEST(RecordJsonTest, RefusesWhatTheSchemaDoesNotKnow) {
  for (const EditCase& edit : std::vector<EditCase>{
           {"\"title\":\"CultureMERT\",\n", "\"titel\":\"CultureMERT\",\n",
            "a.json: titel: byte"},
           {"\"title\":\"CultureMERT\",\n", "\"titel\":\"CultureMERT\",\n",
            "no such field (did you mean \"title\"?)"},
           {"\"title\":\"CultureMERT\",\n", "",
            "the field \"title\" is missing"},
           {"\"title\":\"CultureMERT\",\n",
            "\"title\":\"a\",\n\"title\":\"a\",\n", "title: byte"},
           {"\"title\":\"CultureMERT\",\n",
            "\"title\":\"a\",\n\"title\":\"a\",\n", "the field stands twice"},
           {"\"hours\":0.5", "\"hours\":\"0.5\"", "corpora.0.hours: byte"},
           {"\"hours\":0.5", "\"hours\":-0.5",
            "corpora.0.hours: found -0.5, expected a finite number"},
           {"\"hours\":0.5", "\"hours\":1e999", "range of a double"},
           {"\"metric\":\"roc_auc\"", "\"metric\":\"roc_auk\"",
            "did you mean \"roc_auc\"?"},
           {"\"mean\":0.625", "\"mean\":1.5",
            "results.0.metrics.0.mean: found 1.5, expected 0 to 1"},
           {"\"threads\":2", "\"threads\":0",
            "environment.threads: found 0, expected at least 1"},
           {"\"threads\":2", "\"threads\":4294967296",
            "environment.threads: byte"},
           {"[0.5,0.5,null]", "[0.5,0.5,1.01]",
            "results.0.metrics.0.by_tag.0.2: found 1.01"},
           {"[0.5,0.5,null]", "[0.5,null,null]",
            "has 2 undefined tags, expected 1"},
           {"\"profile\":\"smoke\"", "\"profile\":\"../smoke\"",
            "profile: found \"../smoke\""},
           {"lyra\",\"synthetic", "ly/ra\",\"synthetic", "letters, digits"},
           {"2026-11-22T19:50:19Z", "2026-11-22 19:50:19",
            "timing.started: found"},
           {"\"passes\":1.5", "\"passes\":1.6", "configuration_hash"},
       }) {
    const std::string text = Edited(edit.from, edit.to);
    EXPECT_THAT(
        ParseRecord(text, "a.json"),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(StartsWith("a.json: "), HasSubstr(edit.message))))
        << edit.to;
  }
}

TEST(RecordJsonTest, NamesAnotherSchemaVersion) {
  const auto refuses = [](const std::string& text, const char* message) {
    EXPECT_THAT(ParseRecord(text, "a.json"),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(StartsWith("a.json: "), HasSubstr(message))));
  };
  refuses(Edited("\"schema_version\":1", "\"schema_version\":2"),
          "schema version 2, this program reads 1; it was written by a newer");
  refuses(Edited("\"schema_version\":1", "\"schema_version\":0"),
          "by an older version: run the experiment again");
  // With fields that this version does not know, too.
  refuses(
      Edited("\"schema_version\":1", "\"invented\":[],\"schema_version\":3"),
      "schema version 3");
  refuses(record_internal::Seal("{\"schema_version\":99,\n"), "version 99");
}

using Change = std::function<void(Record*)>;

struct RuleCase {
  Change change;
  const char* message;
};

TEST(CheckRecordTest, RefusesRecordsThatContradictThemselves) {
  ASSERT_THAT(CheckRecord(SampleRecord()), IsOk());
  const auto metric = [](Record* record) -> MetricResult& {
    return record->results[0].metrics[0];
  };
  const std::vector<RuleCase> cases = {
      {[](Record* r) { r->schema_version = 2; }, "schema_version: found 2"},
      {[](Record* r) { r->experiment = ""; }, "experiment: found"},
      {[](Record* r) { r->title = "\xff"; }, "title: found"},
      {[](Record* r) {
         r->seeds = {1, 1};
       },
       "seeds.1: stands twice"},
      {[](Record* r) { r->corpora.push_back(r->corpora[0]); }, "corpora.1"},
      {[](Record* r) { r->datasets.push_back(r->datasets[0]); }, "datasets.1"},
      {[](Record* r) { r->models.push_back(r->models[0]); }, "models.2"},
      {[](Record* r) { r->results.push_back(r->results[0]); }, "results.2"},
      {[](Record* r) { r->results[0].model = "x"; }, "not in models"},
      {[](Record* r) { r->results[0].dataset = "x"; }, "not in datasets"},
      {[](Record* r) {
         r->results[0].seeds = {1, 1};
       },
       "seeds.1"},
      {[](Record* r) { r->results[0].seeds.clear(); }, "has no seeds"},
      {[](Record* r) { r->results[0].recordings = 4; }, "at most the 3 test"},
      {[](Record* r) { r->datasets[0].tags[1] = r->datasets[0].tags[0]; },
       "tags.1: stands twice"},
      {[](Record* r) { r->datasets[0].tag_groups.pop_back(); },
       "tag_groups: has 2 elements, expected 3"},
      {[](Record* r) { r->datasets[0].tag_positives[0] = 4; },
       "tag_positives.0: found 4"},
      {[&](Record* r) { metric(r).values.pop_back(); }, "values: has 1"},
      {[&](Record* r) { metric(r).mean = 0.9; }, "mean: lies outside"},
      {[&](Record* r) {
         metric(r).mean = std::numeric_limits<double>::quiet_NaN();
       },
       "mean: found a number not finite"},
      {[&](Record* r) { metric(r).deviation.reset(); }, "deviation: is miss"},
      {[&](Record* r) { metric(r).low.reset(); }, "only one of low and high"},
      {[&](Record* r) { metric(r).low = 0.95; }, "low is above high"},
      {[&](Record* r) { metric(r).scored_tags = 3; }, "3 + 1, expected 3"},
      {[&](Record* r) { metric(r).by_tag.pop_back(); }, "by_tag: has 1"},
      {[&](Record* r) { metric(r).by_tag[0].pop_back(); }, "by_tag.0: has 2"},
      {[&](Record* r) { metric(r).by_group.push_back(metric(r).by_group[0]); },
       "by_group.1: stands twice"},
      {[&](Record* r) { metric(r).by_group[0].values.pop_back(); },
       "by_group.0.values: has 1"},
      {[&](Record* r) { r->results[0].metrics.push_back(metric(r)); },
       "metrics.1: stands twice"},
      {[](Record* r) { r->data = DataKind::kReal; }, "data: does not agree"},
      {[](Record* r) { r->corpora[0].synthetic = false; }, "data: does not"},
      {[](Record* r) { r->comparisons[0].against = "x"; }, "not in models"},
      {[](Record* r) { r->comparisons[0].against = r->comparisons[0].model; },
       "with itself"},
      {[](Record* r) { r->comparisons[0].difference = -1.5; }, "-1 to 1"},
      {[](Record* r) { r->comparisons[0].high.reset(); }, "only one of"},
      {[](Record* r) { r->series[0].y.pop_back(); }, "series.0.y: has 1"},
      {[](Record* r) { r->series[0].low.pop_back(); }, "series.0.high: has 2"},
      {[](Record* r) { r->series[0].x[1] = HUGE_VAL; }, "series.0.x.1: found"},
      {[](Record* r) { r->timing->actions.pop_back(); }, "timing.actions"},
      {[](Record* r) { r->timing->finished = "2026-11-22T19:50:18Z"; },
       "lies before started"},
      {[](Record* r) {
         r->predictions = {{"lyra", "base", 0, "../../etc", {}}};
       },
       "predictions.0.path: found \"../../etc\", expected lyra/base/scores"},
      {[](Record* r) {
         r->predictions = {{"lyra", "", 0, "lyra/truth.csv", {}}};
       },
       "seed: is given for the truth"},
      {[](Record* r) {
         r->predictions = {{"x", "", std::nullopt, "x/truth.csv", {}}};
       },
       "not in datasets"},
      {[](Record* r) { r->configuration = "[]"; }, "configuration: found"},
      {[](Record* r) { r->configuration = "{ }"; }, "configuration_hash: is"},
      {[](Record* r) { r->code.commit = "\xc3"; }, "code.commit: found"},
      {[](Record* r) { r->environment.decoders = {"\xc3"}; },
       "environment.decoders.0: found"},
      {[](Record* r) { r->data = static_cast<DataKind>(3); },
       "data: is none of the choices"},
      {[](Record* r) { r->environment.memory_bytes = ~std::uint64_t{0}; },
       "memory_bytes: found 18446744073709551615, expected at most 922"},
  };
  for (const RuleCase& rule : cases) {
    Record record = SampleRecord();
    rule.change(&record);
    EXPECT_THAT(
        CheckRecord(record),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(rule.message)));
    EXPECT_FALSE(FormatRecord(record).ok()) << rule.message;
  }
}

TEST(CheckRecordTest, AllowsOneSeedWithoutDeviationOrInterval) {
  Record record = SampleRecord();
  record.comparisons.clear();
  ResultRecord& result = record.results[0];
  result.seeds = {0};
  MetricResult& metric = result.metrics[0];
  metric.values = {0.5};
  metric.mean = 0.5;
  metric.deviation.reset();
  metric.low.reset();
  metric.high.reset();
  metric.by_tag.clear();
  metric.by_group.clear();
  const auto text = FormatRecord(record);
  ASSERT_THAT(text, IsOk());
  EXPECT_THAT(ParseRecord(*text, "a"), IsOk());
}

TEST(RecordJsonTest, RefusesAConfigurationThatIsNotCanonical) {
  for (const char* configuration :
       {"{ }", "{\"b\":1,\"a\":2}", "{\"a\":1.50}", "{\"a\":1,\"a\":1}", "{"}) {
    Record record = SampleRecord();
    record.configuration = configuration;
    record.configuration_hash = HashBytes(record.configuration);
    EXPECT_THAT(FormatRecord(record),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("configuration")));
  }
}

TEST(CheckRecordTest, LabelsAreSafeInPaths) {
  for (const char* label : {"base", "MuQ-large_v1.2", "7+1", "a"}) {
    EXPECT_TRUE(IsRecordLabel(label)) << label;
  }
  for (const std::string& label :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"),
        std::string("a b"), std::string("-a"), std::string("é"),
        std::string(65, 'a'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(IsRecordLabel(label)) << label;
  }
}

}  // namespace
}  // namespace culturemert
