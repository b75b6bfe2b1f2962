// What a finished experiment shows at once, before the reports make tables of
// it.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_SUMMARY_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_SUMMARY_H_

#include <string>

#include "experiments/records/record.h"

namespace culturemert {

// A table of ROC-AUC in points, one line a model and one column a dataset, with
// the mean over each; then for every comparison the differences with 95 %
// intervals and corrected p-values. Of a record of token similarities instead
// those, one line a pair of datasets. Says so where the data are synthetic.
std::string FormatSummary(const Record& record);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_SUMMARY_H_
