// Two runs compared recording by recording, from the predictions beside their
// records: what --compare shows.

#ifndef CULTUREMERT_REPORTS_STATISTICS_RUN_COMPARISON_H_
#define CULTUREMERT_REPORTS_STATISTICS_RUN_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/comparison.h"
#include "experiments/records/record_store.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// A record and, if it is named, one of its models.
struct ComparedRun {
  StoredRecord stored;
  std::string model;  // Empty: each that the other run has as well.
};

// "RECORD" or "RECORD:MODEL". RECORD is the path of a file, or the name of one
// in `directory`, with or without ".json". The errors of ReadRecord, and
// kInvalidArgument, naming those there are, if it has no such model.
absl::StatusOr<ComparedRun> ReadComparedRun(Files& files,
                                            absl::string_view directory,
                                            absl::string_view text);

// One model of the first run against one of the second, on one dataset.
struct DatasetComparison {
  std::string first_model;  // Labels.
  std::string second_model;
  DatasetRecord dataset;
  std::size_t seeds = 0;  // That both runs have.
  std::size_t recordings = 0;
  // First less second. The p-values of the whole set are Holm-adjusted over
  // the datasets, a family each pair of models and metric; those of single
  // tags over the tags.
  TagSetResults<SetComparison> results;
};

struct RunComparison {
  std::vector<DatasetComparison> datasets;  // By models, as in the first run.
  std::vector<std::string> notes;  // Datasets that cannot be compared, and why.
};

// A model that only one run names is compared with the other's of that label.
// kInvalidArgument if nothing can be compared, saying why, and if a run is
// compared with itself; kDataLoss, naming the file, for predictions that do not
// have the checksum that the record says; and the errors of ReadScoreTables and
// CompareModels.
absl::StatusOr<RunComparison> CompareRuns(Files& files, ThreadPool& pool,
                                          const ComparedRun& first,
                                          const ComparedRun& second,
                                          const ResamplingOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_STATISTICS_RUN_COMPARISON_H_
