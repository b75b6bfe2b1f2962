// What a study's results were made from, for its record: tokenizer, heads, data
// sets, corpora.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_RECORD_INPUTS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_RECORD_INPUTS_H_

#include "absl/status/status.h"
#include "experiments/records/record.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_artifacts.h"

namespace culturemert {

// Adds the data sets that the rows are probed on and the corpora that models
// are pre-trained on, replay included, says whether they were recorded or
// rendered, and notes
//
//   tokenizer       what it is
//   heads           of each pre-training: those of its base, or new ones
//   dataset NAME    what the set itself notes, where rows are probed on it
//   corpus NAME     the same, where models are trained on it alone
//
// Errors: those of the artifacts.
absl::Status AddInputs(const ExperimentConfig& config,
                       StudyArtifacts& artifacts, Record& record);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_RECORD_INPUTS_H_
