// All tables that the records have something for: of each study, in this order,
//
//   main_results        ROC-AUC and AP per dataset, and the paper's average
//   f1                  micro and macro F1, and their average
//   published           ours beside the published figures; also published_f1
//                       and published_averages
//   gain                differences from the base, with intervals and tests
//   comparisons         the same of all other pairs that records compare
//   pretraining_seeds   gains of one recipe's trainings, their mean and spread
//   ablation            variants of the pre-training
//   transfer            adapted to one culture (row), tested on a set (column)
//   task_arithmetic     the merged model by λ
//   merging_methods     ways to merge
//   forgetting          changes on the Western sets, backward transfer
//   token_similarity    how alike cultures' codes are
//   tag_groups          ROC-AUC per kind of tag; tag_groups_ap: AP
//   layers              a probe a layer
//   data_scaling        by the share of the recordings
//   cost                audio, updates, time, memory of each model
//   cost_actions        time and memory by kind of action
//
// Metrics are in per cent, one decimal; differences in points, two decimals.

#ifndef CULTUREMERT_REPORTS_TABLES_REPORT_TABLES_H_
#define CULTUREMERT_REPORTS_TABLES_REPORT_TABLES_H_

#include <vector>

#include "reports/statistics/report_data.h"
#include "reports/tables/table.h"

namespace culturemert {

std::vector<Table> MakeTables(const ReportData& data);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_REPORT_TABLES_H_
