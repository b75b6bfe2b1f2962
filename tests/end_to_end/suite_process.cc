#include "tests/end_to_end/suite_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "experiments/records/record_json.h"
#include "experiments/records/record_store.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr absl::Duration kWholeRun = absl::Minutes(10);
constexpr int kCannotStart = 127;

}  // namespace

std::string SuiteLogPath(const SuiteRun& run) {
  return absl::StrCat(run.output, ".log");
}

pid_t StartSuite(const SuiteRun& run) {
  const std::string log = SuiteLogPath(run);
  std::vector<std::string> texts = {
      "experiments/main",
      absl::StrCat("--experiment=", run.experiment),
      "--definitions=experiments/configs",
      absl::StrCat("--profile=", run.profile),
      absl::StrCat("--output_dir=", run.output),
      absl::StrCat("--threads=", run.threads),
      "--device=cpu",
      "--quiet"};
  texts.insert(texts.end(), run.flags.begin(), run.flags.end());
  std::vector<char*> arguments;
  for (const std::string& text : texts) {
    arguments.push_back(const_cast<char*>(text.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t process = fork();
  if (process != 0) return process;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  setenv("OMP_WAIT_POLICY", "passive", 1);
  execv(arguments[0], arguments.data());
  _exit(kCannotStart);
}

int WaitForSuite(pid_t process, absl::Duration patience) {
  const absl::Time end = absl::Now() + patience;
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    if (absl::Now() >= end) return -1;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int RunSuite(const SuiteRun& run) {
  const pid_t process = StartSuite(run);
  const int exit_code = WaitForSuite(process, kWholeRun);
  if (exit_code == -1) KillSuite(process);
  return exit_code;
}

void KillSuite(pid_t process) {
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
}

absl::StatusOr<std::map<std::string, Record>> RecordsOf(
    const std::string& output) {
  ASSIGN_OR_RETURN(
      RecordList list,
      ReadRecords(Files::Real(), absl::StrCat(output, "/records")));
  if (!list.problems.empty()) {
    return absl::DataLossError(list.problems.front().message);
  }
  std::map<std::string, Record> records;
  for (StoredRecord& stored : list.records) {
    const std::string name = stored.record.experiment;
    if (!records.emplace(name, WithoutTiming(std::move(stored.record)))
             .second) {
      return absl::DataLossError(
          absl::StrCat(stored.path, ": a second record of ", name));
    }
  }
  return records;
}

absl::StatusOr<std::map<std::string, std::string>> RecordTextsOf(
    const std::string& output) {
  ASSIGN_OR_RETURN(const auto records, RecordsOf(output));
  std::map<std::string, std::string> texts;
  for (const auto& [name, record] : records) {
    ASSIGN_OR_RETURN(texts[name], FormatRecord(record));
  }
  return texts;
}

}  // namespace culturemert
