#include "experiments/evaluation/probe_trainer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "experiments/evaluation/name_list.h"
#include "tools/base/console/progress.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Hands out lanes to threads, an epoch at a time: the least advanced of those
// that nobody works on, so that all end at about the same time.
class LaneQueue {
 public:
  explicit LaneQueue(std::vector<std::unique_ptr<ProbeLane>>& lanes)
      : lanes_(lanes), is_taken_(lanes.size(), false) {}

  // Null when there is nothing to do, for this thread.
  ProbeLane* Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::size_t chosen = lanes_.size();
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (is_taken_[i] || lanes_[i]->is_finished()) continue;
      if (chosen == lanes_.size() ||
          lanes_[i]->epochs().size() < lanes_[chosen]->epochs().size()) {
        chosen = i;
      }
    }
    if (chosen == lanes_.size()) return nullptr;
    is_taken_[chosen] = true;
    return lanes_[chosen].get();
  }

  void GiveBack(const ProbeLane* lane) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (lanes_[i].get() == lane) is_taken_[i] = false;
    }
  }

 private:
  std::vector<std::unique_ptr<ProbeLane>>& lanes_;
  std::mutex mutex_;
  std::vector<bool> is_taken_;  // Guarded by mutex_, as what is not taken.
};

absl::Status TrainLanes(std::vector<std::unique_ptr<ProbeLane>>& lanes,
                        ThreadPool& pool, const ProbingReport& report) {
  ProgressOptions options;
  options.label = "probe";
  options.unit = ProgressUnit::Count("epochs");
  options.is_quiet = report.is_quiet;
  options.console = report.console;
  Progress progress(options);
  LaneQueue queue(lanes);
  const auto workers = static_cast<std::int64_t>(
      std::min(static_cast<std::size_t>(pool.size()), lanes.size()));
  RETURN_IF_ERROR(ParallelFor(pool, workers, [&](std::int64_t) -> absl::Status {
    while (ProbeLane* const lane = queue.Take()) {
      RETURN_IF_ERROR(
          Annotate(lane->RunEpoch(), absl::StrCat("seed ", lane->seed())));
      queue.GiveBack(lane);
      progress.Advance();
    }
    return absl::OkStatus();
  }));
  progress.Finish();
  return absl::OkStatus();
}

// The lane with the best validation score, the first of equal ones; null if all
// diverged at once.
ProbeLane* BestLane(absl::Span<const std::unique_ptr<ProbeLane>> lanes) {
  ProbeLane* best = nullptr;
  for (const std::unique_ptr<ProbeLane>& lane : lanes) {
    if (lane->best_epoch() == 0) continue;
    if (best == nullptr || lane->best_roc_auc() > best->best_roc_auc()) {
      best = lane.get();
    }
  }
  return best;
}

absl::StatusOr<ProbeRun> Finish(
    const ProbeData& data, absl::Span<const std::unique_ptr<ProbeLane>> lanes) {
  ProbeLane* const best = BestLane(lanes);
  if (best == nullptr) {
    return absl::OutOfRangeError(
        absl::StrCat("seed ", lanes.front()->seed(),
                     ": the first epoch's loss is no finite number at any "
                     "learning rate; choose lower ones"));
  }
  RETURN_IF_ERROR(best->RestoreBest());
  ProbeRun run;
  run.seed = best->seed();
  run.learning_rate = best->learning_rate();
  run.best_epoch = best->best_epoch();
  run.valid_roc_auc = best->best_roc_auc();
  run.epochs = best->epochs();
  run.layer_weights = best->LayerWeights();
  ASSIGN_OR_RETURN(run.valid_probabilities, best->Probabilities(data.valid));
  ASSIGN_OR_RETURN(run.test_probabilities, best->Probabilities(data.test));
  for (const std::unique_ptr<ProbeLane>& lane : lanes) {
    run.grid.push_back(
        {lane->learning_rate(), lane->best_epoch(), lane->best_roc_auc()});
  }
  return run;
}

// Tags that none of the recordings carries.
std::vector<std::string> AbsentTags(
    const ProbeData& data, absl::Span<const ProbeRecording> recordings) {
  std::vector<std::string> absent;
  for (std::size_t tag = 0; tag < data.tags.size(); ++tag) {
    const bool is_there = std::any_of(
        recordings.begin(), recordings.end(),
        [&](const ProbeRecording& r) { return r.labels[tag] != 0; });
    if (!is_there) absent.push_back(data.tags[tag]);
  }
  return absent;
}

// Each once, in the order of the tasks.
std::vector<std::string> Notes(absl::Span<const ProbeTask> tasks,
                               const std::vector<ProbeRun>& runs) {
  std::vector<std::string> notes;
  const auto add = [&](std::string note) {
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) {
      notes.push_back(std::move(note));
    }
  };
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const ProbeData& data = *tasks[i].data;
    const std::vector<std::string> absent = AbsentTags(data, data.train);
    if (!absent.empty()) {
      add(ListNames("tags have no training recording", absent));
    }
    if (!runs[i].valid_roc_auc.has_value()) {
      add(absl::StrCat(data.valid.empty()
                           ? "there are no validation recordings"
                           : "no tag has both classes in the validation split",
                       ": the last epoch was kept, of the first learning "
                       "rate"));
    }
    if (data.test.empty()) add("there are no test recordings");
  }
  return notes;
}

LabelledScores TruthOf(const ProbeData& data) {
  LabelledScores scores;
  scores.tags = data.tags;
  for (const ProbeRecording& recording : data.test) {
    scores.ids.push_back(recording.id);
    scores.truth.insert(scores.truth.end(), recording.labels.begin(),
                        recording.labels.end());
  }
  return scores;
}

absl::Status CheckTasks(absl::Span<const ProbeTask> tasks,
                        const ProbingConfig& config) {
  if (tasks.empty()) return absl::InvalidArgumentError("no seeds to probe by");
  std::set<std::uint64_t> seeds;
  std::set<const ProbeData*> checked;
  const ProbeData& first = *tasks.front().data;
  for (const ProbeTask& task : tasks) {
    if (!seeds.insert(task.seed).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("the seed ", task.seed, " to probe by is given twice"));
    }
    if (!checked.insert(task.data).second) continue;
    RETURN_IF_ERROR(CheckProbeData(*task.data));
    if (task.data->states != first.states ||
        task.data->state_size != first.state_size ||
        task.data->tags != first.tags) {
      return absl::InvalidArgumentError(absl::StrCat(
          "seed ", task.seed, " has features or tags unlike those of seed ",
          tasks.front().seed));
    }
  }
  return ProbeFor(config, first.states, first.state_size,
                  static_cast<std::int64_t>(first.tags.size()))
      .status();
}

absl::StatusOr<ProbingResult> TrainTasks(absl::Span<const ProbeTask> tasks,
                                         const ProbingConfig& config,
                                         ThreadPool& pool,
                                         const ProbingReport& report) {
  std::vector<std::unique_ptr<ProbeLane>> lanes;
  for (const ProbeTask& task : tasks) {
    for (const double learning_rate : config.learning_rates) {
      ASSIGN_OR_RETURN(
          lanes.emplace_back(),
          ProbeLane::Create(*task.data, config, task.seed, learning_rate));
    }
  }
  RETURN_IF_ERROR(TrainLanes(lanes, pool, report));
  ProbingResult result;
  const ProbeData& data = *tasks.front().data;
  ASSIGN_OR_RETURN(result.probe,
                   ProbeFor(config, data.states, data.state_size,
                            static_cast<std::int64_t>(data.tags.size())));
  const std::size_t grid = config.learning_rates.size();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    ASSIGN_OR_RETURN(result.runs.emplace_back(),
                     Finish(*tasks[i].data, absl::MakeConstSpan(lanes).subspan(
                                                i * grid, grid)));
  }
  result.notes = Notes(tasks, result.runs);
  return result;
}

}  // namespace

absl::StatusOr<ProbingResult> TrainProbes(absl::Span<const ProbeTask> tasks,
                                          const ProbingConfig& config,
                                          ThreadPool& pool,
                                          const ProbingReport& report) {
  RETURN_IF_ERROR(CheckTasks(tasks, config));
  if (!config.standardise) return TrainTasks(tasks, config, pool, report);
  std::map<const ProbeData*, std::unique_ptr<StandardisedData>> standardised;
  std::vector<ProbeTask> new_tasks(tasks.begin(), tasks.end());
  for (ProbeTask& task : new_tasks) {
    std::unique_ptr<StandardisedData>& data = standardised[task.data];
    if (data == nullptr) data = std::make_unique<StandardisedData>(*task.data);
    task.data = &data->data();
  }
  return TrainTasks(new_tasks, config, pool, report);
}

absl::StatusOr<ProbingResult> TrainProbes(const ProbeData& data,
                                          const ProbingConfig& config,
                                          absl::Span<const std::uint64_t> seeds,
                                          ThreadPool& pool,
                                          const ProbingReport& report) {
  std::vector<ProbeTask> tasks;
  for (const std::uint64_t seed : seeds) tasks.push_back({&data, seed});
  return TrainProbes(tasks, config, pool, report);
}

LabelledScores TestScores(const ProbeData& data, const ProbingResult& result) {
  LabelledScores scores = TruthOf(data);
  for (const ProbeRun& run : result.runs) {
    scores.seeds.push_back(run.test_probabilities);
  }
  return scores;
}

LabelledScores ChanceScores(const ProbeData& data) {
  LabelledScores scores = TruthOf(data);
  scores.seeds.emplace_back(scores.truth.size(), 0.5);
  return scores;
}

}  // namespace culturemert
