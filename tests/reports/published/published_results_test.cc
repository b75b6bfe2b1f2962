#include "reports/published/published_results.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kHeader[] =
    "table,model,dataset,metric,value,unit,confidence,source\n";

constexpr char kRocAp[] = "culturemert_roc_ap";
constexpr const char* kSets[] = {"Turkish-makam", "Hindustani", "Carnatic",
                                 "Lyra",          "FMA-medium", "MTAT"};

double Value(absl::string_view table, absl::string_view model,
             absl::string_view dataset, absl::string_view metric) {
  const PublishedFigure* const figure =
      PublishedResults::Get().Find(table, model, dataset, metric);
  EXPECT_NE(figure, nullptr) << model << " " << dataset << " " << metric;
  return figure == nullptr ? 0 : figure->value;
}

TEST(PublishedResultsTest, HoldsThePapersTable) {
  EXPECT_EQ(Value(kRocAp, "MERT-v1-95M", "Turkish-makam", "ROC-AUC"), 83.2);
  EXPECT_EQ(Value(kRocAp, "CultureMERT-TA-95M", "MTAT", "AP"), 36.4);
  EXPECT_THAT(
      PublishedResults::Get().Models(kRocAp),
      ElementsAre("MERT-v1-95M", "CultureMERT-95M", "CultureMERT-TA-95M"));
}

TEST(PublishedResultsTest, AveragesOfTheTwelveNumbersAreThePrintedOnes) {
  for (const std::string& model : PublishedResults::Get().Models(kRocAp)) {
    double sum = 0;
    for (const char* dataset : kSets) {
      sum += Value(kRocAp, model, dataset, "ROC-AUC") +
             Value(kRocAp, model, dataset, "AP");
    }
    EXPECT_NEAR(
        sum / 12,
        Value(kRocAp, model, "average of the 12 numbers", "ROC-AUC and AP"),
        0.05)
        << model;
  }
}

TEST(PublishedResultsTest, TheHeadlineIsTheMeanGainOnTheNonWesternSets) {
  double roc_auc = 0;
  double precision = 0;
  for (int i = 0; i < 4; ++i) {
    roc_auc += Value(kRocAp, "CultureMERT-95M", kSets[i], "ROC-AUC") -
               Value(kRocAp, "MERT-v1-95M", kSets[i], "ROC-AUC");
    precision += Value(kRocAp, "CultureMERT-95M", kSets[i], "AP") -
                 Value(kRocAp, "MERT-v1-95M", kSets[i], "AP");
  }
  const char* const pair = "CultureMERT-95M minus MERT-v1-95M";
  const char* const sets = "mean of the four non-Western sets";
  EXPECT_NEAR((roc_auc + precision) / 8,
              Value("culturemert_headline", pair, sets,
                    "ROC-AUC and AP, absolute points"),
              0.05);
  EXPECT_NEAR(
      roc_auc / 4,
      Value("culturemert_headline", pair, sets, "ROC-AUC, absolute points"),
      0.006);
}

TEST(PublishedResultsTest, EveryFigureHasASourceAndAUnit) {
  EXPECT_THAT(PublishedResults::Get().figures(), SizeIs(481));
  for (const PublishedFigure& figure : PublishedResults::Get().figures()) {
    EXPECT_FALSE(figure.source.empty()) << figure.metric;
    if (figure.unit == "percent") {
      EXPECT_GE(figure.value, 0) << figure.metric;
      EXPECT_LE(figure.value, 100) << figure.metric;
    }
  }
}

TEST(PublishedResultsTest, TellsSecondHandFiguresApart) {
  for (const PublishedFigure& figure : PublishedResults::Get().figures()) {
    EXPECT_EQ(figure.confidence == Confidence::kSecondHand,
              figure.table == "mert_secondary")
        << figure.table;
  }
}

TEST(PublishedResultsTest, HasNothingWhereNoSourceWasFound) {
  EXPECT_EQ(PublishedResults::Get().Find("culturemert_f1", "CultureMERT-TA-95M",
                                         "Lyra", "micro-F1"),
            nullptr);
}

TEST(PublishedResultsTest, TranslatesNamesOfOurs) {
  EXPECT_EQ(PublishedModelName("multicultural_cpt"), "CultureMERT-95M");
  EXPECT_EQ(PublishedDatasetName("makam"), "Turkish-makam");
  EXPECT_EQ(PublishedModelName("ties"), "");
  for (const char* label : {"base", "multicultural_cpt", "task_arithmetic"}) {
    EXPECT_NE(PublishedResults::Get().Find(kRocAp, PublishedModelName(label),
                                           PublishedDatasetName("lyra"), "AP"),
              nullptr)
        << label;
  }
}

TEST(PublishedResultsTest, NamesTheLineOfWhatIsWrong) {
  const auto parse = [](const char* rows) {
    return PublishedResults::Parse(absl::StrCat(kHeader, rows), "a.csv");
  };
  EXPECT_THAT(parse("t,m,d,AP,1,percent,read,s\n"), IsOk());
  EXPECT_THAT(parse("t,m,d,AP,one,percent,read,s\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("a.csv:2"), HasSubstr("\"one\""))));
  EXPECT_THAT(parse("t,m,d,AP,nan,percent,read,s\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a finite number")));
  EXPECT_THAT(
      parse("t,m,d,AP,1,percent,guess,s\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"guess\"")));
  EXPECT_THAT(
      parse("t,m,d,AP,1,percent,read,\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"source\"")));
  EXPECT_THAT(
      parse("t,m,d,AP,1,percent,read,s\nt,m,d,AP,2,percent,read,s\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a.csv:3")));
  EXPECT_THAT(PublishedResults::Parse("table,model\n", "a.csv"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("the columns are table,model")));
}

}  // namespace
}  // namespace culturemert
