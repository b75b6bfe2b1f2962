// Probabilities that probes gave a set's test recordings, as an artifact, and
// what metrics make of them, as parts of a record.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_SET_SCORES_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_SET_SCORES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/metrics/bootstrap.h"
#include "experiments/metrics/labelled_scores.h"
#include "experiments/records/record.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// In the artifact of a probe.
inline constexpr char kTestProbabilitiesName[] = "test_probabilities.npy";

// What the model and the set are called in the records made here.
inline constexpr char kModelName[] = "model";
inline constexpr char kAgainstName[] = "against";
inline constexpr char kDatasetName[] = "dataset";

// [seeds, recordings, tags], rounded to float32, which is what records keep.
absl::Status WriteTestProbabilities(Files& files, absl::string_view folder,
                                    const LabelledScores& scores);

// The same with the truth of the set's test recordings. kInvalidArgument where
// the shapes do not fit.
absl::StatusOr<LabelledScores> ReadTestScores(Files& files,
                                              absl::string_view folder,
                                              const PreparedSet& set);

// The groups of the set's tags.
TagGroups GroupsOf(const PreparedSet& set);

// Everything of a set that a record holds, under the name kDatasetName.
DatasetRecord DescribeSet(const PreparedSet& set);

// A record with one set, one model and its result.
absl::StatusOr<Record> ScoreModel(ThreadPool& pool, const PreparedSet& set,
                                  const LabelledScores& scores,
                                  absl::Span<const std::uint64_t> seeds,
                                  const ResamplingOptions& options);

// A record with one set, two models and their comparisons: of each metric the
// difference with its interval and the permutation test's p-value.
absl::StatusOr<Record> CompareOnSet(ThreadPool& pool, const PreparedSet& set,
                                    const LabelledScores& model,
                                    const LabelledScores& against,
                                    const ResamplingOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_SET_SCORES_H_
