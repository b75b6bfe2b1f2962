// Processes of this machine that share a plan: each takes actions that nobody
// has (artifacts/runner.h), so that a model that keeps one thread busy trains
// beside the next.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_STUDY_WORKERS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_STUDY_WORKERS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"
#include "tools/base/files/files.h"

namespace culturemert {

inline constexpr int kMostWorkers = 64;

// How many processes share the studies' plan, this one included: `given`, the
// value of --workers, unless that is 0. Then it is one a thread of the context,
// at most kMostWorkers, for models that threads cannot share (model_width.h) on
// a CPU; else one.
int WorkersFor(int given, const StudyContext& context, bool is_on_cpu,
               const std::vector<const ExperimentConfig*>& studies);

// The other workers; they end with this, at the latest.
class StudyWorkers {
 public:
  // Starts this program `count` times with `arguments` (after its name),
  // followed by --workers=1, --is_worker, --threads and --quiet. What they
  // print is in <output>/workers/<...>/worker<N>.log. They get SIGTERM, by
  // which they stop in order, when this process ends in whatever way. Call it
  // from the main thread. Errors: those of `files`, and kInternal if no process
  // can be started.
  static absl::StatusOr<std::unique_ptr<StudyWorkers>> Start(
      Files& files, int count, int threads_each,
      const std::vector<std::string>& arguments, const std::string& output);

  // Stop(), its error unheard.
  ~StudyWorkers();
  StudyWorkers(const StudyWorkers&) = delete;
  StudyWorkers& operator=(const StudyWorkers&) = delete;

  // Asks them to stop, which takes as long as a training needs to save, waits,
  // and removes their logs. What one of them could not do, this process has
  // tried as well, so that their exit codes tell nothing new.
  absl::Status Stop();

 private:
  StudyWorkers(Files& files, std::string log_directory);

  Files& files_;
  const std::string log_directory_;
  std::vector<pid_t> processes_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_STUDY_WORKERS_H_
