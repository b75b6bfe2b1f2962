#include "experiments/study/study_workers.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/study/model_width.h"
#include "experiments/study/process_logs.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kThisProgram[] = "/proc/self/exe";
constexpr int kCannotRun = 127;  // As shells do.

// In the child: only what is allowed between fork and exec.
[[noreturn]] void RunChild(const std::string& log,
                           const std::vector<char*>& arguments, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(kCannotRun);  // It has ended before.
  const int descriptor = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const int nothing = open("/dev/null", O_RDONLY);
  if (descriptor < 0 || nothing < 0) _exit(kCannotRun);
  dup2(nothing, STDIN_FILENO);
  dup2(descriptor, STDOUT_FILENO);
  dup2(descriptor, STDERR_FILENO);
  execv(kThisProgram, arguments.data());
  _exit(kCannotRun);
}

}  // namespace

int WorkersFor(int given, const StudyContext& context, bool is_on_cpu,
               const std::vector<const ExperimentConfig*>& studies) {
  if (given > 0) return given;
  return is_on_cpu && HaveOnlyNarrowModels(context, studies)
             ? std::min(context.threads, kMostWorkers)
             : 1;
}

absl::StatusOr<std::unique_ptr<StudyWorkers>> StudyWorkers::Start(
    Files& files, int count, int threads_each,
    const std::vector<std::string>& arguments, const std::string& output) {
  ASSIGN_OR_RETURN(const std::string logs,
                   MakeLogFolder(files, output, "workers"));
  std::unique_ptr<StudyWorkers> workers(new StudyWorkers(files, logs));
  std::vector<std::string> texts = {kThisProgram};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  texts.insert(texts.end(), {"--workers=1", "--is_worker", "--quiet",
                             absl::StrCat("--threads=", threads_each)});
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  const pid_t parent = getpid();
  for (int i = 0; i < count; ++i) {
    const std::string log =
        JoinPath(logs, absl::StrCat("worker", i + 1, ".log"));
    const pid_t child = fork();
    if (child == 0) RunChild(log, pointers, parent);
    if (child < 0) {
      return absl::InternalError(
          absl::StrCat("cannot start a worker: ", std::strerror(errno)));
    }
    workers->processes_.push_back(child);
  }
  return workers;
}

StudyWorkers::StudyWorkers(Files& files, std::string log_directory)
    : files_(files), log_directory_(std::move(log_directory)) {}

StudyWorkers::~StudyWorkers() { Stop().IgnoreError(); }

absl::Status StudyWorkers::Stop() {
  if (processes_.empty()) return absl::OkStatus();
  for (const pid_t process : processes_) kill(process, SIGTERM);
  for (const pid_t process : processes_) {
    while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  processes_.clear();
  return RemoveLogFolder(files_, log_directory_);
}

}  // namespace culturemert
