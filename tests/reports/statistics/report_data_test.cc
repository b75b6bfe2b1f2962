#include "reports/statistics/report_data.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reports/statistics/sample_study.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ReportData DataOf(RecordList list, const ReportSelection& selection = {}) {
  absl::StatusOr<ReportData> data = MakeReportData(std::move(list), selection);
  EXPECT_THAT(data, IsOk());
  return *std::move(data);
}

RecordList ListOf(std::vector<Record> records) {
  RecordList list;
  for (std::size_t i = 0; i < records.size(); ++i) {
    list.records.push_back(
        {absl::StrCat("/records/", i, ".json"), "", std::move(records[i])});
  }
  return list;
}

std::vector<std::string> NamesOf(const Study& study) {
  std::vector<std::string> names;
  for (const StudyModel& model : study.models) names.push_back(model.name);
  return names;
}

std::size_t IndexOf(const Study& study, const std::string& label) {
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    if (study.models[i].label == label) return i;
  }
  ADD_FAILURE() << "no model " << label;
  return 0;
}

TEST(ReportDataTest, JoinsTheRecordsOfAStudyIntoOneRowAModel) {
  const ReportData data = DataOf(SampleRecordList());
  ASSERT_THAT(data.studies, SizeIs(1));
  const Study& study = data.studies[0];
  EXPECT_THAT(
      NamesOf(study),
      ElementsAre("Chance", "Log-mel statistics", "Base model",
                  "Western control", "Multi-cultural CPT", "CPT on makam",
                  "Task arithmetic, λ = 0.2", "Task arithmetic, λ = 1", "TIES",
                  "pre-training seed 1", "without replay", "10 % of the audio",
                  "Base model, layer 0", "Base model, layer 1"));
  EXPECT_THAT(data.conflicts, IsEmpty());
  EXPECT_THAT(study.models[IndexOf(study, "base")].records, SizeIs(9));
}

// The sample with `pooling` for "mean_and_deviation" in its configuration.
std::vector<Record> PooledStudy(const std::string& pooling) {
  std::vector<Record> records = SampleStudy();
  for (Record& record : records) {
    record.configuration = absl::StrReplaceAll(
        record.configuration, {{"\"mean_and_deviation\"", pooling}});
    record.configuration_hash = HashBytes(record.configuration);
  }
  return records;
}

TEST(ReportDataTest, RecordsOfTwoPoolingsAreTwoStudies) {
  std::vector<Record> records = PooledStudy("\"mean\"");
  const std::size_t count = records.size();
  for (Record& record : SampleStudy()) records.push_back(std::move(record));
  const ReportData data = DataOf(ListOf(std::move(records)));
  ASSERT_THAT(data.studies, SizeIs(2));
  EXPECT_EQ(data.studies[0].Name(), "mini-mean");
  EXPECT_EQ(data.studies[0].Title(), "mini, pooled by mean");
  EXPECT_EQ(data.studies[1].Name(), "mini-mean_and_deviation");
  EXPECT_EQ(data.studies[1].Title(), "mini, pooled by mean and deviation");
  EXPECT_THAT(data.conflicts, IsEmpty());
  for (const Study& study : data.studies) {
    EXPECT_THAT(study.records, SizeIs(count));
    for (const std::size_t record : study.records) {
      EXPECT_EQ(data.setups[record].pooling, study.pooling);
    }
  }
}

TEST(ReportDataTest, AStudyAloneInItsProfileIsCalledAsTheProfile) {
  const ReportData data = DataOf(SampleRecordList());
  ASSERT_THAT(data.studies, SizeIs(1));
  EXPECT_EQ(data.studies[0].pooling, "mean_and_deviation");
  EXPECT_EQ(data.studies[0].Name(), "mini");
  EXPECT_EQ(data.studies[0].Title(), "mini");
}

TEST(ReportDataTest, APoolingThatIsNoNameIsNotSaid) {
  for (const char* pooling : {"\"../../x\"", "7", "null", "\"\""}) {
    const ReportData data = DataOf(ListOf(PooledStudy(pooling)));
    ASSERT_THAT(data.studies, SizeIs(1)) << pooling;
    EXPECT_EQ(data.studies[0].pooling, "") << pooling;
    EXPECT_EQ(PoolingText(data.studies[0].pooling), "pooling not said");
  }
}

TEST(ReportDataTest, KnowsWhatEachModelIsFor) {
  const ReportData data = DataOf(SampleRecordList());
  const Study& study = data.studies[0];
  const auto role = [&](const char* label) {
    return study.models[IndexOf(study, label)].role;
  };
  EXPECT_EQ(role("chance"), ModelRole::kFloor);
  EXPECT_EQ(role("base"), ModelRole::kBase);
  EXPECT_EQ(role("western_control"), ModelRole::kControl);
  EXPECT_EQ(role("multicultural_cpt"), ModelRole::kAdapted);
  EXPECT_EQ(role("cpt_makam"), ModelRole::kSingleCulture);
  EXPECT_EQ(role("task_arithmetic"), ModelRole::kMerged);
  EXPECT_EQ(role("task_arithmetic_1"), ModelRole::kMergeScale);
  EXPECT_EQ(role("ties"), ModelRole::kMergeMethod);
  EXPECT_EQ(role("cpt_no_replay"), ModelRole::kVariant);
  EXPECT_EQ(role("cpt_10_percent"), ModelRole::kFraction);
  EXPECT_EQ(role("base_layer_1"), ModelRole::kLayer);
  EXPECT_EQ(study.models[IndexOf(study, "base_layer_1")].setup.layer, 1);
}

TEST(ReportDataTest, PutsDatasetsIntoTheOrderOfThePaperWithTheirOrigins) {
  const ReportData data = DataOf(SampleRecordList());
  const std::vector<StudyDataset>& datasets = data.studies[0].datasets;
  ASSERT_THAT(datasets, SizeIs(4));
  EXPECT_EQ(datasets[0].name, "makam");
  EXPECT_EQ(datasets[1].name, "lyra");
  EXPECT_EQ(datasets[2].name, "fma");
  EXPECT_EQ(datasets[3].name, "mtat");
  EXPECT_EQ(datasets[0].origin, Origin::kSynthetic);
  EXPECT_EQ(datasets[3].origin, Origin::kReal);
  EXPECT_FALSE(datasets[1].is_western);
  EXPECT_TRUE(datasets[2].is_western);
}

TEST(ReportDataTest, FindsScoresAndTests) {
  const ReportData data = DataOf(SampleRecordList());
  const Study& study = data.studies[0];
  const std::size_t model = IndexOf(study, "multicultural_cpt");
  const std::size_t base = IndexOf(study, "base");
  EXPECT_EQ(study.models[model].base, base);
  const MetricResult* const metric =
      study.FindMetric(model, 1, Metric::kRocAuc);
  ASSERT_NE(metric, nullptr);
  EXPECT_EQ(metric->values[0],
            SampleScore("multicultural_cpt", "lyra", Metric::kRocAuc, 0));
  const ComparisonRecord* const test =
      study.FindComparison(model, base, 1, Metric::kRocAuc);
  ASSERT_NE(test, nullptr);
  EXPECT_EQ(test->model, "multicultural_cpt");
  EXPECT_EQ(test->against, "base");
  EXPECT_EQ(test->dataset, "lyra");
  EXPECT_EQ(study.FindComparison(base, model, 1, Metric::kRocAuc), nullptr);
}

TEST(ReportDataTest, TakesTheMoreCarefulOfTwoTestsOfOnePair) {
  std::vector<Record> records = SampleStudy();
  Record again = records[1];
  again.experiment = "forgetting";
  for (ComparisonRecord& comparison : again.comparisons) {
    comparison.p_holm = 0.5;
  }
  for (const bool is_first : {false, true}) {
    RecordList list = ListOf({records[1], again});
    if (is_first) std::swap(list.records[0], list.records[1]);
    const ReportData data = DataOf(std::move(list));
    const Study& study = data.studies[0];
    const ComparisonRecord* const test =
        study.FindComparison(IndexOf(study, "multicultural_cpt"),
                             IndexOf(study, "base"), 0, Metric::kRocAuc);
    ASSERT_NE(test, nullptr);
    EXPECT_EQ(test->p_holm, 0.5);
  }
}

TEST(ReportDataTest, DoesNotDependOnTheOrderOfRecords) {
  RecordList reversed = SampleRecordList();
  std::reverse(reversed.records.begin(), reversed.records.end());
  const ReportData data = DataOf(SampleRecordList());
  const ReportData other = DataOf(std::move(reversed));
  EXPECT_EQ(NamesOf(data.studies[0]), NamesOf(other.studies[0]));
  for (std::size_t i = 0; i < data.records.size(); ++i) {
    EXPECT_EQ(data.records[i].path, other.records[i].path);
  }
}

TEST(ReportDataTest, KeepsTheNewestRunOfAConfigurationAndNamesTheOthers) {
  const ReportData data = DataOf(
      ListOf({MakeStudyRecord("baseline", {"base"}, "2026-11-22T10:00:00Z"),
              MakeStudyRecord("baseline", {"base"}, "2026-11-23T10:00:00Z"),
              MakeStudyRecord("baseline", {"base"}, "2026-11-21T10:00:00Z")}));
  ASSERT_THAT(data.records, SizeIs(1));
  EXPECT_EQ(data.records[0].path, "/records/1.json");
  ASSERT_THAT(data.superseded, SizeIs(2));
  EXPECT_EQ(data.superseded[0].path, "/records/2.json");
  EXPECT_EQ(data.superseded[0].text, "superseded by 1.json");
  EXPECT_EQ(data.superseded[1].path, "/records/0.json");
}

TEST(ReportDataTest, KeepsRunsOfOtherConfigurationsAndTellsTheirRowsApart) {
  Record other = MakeStudyRecord("baseline", {"base"}, "2026-11-23T10:00:00Z");
  other.configuration = R"({"evaluation":{"protocol":{"pooling":)"
                        R"("mean_and_deviation"},"seeds":[5]}})";
  other.configuration_hash = HashBytes(other.configuration);
  const ReportData data = DataOf(ListOf(
      {MakeStudyRecord("baseline", {"base"}, "2026-11-22T10:00:00Z"), other}));
  EXPECT_THAT(data.superseded, IsEmpty());
  EXPECT_THAT(NamesOf(data.studies[0]),
              ElementsAre(HasSubstr("Base model (configuration "),
                          HasSubstr("Base model (configuration ")));
  EXPECT_NE(data.studies[0].models[0].name, data.studies[0].models[1].name);
}

TEST(ReportDataTest, ShowsTheLaterScoresWhereRecordsDisagreeAndSaysSo) {
  Record later =
      MakeStudyRecord("forgetting", {"base"}, "2026-11-24T10:00:00Z");
  later.results[0].metrics[0].values[0] = 0.25;
  Record earlier =
      MakeStudyRecord("baseline", {"base"}, "2026-11-22T10:00:00Z");
  for (const bool is_first : {false, true}) {
    RecordList list = ListOf({earlier, later});
    if (is_first) std::swap(list.records[0], list.records[1]);
    const ReportData data = DataOf(std::move(list));
    ASSERT_THAT(data.conflicts, SizeIs(1));
    EXPECT_THAT(data.conflicts[0].text,
                HasSubstr("other scores of Base model on Turkish-makam"));
    EXPECT_EQ(data.studies[0].FindMetric(0, 0, Metric::kRocAuc)->values[0],
              0.25);
  }
}

TEST(ReportDataTest, TellsSetsOfOtherRecordingsApart) {
  Record other =
      MakeStudyRecord("forgetting", {"base"}, "2026-11-24T10:00:00Z");
  other.datasets[0].ids_hash = HashOfIds({"other"});
  const ReportData data = DataOf(ListOf(
      {MakeStudyRecord("baseline", {"base"}, "2026-11-22T10:00:00Z"), other}));
  ASSERT_THAT(data.studies[0].datasets, SizeIs(5));
  EXPECT_THAT(data.studies[0].datasets[0].title,
              HasSubstr("Turkish-makam (recordings "));
  EXPECT_NE(data.studies[0].datasets[0].title,
            data.studies[0].datasets[1].title);
}

TEST(ReportDataTest, MakesAStudyOfEachProfile) {
  std::vector<Record> records = {SampleStudy()[0], SampleStudy()[0],
                                 SampleStudy()[0]};
  records[0].profile = "paper";
  records[1].profile = "smoke";
  const ReportData data = DataOf(ListOf(records));
  ASSERT_THAT(data.studies, SizeIs(3));
  EXPECT_EQ(data.studies[0].profile, "smoke");
  EXPECT_EQ(data.studies[1].profile, "mini");
  EXPECT_EQ(data.studies[2].profile, "paper");
}

TEST(ReportDataTest, SelectsByExperimentAndProfile) {
  ReportSelection selection;
  selection.experiments = {"baseline"};
  selection.profile = "mini";
  const ReportData data = DataOf(SampleRecordList(), selection);
  ASSERT_THAT(data.records, SizeIs(1));
  EXPECT_EQ(data.records[0].record.experiment, "baseline");
}

TEST(ReportDataTest, NamesWhatThereIsWhereASelectionFindsNothing) {
  ReportSelection selection;
  selection.experiments = {"basline"};
  EXPECT_THAT(MakeReportData(SampleRecordList(), selection),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"basline\""),
                             HasSubstr("there are baseline, cpt_variants"))));
  selection.experiments.clear();
  selection.profile = "paper";
  EXPECT_THAT(MakeReportData(SampleRecordList(), selection),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no record is of profile \"paper\"; there "
                                 "are mini")));
}

TEST(ReportDataTest, TakesRecordsWhoseConfigurationSaysNothing) {
  Record record = SampleStudy()[1];
  for (const char* configuration :
       {"{}", R"({"models":3,"evaluation":[]})",
        R"({"models":{"base":{"kind":7,"fraction":"all"}}})"}) {
    record.configuration = configuration;
    const ReportData data = DataOf(ListOf({record}));
    EXPECT_EQ(data.studies[0].models[IndexOf(data.studies[0], "base")].role,
              ModelRole::kBase)
        << configuration;
    EXPECT_TRUE(data.studies[0].datasets[2].is_western) << "by its culture";
  }
}

TEST(ReportDataTest, IsEmptyWithoutRecords) {
  EXPECT_THAT(DataOf(RecordList()).studies, IsEmpty());
}

}  // namespace
}  // namespace culturemert
