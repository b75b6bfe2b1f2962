// What a finished experiment shows at once, before the reports make tables of
// it.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_SUMMARY_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_SUMMARY_H_

#include <string>

#include "experiments/records/record.h"
#include "tools/base/console/human.h"

namespace culturemert {

// A table of ROC-AUC in points, one line a model and one column a dataset, with
// the mean over each; then for every comparison the differences with 95 %
// intervals and corrected p-values. Says so where the data are synthetic.
std::string FormatSummary(const Record& record, Charset charset);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_SUMMARY_H_
