#include "experiments/artifacts/runner.h"

#include <exception>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "experiments/artifacts/action.h"
#include "experiments/artifacts/manifest.h"
#include "experiments/artifacts/peak_memory.h"
#include "experiments/artifacts/plan_states.h"
#include "tools/base/console/human.h"
#include "tools/base/console/logging.h"
#include "tools/base/console/progress.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

enum class Attempt { kDone, kHeldByOther, kInputGone };

class Runner {
 public:
  Runner(const Plan& plan, ArtifactStore& store, const RunOptions& options)
      : plan_(plan), store_(store), options_(options), states_(plan, store) {}

  absl::StatusOr<RunSummary> Run() {
    const absl::Duration start = MonotonicNow();
    ASSIGN_OR_RETURN(targets_, plan_.Select(options_.only));
    RETURN_IF_ERROR(LookAround());
    EstimateAll();
    while (true) {
      if (IsStopRequested()) return StoppedError();
      ASSIGN_OR_RETURN(const Step step, TakeStep());
      if (step == Step::kEnd) break;
      if (step == Step::kWait) Pause();
    }
    RETURN_IF_ERROR(first_error_);
    summary_.seconds = absl::ToDoubleSeconds(MonotonicNow() - start);
    return summary_;
  }

 private:
  enum class Step { kRan, kWait, kEnd };

  absl::Status LookAround();
  void EstimateAll();
  absl::StatusOr<Step> TakeStep();
  absl::StatusOr<Attempt> TryNode(int index);
  absl::StatusOr<Attempt> RunClaimed(int index, const Claim& claim);
  absl::StatusOr<nlohmann::json> Call(int index, const Claim& claim,
                                      const WorkDirectory& work);
  absl::Status Explain(int index, const absl::Status& status) const;
  absl::Status StoppedError() const;
  bool IsStopRequested() const {
    return options_.stop_requested && options_.stop_requested();
  }
  void Pause() const {
    std::this_thread::sleep_for(
        absl::ToChronoNanoseconds(options_.poll_interval));
  }

  int CountToDo() const;
  // Up to this node.
  int CountLookedAt(int last) const;
  int CountLookedAt() const {
    return CountLookedAt(static_cast<int>(plan_.nodes().size()) - 1);
  }
  std::string Position(int index) const;
  std::string TimeLeft() const;
  void PrintWaiting(int index);
  void Print(const std::string& line) const {
    options_.print ? options_.print(line) : LogInfo(line);
  }
  void Warn(const std::string& line) const {
    options_.warn ? options_.warn(line) : LogWarning(line);
  }

  const Plan& plan_;
  ArtifactStore& store_;
  const RunOptions& options_;
  PlanStates states_;
  std::vector<int> targets_;
  std::set<int> failed_;
  std::map<int, std::string> waiting_for_;  // Holders that were printed.
  std::map<int, double> estimated_seconds_;
  double estimated_done_seconds_ = 0;
  double measured_done_seconds_ = 0;
  RunSummary summary_;
  absl::Status first_error_;
};

absl::Status Runner::LookAround() {
  for (const int target : targets_) {
    RETURN_IF_ERROR(states_.Demand(target, Verification::kChecksums));
  }
  const int count = static_cast<int>(plan_.nodes().size());
  for (int i = 0; options_.verify_all && i < count; ++i) {
    const ArtifactId id = plan_.nodes()[i].artifact();
    const absl::Status found =
        store_.Find(id, Verification::kChecksums).status();
    if (absl::IsDataLoss(found)) {
      RETURN_IF_ERROR(states_.LookAgain(i, Verification::kChecksums).status());
    } else if (!found.ok() && !absl::IsNotFound(found)) {
      return found;
    }
  }
  for (int i = 0; i < count; ++i) {
    if (states_[i] != NodeState::kPresent) continue;
    ++summary_.reused;
    Print(absl::StrCat(Position(i), "reused"));
  }
  return absl::OkStatus();
}

// Only for the display: what has no estimate is shown without.
void Runner::EstimateAll() {
  for (int i = 0; i < static_cast<int>(plan_.nodes().size()); ++i) {
    if (!states_.IsToDo(i)) continue;
    const absl::StatusOr<ActionCost> cost = EstimateCost(plan_.nodes()[i]);
    if (cost.ok() && cost->seconds.has_value()) {
      estimated_seconds_[i] = *cost->seconds;
    }
  }
}

// Runs the first node that can be taken, or finds it made.
absl::StatusOr<Runner::Step> Runner::TakeStep() {
  bool is_waiting = false;
  for (int i = 0; i < static_cast<int>(plan_.nodes().size()); ++i) {
    if (!states_.IsToDo(i) || failed_.count(i) > 0) continue;
    if (!states_.HasAllInputs(i)) continue;
    const absl::StatusOr<Attempt> attempt = TryNode(i);
    if (!attempt.ok()) {
      if (absl::IsCancelled(attempt.status()) && IsStopRequested()) {
        return Step::kRan;  // The caller asks again.
      }
      const absl::Status error = Explain(i, attempt.status());
      if (!options_.keep_going) return error;
      Warn(std::string(error.message()));
      first_error_.Update(error);
      failed_.insert(i);
      return Step::kRan;
    }
    if (*attempt != Attempt::kHeldByOther) return Step::kRan;
    PrintWaiting(i);
    is_waiting = true;
  }
  return is_waiting ? Step::kWait : Step::kEnd;
}

absl::StatusOr<Attempt> Runner::TryNode(int index) {
  const ArtifactId id = plan_.nodes()[index].artifact();
  const absl::StatusOr<std::unique_ptr<Claim>> claim = store_.Take(id);
  if (absl::IsUnavailable(claim.status())) return Attempt::kHeldByOther;
  RETURN_IF_ERROR(claim);
  const absl::Status found = store_.Find(id, Verification::kChecksums).status();
  if (found.ok()) {
    states_.SetPresent(index);
    ++summary_.made_by_other;
    Print(absl::StrCat(Position(index), "made by another process"));
    return Attempt::kDone;
  }
  for (const auto& [name, input] : plan_.nodes()[index].inputs) {
    ASSIGN_OR_RETURN(const bool is_intact,
                     states_.LookAgain(input, Verification::kChecksums));
    if (!is_intact) return Attempt::kInputGone;
  }
  if (absl::IsDataLoss(found)) {
    ASSIGN_OR_RETURN(const std::string aside, store_.PutAside(id));
    Warn(absl::StrCat(plan_.nodes()[index].label(),
                      " is damaged: ", found.message(), "; it is put aside as ",
                      aside, " and made again"));
  } else if (!absl::IsNotFound(found)) {
    return found;
  }
  return RunClaimed(index, **claim);
}

absl::StatusOr<Attempt> Runner::RunClaimed(int index, const Claim& claim) {
  const Plan::Node& node = plan_.nodes()[index];
  ASSIGN_OR_RETURN(const WorkDirectory work,
                   store_.Begin(node.artifact(), node.definition.is_resumable));
  const auto estimate = estimated_seconds_.find(index);
  Print(absl::StrCat(
      Position(index), work.is_resumed ? "goes on" : "starts",
      estimate == estimated_seconds_.end()
          ? ""
          : absl::StrCat(", about ", FormatDuration(estimate->second))));
  const absl::Duration start = MonotonicNow();
  ResetPeakMemory();
  absl::StatusOr<nlohmann::json> facts = Call(index, claim, work);
  const double seconds = absl::ToDoubleSeconds(MonotonicNow() - start);
  absl::Status status = facts.status();
  if (status.ok()) {
    ArtifactManifest manifest;
    manifest.recipe = node.recipe;
    manifest.key = node.key;
    manifest.label = node.label();
    manifest.facts = *std::move(facts);
    manifest.wall_seconds = seconds;
    manifest.peak_bytes = PeakMemoryBytes();
    manifest.finished = absl::Now();
    status = store_.Commit(claim, manifest);
  }
  const absl::Status held = status.ok() ? status : claim.CheckHeld();
  if (absl::IsAborted(held)) {
    Warn(absl::StrCat(node.label(), ": ", held.message()));
    return Attempt::kHeldByOther;
  }
  RETURN_IF_ERROR(status);
  states_.SetPresent(index);
  ++summary_.computed;
  if (estimate != estimated_seconds_.end()) {
    estimated_done_seconds_ += estimate->second;
    measured_done_seconds_ += seconds;
  }
  Print(absl::StrCat(Position(index), "done in ", FormatDuration(seconds),
                     TimeLeft()));
  return Attempt::kDone;
}

absl::StatusOr<nlohmann::json> Runner::Call(int index, const Claim& claim,
                                            const WorkDirectory& work) {
  const Plan::Node& node = plan_.nodes()[index];
  ActionContext context;
  context.files = &store_.files();
  context.label = node.label();
  context.key = node.key.ToHex();
  context.directory = work.data;
  context.scratch_directory = work.scratch;
  for (const auto& [name, input] : node.inputs) {
    context.inputs[name] =
        store_.DataDirectoryOf(plan_.nodes()[input].artifact());
  }
  context.is_resumed = work.is_resumed;
  context.stop_requested = [&] { return IsStopRequested() || claim.is_lost(); };
  context.console = options_.console;
  context.is_quiet = options_.is_quiet;
  try {
    absl::StatusOr<nlohmann::json> facts = node.definition.run(context);
    if (!facts.ok() || facts->is_object()) return facts;
    return absl::InternalError("the action's facts are no JSON object");
  } catch (const std::exception& error) {
    return absl::InternalError(
        absl::StrCat("the action threw an exception: ", error.what()));
  }
}

absl::Status Runner::Explain(int index, const absl::Status& status) const {
  const Plan::Node& node = plan_.nodes()[index];
  const std::string message = absl::StrCat(
      node.label(), " (", node.recipe.action, " ", ShortKey(node.key),
      "): ", status.message(), "\nWhat it had written is in ",
      store_.PartialDirectoryOf(node.artifact()),
      "; once the cause is removed, the same command goes on from here: what "
      "is finished stays.");
  return absl::Status(status.code(), message);
}

absl::Status Runner::StoppedError() const {
  return absl::CancelledError(absl::StrCat(
      "stopped as asked, with ", CountToDo(), " of ", CountLookedAt(),
      " actions to do; the same command goes on from here"));
}

int Runner::CountToDo() const {
  int count = 0;
  for (int i = 0; i < static_cast<int>(plan_.nodes().size()); ++i) {
    count += states_.IsToDo(i) ? 1 : 0;
  }
  return count;
}

int Runner::CountLookedAt(int last) const {
  int count = 0;
  for (int i = 0; i <= last; ++i) {
    count += states_[i] == NodeState::kNotNeeded ? 0 : 1;
  }
  return count;
}

// "[ 3/12] makam · codes: ", counted over what was looked at.
std::string Runner::Position(int index) const {
  const int total = CountLookedAt();
  const int width = static_cast<int>(absl::StrCat(total).size());
  return absl::StrFormat("[%*d/%d] %s: ", width, CountLookedAt(index), total,
                         plan_.nodes()[index].label());
}

// "; about 5 min left" where everything left has an estimate, corrected by how
// far those so far were off; else "".
std::string Runner::TimeLeft() const {
  double seconds = 0;
  for (int i = 0; i < static_cast<int>(plan_.nodes().size()); ++i) {
    if (!states_.IsToDo(i)) continue;
    const auto estimate = estimated_seconds_.find(i);
    if (estimate == estimated_seconds_.end()) return "";
    seconds += estimate->second;
  }
  if (seconds <= 0) return "";
  if (estimated_done_seconds_ > 0) {
    seconds *= measured_done_seconds_ / estimated_done_seconds_;
  }
  return absl::StrCat("; about ", FormatDuration(seconds), " left");
}

void Runner::PrintWaiting(int index) {
  const std::string holder =
      store_.DescribeHolder(plan_.nodes()[index].artifact());
  std::string& printed = waiting_for_[index];
  if (holder.empty() || printed == holder) return;
  printed = holder;
  Print(absl::StrCat(Position(index), holder, " is at work on it"));
}

}  // namespace

absl::StatusOr<RunSummary> RunPlan(const Plan& plan, ArtifactStore& store,
                                   const RunOptions& options) {
  return Runner(plan, store, options).Run();
}

}  // namespace culturemert
