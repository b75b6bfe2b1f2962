#include "reports/tables/report_tables.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/tables/table_makers.h"

namespace culturemert {
namespace {

using reports_internal::Ablation;
using reports_internal::Cost;
using reports_internal::CostOfActions;
using reports_internal::DataScaling;
using reports_internal::F1Results;
using reports_internal::Forgetting;
using reports_internal::Gain;
using reports_internal::Layers;
using reports_internal::MainResults;
using reports_internal::MergingMethods;
using reports_internal::OtherTests;
using reports_internal::PretrainingSeeds;
using reports_internal::PublishedAverages;
using reports_internal::PublishedF1;
using reports_internal::PublishedResultsTable;
using reports_internal::TagGroupPrecision;
using reports_internal::TagGroupRocAuc;
using reports_internal::TaskArithmetic;
using reports_internal::TokenSimilarity;
using reports_internal::Transfer;

struct Maker {
  std::optional<Table> (*make)(const ReportData& data, const Study& study);
  bool shows_scores = true;
};

constexpr std::array<Maker, 20> kMakers = {{{MainResults},
                                            {F1Results},
                                            {PublishedResultsTable},
                                            {PublishedF1},
                                            {PublishedAverages},
                                            {Gain},
                                            {OtherTests},
                                            {PretrainingSeeds},
                                            {Ablation},
                                            {Transfer},
                                            {TaskArithmetic},
                                            {MergingMethods},
                                            {Forgetting},
                                            {TokenSimilarity},
                                            {TagGroupRocAuc},
                                            {TagGroupPrecision},
                                            {Layers},
                                            {DataScaling},
                                            {Cost, false},
                                            {CostOfActions, false}}};

// Scores under different poolings are not compared; studies hold one each.
std::string PoolingNote(const Study& study) {
  return absl::StrCat("Hidden states over time: ", PoolingText(study.pooling),
                      ".");
}

}  // namespace

std::vector<Table> MakeTables(const ReportData& data) {
  std::vector<Table> tables;
  for (const Study& study : data.studies) {
    for (const Maker& maker : kMakers) {
      std::optional<Table> table = maker.make(data, study);
      if (!table.has_value()) continue;
      const bool is_known = !study.pooling.empty() || study.shares_profile;
      if (maker.shows_scores && is_known) {
        table->notes.push_back(PoolingNote(study));
      }
      tables.push_back(*std::move(table));
    }
  }
  return tables;
}

}  // namespace culturemert
