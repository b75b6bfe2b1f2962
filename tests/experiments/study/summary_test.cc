#include "experiments/study/summary.h"

#include <string>

#include "absl/strings/str_cat.h"
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
  EXPECT_EQ(FormatSummary(TwoModelsOnTwoSets()), kGolden);
}

TEST(SummaryTest, SaysWhatTheDataAre) {
  Record record = TwoModelsOnTwoSets();
  record.data = DataKind::kMixed;
  EXPECT_THAT(FormatSummary(record),
              HasSubstr("synthetic and real data mixed"));
  record.data = DataKind::kReal;
  const std::string real = FormatSummary(record);
  EXPECT_THAT(real, Not(HasSubstr("ynthetic")));
  EXPECT_THAT(real, Not(HasSubstr("SYNTHETIC")));
}

TEST(SummaryTest, WithoutATitleItIsNamedAsTheExperiment) {
  Record record = TwoModelsOnTwoSets();
  record.title = "";
  EXPECT_THAT(FormatSummary(record), testing::StartsWith("adaptation\n"));
}

TEST(SummaryTest, ShowsThePlainPValueWhereNoneIsCorrected) {
  Record record = TwoModelsOnTwoSets();
  record.comparisons = {Compared("lyra", -0.03)};
  const std::string text = FormatSummary(record);
  EXPECT_THAT(text, HasSubstr("-3.00    0.0100"));
  EXPECT_THAT(text, Not(HasSubstr("-3.00 [")));
}

TEST(SummaryTest, EachPairIsShownOnce) {
  Record record = TwoModelsOnTwoSets();
  record.comparisons.push_back(Compared("lyra", -0.03));
  const std::string text = FormatSummary(record);
  EXPECT_EQ(text.find("adapted - base"), text.rfind("adapted - base"));
}

TEST(SummaryTest, SimilaritiesAreALineAPair) {
  Record record;
  record.title = "Similarity of tokens";
  record.data = DataKind::kSynthetic;
  double value = 0;
  for (const char* pair : {"makam and lyra", "makam and fma"}) {
    for (const char* measure :
         {"js_mean", "js_first_book", "cosine_mean", "cosine_first_book"}) {
      SeriesRecord series;
      series.name = absl::StrCat("token_similarity.", measure);
      series.label = pair;
      series.x = {0};
      series.y = {value += 0.1};
      record.series.push_back(series);
    }
  }
  EXPECT_EQ(FormatSummary(record), R"(Similarity of tokens
codes of two sets: Jensen-Shannon distance (0 equal, 1 none in common) and cosine, SYNTHETIC data

                  distance  of book 0  cosine  of book 0
  makam and lyra     0.100      0.200   0.300      0.400
  makam and fma      0.500      0.600   0.700      0.800
)");
}

TEST(SummaryTest, NothingIsShownOfARecordWithoutResults) {
  Record record = TwoModelsOnTwoSets();
  record.results.clear();
  EXPECT_EQ(FormatSummary(record), "");
}

}  // namespace
}  // namespace culturemert
