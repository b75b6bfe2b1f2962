// Tagging metrics against scikit-learn's: a whole set of tags, and random tags
// with ties, with one class only, and of one recording.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "experiments/metrics/evaluation.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/metrics/tag_metrics.h"
#include "tests/parity/case_folder.h"
#include "tests/parity/parity_report.h"
#include "tools/base/files/files.h"
#include "tools/base/formats/npy.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

constexpr double kBar = 1e-12;

// The largest absolute difference; infinite where only one is defined.
class Residual {
 public:
  void Add(std::optional<double> found, std::optional<double> expected) {
    if (found.has_value() != expected.has_value()) {
      largest_ = HUGE_VAL;
    } else if (found.has_value()) {
      largest_ = std::max(largest_, std::abs(*found - *expected));
    }
  }
  double largest() const { return largest_; }

 private:
  double largest_ = 0;
};

std::optional<double> OfJson(const nlohmann::json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<double>();
}

template <typename T>
std::vector<T> ReadArray(const std::string& folder, const std::string& name) {
  const std::string path = absl::StrCat(folder, "/", name);
  absl::StatusOr<NpyArray> array = ReadNpy(Files::Real(), path);
  EXPECT_THAT(array, IsOk());
  return array.ok() ? array->view().CopyValues<T>().value() : std::vector<T>();
}

TEST(MetricsParityTest, ASetOfTagsHasTheOriginalsValues) {
  const std::string folder = CaseFolder("metrics");
  const nlohmann::json expected = ReadCaseFile(folder, "expected.json");
  const nlohmann::json& f1 = expected["threshold_gt_0.5"];
  LabelledScores scores;
  scores.truth = ReadArray<std::uint8_t>(folder, "labels.npy");
  const std::vector<float> values = ReadArray<float>(folder, "scores.npy");
  scores.seeds.emplace_back(values.begin(), values.end());
  const std::size_t tags = expected["roc_auc_per_tag"].size();
  for (std::size_t tag = 0; tag < tags; ++tag) {
    scores.tags.push_back(absl::StrCat(tag));
  }
  for (std::size_t i = 0; i < values.size() / tags; ++i) {
    scores.ids.push_back(absl::StrCat(i));
  }
  const std::unique_ptr<ThreadPool> pool = ThreadPool::Create(1).value();
  const absl::StatusOr<Evaluation> evaluation = EvaluateScores(*pool, scores);
  ASSERT_THAT(evaluation, IsOk());

  const PerMetric<std::optional<double>>& all = evaluation->sets.all.seeds[0];
  Residual macro;
  macro.Add(all[Metric::kRocAuc], OfJson(expected["roc_auc_macro_defined"]));
  macro.Add(all[Metric::kAveragePrecision],
            OfJson(expected["ap_macro_over_tags_with_defined_roc_auc"]));
  macro.Add(all[Metric::kMicroF1], OfJson(f1["micro_f1"]));
  Residual per_tag;
  for (std::size_t tag = 0; tag < tags; ++tag) {
    const SetEvaluation& found = evaluation->sets.tags[tag];
    const nlohmann::json& roc_auc = expected["roc_auc_per_tag"][tag];
    per_tag.Add(found.seeds[0][Metric::kRocAuc], OfJson(roc_auc));
    per_tag.Add(found.seeds[0][Metric::kMicroF1],
                OfJson(f1["f1_per_tag"][tag]));
    if (roc_auc.is_null()) continue;
    per_tag.Add(found.seeds[0][Metric::kAveragePrecision],
                OfJson(expected["ap_per_tag"][tag]));
  }
  ReportParity("metrics", "over_tags_max_abs", macro.largest(), kBar);
  ReportParity("metrics", "per_tag_max_abs", per_tag.largest(), kBar);
}

TEST(MetricsParityTest, RandomTagsHaveTheOriginalsValues) {
  const std::string folder = CaseFolder("metrics");
  const auto sizes = ReadArray<std::int64_t>(folder, "random_sizes.npy");
  const auto labels = ReadArray<std::uint8_t>(folder, "random_labels.npy");
  const auto scores = ReadArray<double>(folder, "random_scores.npy");
  const auto expected = ReadArray<double>(folder, "random_expected.npy");
  ASSERT_FALSE(sizes.empty());
  ASSERT_EQ(expected.size(), 3 * sizes.size());
  Residual roc_auc;
  Residual average_precision;
  Residual f1;
  std::size_t begin = 0;
  const auto defined = [](double value) {
    return std::isnan(value) ? std::nullopt : std::optional<double>(value);
  };
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto truth = absl::MakeConstSpan(labels).subspan(begin, sizes[i]);
    const auto score = absl::MakeConstSpan(scores).subspan(begin, sizes[i]);
    begin += truth.size();
    roc_auc.Add(RocAuc(truth, score), defined(expected[3 * i]));
    average_precision.Add(AveragePrecision(truth, score),
                          defined(expected[3 * i + 1]));
    f1.Add(F1(CountDecisions(truth, score)), defined(expected[3 * i + 2]));
  }
  ASSERT_EQ(begin, scores.size());
  ReportParity("metrics", "random_roc_auc_max_abs", roc_auc.largest(), kBar);
  ReportParity("metrics", "random_average_precision_max_abs",
               average_precision.largest(), kBar);
  ReportParity("metrics", "random_f1_max_abs", f1.largest(), kBar);
}

}  // namespace
}  // namespace culturemert
