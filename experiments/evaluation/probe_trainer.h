// Probing: the probes of several seeds, and of every learning rate of a grid,
// trained together, and their scores.
//
//   ASSIGN_OR_RETURN(const ProbeData data, JoinProbeData(*features, dataset));
//   ASSIGN_OR_RETURN(const ProbingResult result,
//                    TrainProbes(data, config, {3, 4, 7, 13, 21}, *pool, {}));
//   const LabelledScores scores = TestScores(data, result);
//
// Each probe is trained on one thread, an epoch at a time by whichever thread
// is free; what a seed gives does not depend, bit by bit, on which others run
// beside it nor on the number of threads.
//
// Unusual data, and the answer:
//   no training recordings, or none     kInvalidArgument
//   with a tag for few-shot probes
//   a tag that no training recording    learned as absent like any other; a
//   carries                             note names it
//   a tag of no recording at all        the same, and metrics leave it out
//   no validation recordings, or no     max_epochs epochs, no plateau, no early
//   tag of theirs with both classes     stop; the last epoch and the first
//                                       learning rate are kept; a note says so
//   no test recordings                  no test probabilities
//   one recording                       as its split says
//   all scores equal                    ROC-AUC 0.5, average precision the
//                                       tag's share: metrics/tag_metrics.h
//   a loss that is no finite number     the probe ends there, and the best
//                                       epoch before it stands; kOutOfRange if
//                                       no learning rate of a seed has one

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_TRAINER_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_TRAINER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "experiments/evaluation/probe_data.h"
#include "experiments/evaluation/probe_lane.h"
#include "experiments/evaluation/probing_config.h"
#include "experiments/metrics/labelled_scores.h"
#include "tools/base/console/console.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// A learning rate of the grid, as a seed found it.
struct ProbeGridPoint {
  double learning_rate = 0;
  std::size_t best_epoch = 0;  // 0 if it diverged at once.
  std::optional<double> valid_roc_auc;
};

// What a seed gave, at its best learning rate and epoch.
struct ProbeRun {
  std::uint64_t seed = 0;
  double learning_rate = 0;
  std::size_t best_epoch = 0;  // From 1.
  std::optional<double> valid_roc_auc;
  std::vector<ProbeEpoch> epochs;
  // The share of each used state, the first used one first; empty unless the
  // input is a weighted sum.
  std::vector<double> layer_weights;
  // [recordings, tags], in the order of the data.
  std::vector<double> valid_probabilities;
  std::vector<double> test_probabilities;
  std::vector<ProbeGridPoint> grid;  // In the configuration's order.
};

struct ProbingResult {
  ProbeConfig probe;
  std::vector<ProbeRun> runs;      // In the order of the seeds.
  std::vector<std::string> notes;  // What a careful reader should know.
};

struct ProbingReport {
  Console* console = &Console::Stderr();
  bool is_quiet = false;
};

// A seed and what it is trained on. Data sets whose validation split is drawn
// by the seed have other data for each seed; most have the same for all.
struct ProbeTask {
  const ProbeData* data = nullptr;
  std::uint64_t seed = 0;
};

// kInvalidArgument for data that CheckProbeData refuses, data of several shapes
// or tags, a configuration out of range, no tasks, or a seed twice.
absl::StatusOr<ProbingResult> TrainProbes(absl::Span<const ProbeTask> tasks,
                                          const ProbingConfig& config,
                                          ThreadPool& pool,
                                          const ProbingReport& report);

// The same with the same data for all seeds.
absl::StatusOr<ProbingResult> TrainProbes(const ProbeData& data,
                                          const ProbingConfig& config,
                                          absl::Span<const std::uint64_t> seeds,
                                          ThreadPool& pool,
                                          const ProbingReport& report);

// The test probabilities of all seeds beside the truth, as metrics take them.
// `data` is that of any of the tasks, whose test splits must be the same.
LabelledScores TestScores(const ProbeData& data, const ProbingResult& result);

// The chance baseline: 0.5 for every recording and tag, from one "seed". Its
// ROC-AUC is 0.5, the average precision of a tag is the share of recordings
// that carry it, and F1 is 0, since 0.5 is not above the threshold.
LabelledScores ChanceScores(const ProbeData& data);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_TRAINER_H_
