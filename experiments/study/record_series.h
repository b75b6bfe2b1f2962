// The curves of a study, for its record.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_RECORD_SERIES_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_RECORD_SERIES_H_

#include "absl/status/status.h"
#include "experiments/records/record.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_artifacts.h"

namespace culturemert {

// Adds to record.series, of each pre-training whose weights are there,
// "training_loss", thinned to some hundred points, and "held_out_loss"; and of
// a study with token similarities, a series of one point for each pair of data
// sets and measure. Errors: those of the artifacts.
absl::Status AddSeries(const ExperimentConfig& config,
                       StudyArtifacts& artifacts, Record& record);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_RECORD_SERIES_H_
