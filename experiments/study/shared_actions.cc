#include "experiments/study/shared_actions.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/base/console/console.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

constexpr char kDismissal[] = "dismissed";

std::string FormatCall(const ActionContext& action) {
  return json{{"key", action.key},
              {"label", action.label},
              {"directory", action.directory},
              {"scratch_directory", action.scratch_directory},
              {"inputs", action.inputs},
              {"is_resumed", action.is_resumed},
              {"is_quiet", action.is_quiet}}
      .dump();
}

absl::Status ParseCall(const std::string& text, ActionContext& action) {
  try {
    const json call = json::parse(text);
    call.at("key").get_to(action.key);
    call.at("label").get_to(action.label);
    call.at("directory").get_to(action.directory);
    call.at("scratch_directory").get_to(action.scratch_directory);
    call.at("inputs").get_to(action.inputs);
    call.at("is_resumed").get_to(action.is_resumed);
    call.at("is_quiet").get_to(action.is_quiet);
    return absl::OkStatus();
  } catch (const json::exception& error) {
    return absl::FailedPreconditionError(
        absl::StrCat("rank 0 calls for \"", text, "\" (", error.what(),
                     "): do all ranks run the same program?"));
  }
}

absl::StatusOr<const Plan::Node*> FindNode(const Plan& plan,
                                           const ActionContext& action) {
  for (const Plan::Node& node : plan.nodes()) {
    if (node.key.ToHex() == action.key) return &node;
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "rank 0 calls for ", action.label, " with the key ", action.key,
      ", which is not in this rank's plan: do all "
      "ranks have the same flags, program and data?"));
}

absl::Status Answer(const std::string& call, const Plan& plan, Files& files,
                    const std::function<bool()>& stop_requested) {
  Console::Options nowhere;
  nowhere.write = [](absl::string_view) {};
  Console silent(std::move(nowhere));
  ActionContext action;
  RETURN_IF_ERROR(ParseCall(call, action));
  action.files = &files;
  action.stop_requested = stop_requested;
  action.console = &silent;
  ASSIGN_OR_RETURN(const Plan::Node* node, FindNode(plan, action));
  try {
    const absl::Status status = node->definition.run(action).status();
    return absl::IsCancelled(status) ? absl::OkStatus() : status;
  } catch (const std::exception& error) {
    return absl::InternalError(
        absl::StrCat("the action threw an exception: ", error.what()));
  }
}

}  // namespace

absl::Status CallRanks(ProcessGroup& processes, const ActionContext& action) {
  return processes.Announce(FormatCall(action));
}

absl::Status DismissRanks(ProcessGroup& processes) {
  return processes.Announce(kDismissal);
}

absl::Status ServeRankZero(const Plan& plan, ProcessGroup& processes,
                           Files& files,
                           const std::function<bool()>& stop_requested) {
  while (true) {
    ASSIGN_OR_RETURN(const std::string call, processes.AwaitAnnouncement());
    if (call == kDismissal) return absl::OkStatus();
    const absl::Status answer = Answer(call, plan, files, stop_requested);
    if (!answer.ok()) {
      processes.Abort(answer.message()).IgnoreError();
      return answer;
    }
  }
}

}  // namespace culturemert
