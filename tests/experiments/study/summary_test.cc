#include "experiments/study/summary.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void AddResult(Record& record, const std::string& model,
               const std::string& dataset, double roc_auc) {
  MetricResult metric;
  metric.mean = roc_auc;
  MetricResult precision;
  precision.metric = Metric::kAveragePrecision;
  precision.mean = 0.001;
  ResultRecord result;
  result.model = model;
  result.dataset = dataset;
  result.metrics = {precision, metric};
  record.results.push_back(result);
}

ComparisonRecord Compared(const std::string& dataset, double difference) {
  ComparisonRecord comparison;
  comparison.model = "adapted";
  comparison.against = "base";
  comparison.dataset = dataset;
  comparison.difference = difference;
  comparison.p = 0.01;
  return comparison;
}

Record TwoModelsOnTwoSets() {
  Record record;
  record.experiment = "adaptation";
  record.title = "Adaptation";
  record.seeds = {3, 4};
  for (const char* name : {"makam", "lyra"}) {
    DatasetRecord dataset;
    dataset.name = name;
    record.datasets.push_back(dataset);
  }
  for (const char* label : {"base", "adapted"}) {
    ModelRecord model;
    model.label = label;
    record.models.push_back(model);
  }
  AddResult(record, "base", "makam", 0.75);
  AddResult(record, "base", "lyra", 0.65);
  AddResult(record, "adapted", "makam", 0.875);
  ComparisonRecord makam = Compared("makam", 0.125);
  makam.low = 0.05;
  makam.high = 0.2;
  makam.p_holm = 0.02;
  record.comparisons = {makam};
  return record;
}

constexpr char kGolden[] = R"(Adaptation
macro ROC-AUC in points, means of 2 probes, SYNTHETIC data

           makam       lyra  mean
  base      75.0       65.0  70.0
  adapted   87.5  undefined  87.5

  adapted - base           points [95 %]  p (Holm)
  makam           +12.50 [+5.00, +20.00]    0.0200
  lyra                         undefined          
)";

TEST(SummaryTest, ShowsScoresAndDifferencesInPoints) {
  EXPECT_EQ(FormatSummary(TwoModelsOnTwoSets(), Charset::kAscii), kGolden);
}

TEST(SummaryTest, SaysWhatTheDataAre) {
  Record record = TwoModelsOnTwoSets();
  record.data = DataKind::kMixed;
  EXPECT_THAT(FormatSummary(record, Charset::kAscii),
              HasSubstr("synthetic and real data mixed"));
  record.data = DataKind::kReal;
  const std::string real = FormatSummary(record, Charset::kAscii);
  EXPECT_THAT(real, Not(HasSubstr("ynthetic")));
  EXPECT_THAT(real, Not(HasSubstr("SYNTHETIC")));
}

TEST(SummaryTest, WithoutATitleItIsNamedAsTheExperiment) {
  Record record = TwoModelsOnTwoSets();
  record.title = "";
  EXPECT_THAT(FormatSummary(record, Charset::kAscii),
              testing::StartsWith("adaptation\n"));
}

TEST(SummaryTest, ShowsThePlainPValueWhereNoneIsCorrected) {
  Record record = TwoModelsOnTwoSets();
  record.comparisons = {Compared("lyra", -0.03)};
  const std::string text = FormatSummary(record, Charset::kAscii);
  EXPECT_THAT(text, HasSubstr("-3.00    0.0100"));
  EXPECT_THAT(text, Not(HasSubstr("-3.00 [")));
}

TEST(SummaryTest, EachPairIsShownOnce) {
  Record record = TwoModelsOnTwoSets();
  record.comparisons.push_back(Compared("lyra", -0.03));
  const std::string text = FormatSummary(record, Charset::kAscii);
  EXPECT_EQ(text.find("adapted - base"), text.rfind("adapted - base"));
}

TEST(SummaryTest, NothingIsShownOfARecordWithoutResults) {
  Record record = TwoModelsOnTwoSets();
  record.results.clear();
  EXPECT_EQ(FormatSummary(record, Charset::kAscii), "");
}

}  // namespace
}  // namespace culturemert
