// The whole program as a process of its own, by default with the profile of the
// tests, and what it leaves in its output folder.

#ifndef CULTUREMERT_TESTS_END_TO_END_SUITE_PROCESS_H_
#define CULTUREMERT_TESTS_END_TO_END_SUITE_PROCESS_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "experiments/records/record.h"

namespace culturemert {

struct SuiteRun {
  std::string experiment;
  std::string output;  // The folder of artifacts and records.
  int threads = 1;
  std::vector<std::string> flags;  // Further ones.
  std::string profile = "smoke";
};

// What the program writes to both of its outputs is added to this file.
std::string SuiteLogPath(const SuiteRun& run);

// Starts //experiments:main.
pid_t StartSuite(const SuiteRun& run);

// The exit code, 128 and more for a signal, or -1 if it runs on after
// `patience`.
int WaitForSuite(pid_t process, absl::Duration patience);

// Start and wait; a run that takes ten minutes is killed.
int RunSuite(const SuiteRun& run);

// SIGKILL, and waits for the end.
void KillSuite(pid_t process);

// The records of an output folder by experiments' names, without timing.
// kDataLoss for a file that is no record, or a second record of an experiment.
absl::StatusOr<std::map<std::string, Record>> RecordsOf(
    const std::string& output);

// The same as JSON, which includes checksums of all predictions.
absl::StatusOr<std::map<std::string, std::string>> RecordTextsOf(
    const std::string& output);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_END_TO_END_SUITE_PROCESS_H_
