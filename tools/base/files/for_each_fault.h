// Tries an operation on files with every fault at every system call it makes:
//
//   FaultScenario scenario;
//   scenario.prepare = [](Files& files) { ... files.WriteAtomically(...) ... };
//   scenario.run = [](Files& files) { return SaveCheckpoint(files, step_2); };
//   scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
//     // The checkpoint is whole: step 1's or step 2's, and step 2's after OK.
//   };
//   ForEachFault(scenario);
//
// The operation runs once without a fault, to count its calls, and then once
// for each call, each fault that call may meet (FaultsOf), and for crashes each
// CrashMode, every time on a fresh MemoryFiles. One more crash comes right
// after the operation's end, where what it reported as done must survive.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_FOR_EACH_FAULT_H_
#define CULTUREMERT_TOOLS_BASE_FILES_FOR_EACH_FAULT_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/files.h"
#include "tools/base/files/memory_files.h"

namespace culturemert {

struct FaultOutcome {
  // Neither for the run without a fault; a crash without a call is the one
  // after the end.
  std::optional<FaultyFiles::Call> call;
  std::optional<Fault> fault;
  // Set for crashes. `check` sees the files as the next process does.
  std::optional<CrashMode> crash;
  // What `run` returned. In a crash before the end that means nothing, as no
  // one was left to read it.
  absl::Status status;

  // Whether `run` returned OK to a process that was there to hear it.
  bool reported_ok() const;
  // "no space at call 3, write of /a.json"; for messages.
  std::string Describe() const;
};

struct FaultScenario {
  // Puts in place what `run` finds; durable without any sync. May be empty.
  std::function<void(Files&)> prepare;
  // The operation, deterministic and on one thread. Objects it opens must be
  // gone when it returns.
  std::function<absl::Status(Files&)> run;
  // Checks with EXPECT_...; each failure is reported with Describe().
  std::function<void(MemoryFiles&, const FaultOutcome&)> check;
};

// Returns the number of runs. A fault that no run met, or a descriptor or map
// left open, is a test failure.
std::size_t ForEachFault(const FaultScenario& scenario);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_FOR_EACH_FAULT_H_
