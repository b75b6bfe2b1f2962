// Trainings of one recipe with several seeds: what differs between them is no
// effect of the recipe.

#ifndef CULTUREMERT_REPORTS_STATISTICS_TRAINING_REPEATS_H_
#define CULTUREMERT_REPORTS_STATISTICS_TRAINING_REPEATS_H_

#include <cstddef>
#include <vector>

#include "reports/statistics/report_data.h"

namespace culturemert {

// The study's pre-trained models that stand in one record and agree in all that
// their configuration says but the seed of the pre-training: two or more a
// group, in the order of the study. Every model belongs to one group at most.
std::vector<std::vector<std::size_t>> TrainingRepeats(const Study& study);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_STATISTICS_TRAINING_REPEATS_H_
