// Runs a plan of small actions in a store, so that tests can kill it:
//
//   tiny_plan_main ROOT LOG
//
// Every action adds "begin <id> <process id>" to LOG and, at its end,
// "end <id> <process id>".

#include <unistd.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "experiments/artifacts/action.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/plan.h"
#include "experiments/artifacts/runner.h"
#include "experiments/training/stop_signals.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kParts = 3;
constexpr absl::Duration kPartTime = absl::Milliseconds(3);

absl::Status AddToLog(const std::string& log, const std::string& line) {
  ASSIGN_OR_RETURN(const std::unique_ptr<AppendableFile> file,
                   Files::Real().OpenToAppend(log));
  RETURN_IF_ERROR(file->Append(absl::StrCat(line, " ", getpid(), "\n")));
  return file->Close();
}

// One part after the other; a resumed action makes those that are missing.
absl::StatusOr<nlohmann::json> WriteParts(const ActionContext& context,
                                          const std::string& id) {
  std::string inputs;
  for (const auto& [name, directory] : context.inputs) {
    ASSIGN_OR_RETURN(const std::string last,
                     context.files->Read(JoinPath(
                         directory, absl::StrCat("part-", kParts - 1))));
    absl::StrAppend(&inputs, "[", last, "]");
  }
  for (int i = 0; i < kParts; ++i) {
    if (context.ShouldStop()) return absl::CancelledError("as asked");
    const std::string path =
        JoinPath(context.directory, absl::StrCat("part-", i));
    const absl::StatusOr<FileInfo> info = context.files->Info(path);
    if (info.ok()) continue;
    if (!absl::IsNotFound(info.status())) return info.status();
    absl::SleepFor(kPartTime);
    RETURN_IF_ERROR(
        context.files->WriteAtomically(path, absl::StrCat(id, i, inputs)));
  }
  return nlohmann::json{{"parts", kParts}};
}

// Three chains of three, and one node that reads them all.
std::vector<PlanNode> Nodes(const std::string& log) {
  std::vector<PlanNode> nodes;
  PlanNode record;
  record.id = "record";
  for (int chain = 0; chain < 3; ++chain) {
    for (int step = 0; step < 3; ++step) {
      PlanNode node;
      node.id = absl::StrCat("chain", chain, ".", step);
      node.is_resumable = (chain + step) % 2 == 0;
      if (step > 0) {
        node.inputs["before"] = absl::StrCat("chain", chain, ".", step - 1);
      }
      nodes.push_back(node);
    }
    record.inputs[absl::StrCat("chain", chain)] =
        absl::StrCat("chain", chain, ".2");
  }
  nodes.push_back(record);
  for (PlanNode& node : nodes) {
    node.label = node.id;
    node.action = "parts";
    node.config = {{"id", node.id}};
    node.run =
        [log, id = node.id](
            const ActionContext& context) -> absl::StatusOr<nlohmann::json> {
      RETURN_IF_ERROR(AddToLog(log, absl::StrCat("begin ", id)));
      ASSIGN_OR_RETURN(nlohmann::json facts, WriteParts(context, id));
      RETURN_IF_ERROR(AddToLog(log, absl::StrCat("end ", id)));
      return facts;
    };
  }
  return nodes;
}

absl::Status Run(const std::string& root, const std::string& log) {
  const StopSignals signals;
  ASSIGN_OR_RETURN(const Plan plan, Plan::Create(Nodes(log)));
  ArtifactStore store(Files::Real(), root);
  RunOptions options;
  options.is_quiet = true;
  options.print = [](absl::string_view) {};
  options.poll_interval = absl::Milliseconds(2);
  options.stop_requested = [&] { return signals.received() != 0; };
  return RunPlan(plan, store, options).status();
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const absl::Status status = culturemert::Run(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return absl::IsCancelled(status) ? 3 : 1;
}
