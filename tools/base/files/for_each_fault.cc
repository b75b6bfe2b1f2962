#include "tools/base/files/for_each_fault.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

constexpr CrashMode kCrashModes[] = {CrashMode::kProcessKilled,
                                     CrashMode::kUnsyncedLost,
                                     CrashMode::kUnsyncedBytesLost};

absl::string_view NameOf(CrashMode mode) {
  switch (mode) {
    case CrashMode::kProcessKilled:
      return "process killed";
    case CrashMode::kUnsyncedLost:
      return "all unsynced lost";
    case CrashMode::kUnsyncedBytesLost:
      return "unsynced bytes lost";
  }
  return "?";
}

bool IsCrash(Fault fault) {
  return fault == Fault::kCrash || fault == Fault::kCrashInside;
}

// One run; `index` is the call's number. Returns the calls made.
std::vector<FaultyFiles::Call> RunOnce(const FaultScenario& scenario,
                                       std::size_t index,
                                       FaultOutcome outcome) {
  SCOPED_TRACE(absl::StrCat("call number ", index, ": ", outcome.Describe()));
  MemoryFiles memory;
  if (scenario.prepare) scenario.prepare(memory);
  memory.SyncAll();
  FaultyFiles files(memory);
  if (outcome.call.has_value()) files.FailCall(index, *outcome.fault);
  outcome.status = scenario.run(files);
  EXPECT_EQ(files.faults_met(), outcome.call.has_value() ? 1u : 0u)
      << "the operation's calls are not the same each time";
  EXPECT_EQ(memory.open_descriptors(), 0u) << "left open";
  EXPECT_EQ(memory.open_maps(), 0u) << "left mapped";
  if (outcome.crash.has_value()) memory.Crash(*outcome.crash);
  scenario.check(memory, outcome);
  return files.calls();
}

}  // namespace

bool FaultOutcome::reported_ok() const {
  return status.ok() && !(crash.has_value() && call.has_value());
}

std::string FaultOutcome::Describe() const {
  std::string text =
      fault.has_value() ? std::string(NameOf(*fault)) : "no fault";
  if (call.has_value()) {
    absl::StrAppend(&text, " at ", NameOf(call->kind), " of ", call->path);
  }
  if (crash.has_value()) {
    absl::StrAppend(&text, call.has_value() ? " (" : " after the end (",
                    NameOf(*crash), ")");
  }
  return text;
}

std::size_t ForEachFault(const FaultScenario& scenario) {
  std::size_t runs = 1;
  const std::vector<FaultyFiles::Call> calls = RunOnce(scenario, 0, {});
  const auto run = [&](std::size_t index, const FaultOutcome& outcome) {
    RunOnce(scenario, index, outcome);
    ++runs;
  };
  for (std::size_t index = 0; index < calls.size(); ++index) {
    for (const Fault fault : FaultsOf(calls[index].kind)) {
      FaultOutcome outcome{calls[index], fault, std::nullopt, {}};
      if (!IsCrash(fault)) {
        run(index, outcome);
        continue;
      }
      for (const CrashMode mode : kCrashModes) {
        outcome.crash = mode;
        run(index, outcome);
      }
    }
  }
  for (const CrashMode mode : kCrashModes) {
    run(calls.size(), {std::nullopt, Fault::kCrash, mode, {}});
  }
  return runs;
}

}  // namespace culturemert
