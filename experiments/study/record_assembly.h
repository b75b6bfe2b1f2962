// From the artifacts of a finished plan to the experiment's record.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_RECORD_ASSEMBLY_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_RECORD_ASSEMBLY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"
#include "experiments/records/record_store.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

// What ran, beside its configuration.
struct StudyRun {
  std::string experiment;
  std::string profile;
  absl::Time started;
};

struct WrittenRecord {
  StoredRecord stored;
  bool was_there = false;  // An earlier run, or another process, wrote it.
};

// Writes the record of a plan whose artifacts are all in `store` into the
// folder `directory`, with its predictions; or finds the one that an earlier
// run of the same plan wrote there. Errors: those of the artifacts and of
// WriteRecord.
absl::StatusOr<WrittenRecord> WriteStudyRecord(const StudyContext& context,
                                               const ExperimentConfig& config,
                                               const Plan& plan,
                                               ArtifactStore& store,
                                               const StudyRun& run,
                                               absl::string_view directory);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_RECORD_ASSEMBLY_H_
