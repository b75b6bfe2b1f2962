// Which tables a model belongs to, from how it was made.

#ifndef CULTUREMERT_REPORTS_STATISTICS_MODEL_ROLE_H_
#define CULTUREMERT_REPORTS_STATISTICS_MODEL_ROLE_H_

#include "experiments/records/record.h"
#include "reports/statistics/model_setup.h"
#include "reports/statistics/report_data.h"

namespace culturemert {
namespace reports_internal {

// Of a model with its label and setup in place, from the setup of a record that
// has it, whose "multicultural_cpt" is what variants vary, and the record's
// corpora, which say what is Western.
ModelRole RoleOf(const StudyModel& model, const StudySetup& setup,
                 const Record& record);

}  // namespace reports_internal
}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_STATISTICS_MODEL_ROLE_H_
