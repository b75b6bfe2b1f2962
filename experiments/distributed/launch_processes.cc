#include "experiments/distributed/launch_processes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/available_cpus.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kCannotRun = 127;  // As shells do.
constexpr off_t kTailBytes = 2000;
constexpr milliseconds kPoll(100);
// Of the payload that ExitCodeOfLaunch reads.
constexpr char kExitCodeUrl[] = "culturemert/exit_code_of_launch";

absl::Status SystemError(absl::string_view what) {
  return absl::InternalError(
      absl::StrCat("cannot ", what, ": ", std::strerror(errno)));
}

absl::StatusOr<int> FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return SystemError("open a socket");
  const absl::Cleanup close_descriptor = [&] { close(descriptor); };
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(descriptor, generic, length) != 0 ||
      getsockname(descriptor, generic, &length) != 0) {
    return SystemError("find a free port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

// `path` as it is if there is nothing: starting it then says so.
std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(
      realpath(path.c_str(), nullptr), std::free);
  return real == nullptr ? path : real.get();
}

std::map<std::string, std::string> ThisEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) continue;
    variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

// Argument or environment vectors as exec takes them.
class CStrings {
 public:
  explicit CStrings(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  CStrings(const CStrings&) = delete;
  CStrings& operator=(const CStrings&) = delete;

  char* const* get() const { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

// SIGCHLD and the signals that are passed on wait until they are asked for.
class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&held_);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) {
      sigaddset(&held_, signal);
    }
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
    // Ignored, as some parents leave it, it would lose the exit codes.
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &standard, &child_before_);
  }
  ~HeldSignals() {
    sigaction(SIGCHLD, &child_before_, nullptr);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  const sigset_t& before() const { return before_; }

  // The next one within kPoll, if it is to be passed on. Ctrl-C in a terminal
  // (SI_KERNEL) has reached all its processes already.
  std::optional<int> Next() const {
    const timespec wait = {0, std::chrono::nanoseconds(kPoll).count()};
    siginfo_t info{};
    const int signal = sigtimedwait(&held_, &info, &wait);
    const bool passed_on =
        signal > 0 && signal != SIGCHLD && info.si_code != SI_KERNEL;
    return passed_on ? std::optional<int>(signal) : std::nullopt;
  }

 private:
  sigset_t held_{};
  sigset_t before_{};
  struct sigaction child_before_ {};
};

struct Child {
  int rank = 0;
  pid_t process = 0;
  std::string log_path;  // Empty: rank 0.
  int log = -1;
  bool running = false;
  int wait_status = 0;

  bool EndedBadly() const { return !running && wait_status != 0; }
};

// The last whole lines of a log.
std::string Tail(int log) {
  const off_t size = lseek(log, 0, SEEK_END);
  const off_t start = std::max<off_t>(0, size - kTailBytes);
  std::string text(static_cast<std::size_t>(std::max<off_t>(0, size - start)),
                   '\0');
  const ssize_t count = pread(log, text.data(), text.size(), start);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  if (start > 0) text.erase(0, text.find('\n') + 1);
  return std::string(absl::StripAsciiWhitespace(text));
}

std::string HowItEnded(const Child& child) {
  const int status = child.wait_status;
  std::string how =
      WIFSIGNALED(status)
          ? absl::StrCat("was killed by signal ", WTERMSIG(status), " (",
                         strsignal(WTERMSIG(status)), ")")
          : absl::StrCat("ended with exit code ", WEXITSTATUS(status));
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    absl::StrAppend(&how, ", perhaps because memory ran out");
  }
  return how;
}

class Launch {
 public:
  Launch(const LaunchOptions& options, int port, int threads)
      : options_(options),
        program_(RealPath(options.program)),
        port_(port),
        threads_(threads) {}
  ~Launch();
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  absl::Status StartAll();
  absl::Status WaitForAll();

 private:
  absl::Status Start(int rank);
  std::vector<std::string> Environment(int rank) const;
  [[noreturn]] void RunChild(const Child& child, char* const* arguments,
                             char* const* environment, pid_t parent) const;
  void Signal(int signal) const;
  bool AnyIsRunning() const;
  // Keeps the first that ended badly in first_bad_.
  void Reap();
  // Ends what is left, step by step, after a process has ended badly.
  void Escalate();
  absl::Status Result() const;

  const LaunchOptions& options_;
  // Without symbolic links: a program looks for its data beside its argv[0].
  const std::string program_;
  const int port_;
  const int threads_;
  const HeldSignals signals_;
  std::vector<Child> children_;
  std::optional<int> first_bad_;  // Rank.
  steady_clock::time_point next_step_{};
  int steps_ = 0;
};

Launch::~Launch() {
  Signal(SIGKILL);
  while (AnyIsRunning()) {
    Reap();
    signals_.Next();
  }
  for (const Child& child : children_) {
    if (child.log >= 0) close(child.log);
  }
}

std::vector<std::string> Launch::Environment(int rank) const {
  std::map<std::string, std::string> variables = ThisEnvironment();
  variables.erase("TORCHELASTIC_USE_AGENT_STORE");
  variables["RANK"] = variables["LOCAL_RANK"] = absl::StrCat(rank);
  variables["WORLD_SIZE"] = variables["LOCAL_WORLD_SIZE"] =
      absl::StrCat(options_.processes);
  variables["MASTER_ADDR"] = "127.0.0.1";
  variables["MASTER_PORT"] = absl::StrCat(port_);
  variables["TORCHELASTIC_RUN_ID"] = absl::StrCat("processes.", getpid());
  variables.insert({"OMP_NUM_THREADS", absl::StrCat(threads_)});
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) {
    entries.push_back(absl::StrCat(name, "=", value));
  }
  return entries;
}

absl::Status Launch::StartAll() {
  for (int rank = 0; rank < options_.processes; ++rank) {
    RETURN_IF_ERROR(Start(rank));
  }
  return absl::OkStatus();
}

absl::Status Launch::Start(int rank) {
  Child child;
  child.rank = rank;
  if (rank > 0) {
    child.log_path =
        absl::StrCat(options_.log_directory, "/rank", rank, ".log");
    child.log = open(child.log_path.c_str(),
                     O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (child.log < 0) {
      return SystemError(absl::StrCat("write ", child.log_path));
    }
  }
  std::vector<std::string> words = {program_};
  words.insert(words.end(), options_.arguments.begin(),
               options_.arguments.end());
  const CStrings arguments(std::move(words));
  const CStrings environment(Environment(rank));
  const pid_t parent = getpid();
  child.process = fork();
  if (child.process == 0) {
    RunChild(child, arguments.get(), environment.get(), parent);
  }
  child.running = child.process > 0;
  const int error = errno;
  children_.push_back(child);
  errno = error;
  return child.running ? absl::OkStatus() : SystemError("start a process");
}

// Between fork and exec: system calls only.
void Launch::RunChild(const Child& child, char* const* arguments,
                      char* const* environment, pid_t parent) const {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(kCannotRun);
  if (child.log >= 0) {
    dup2(child.log, STDOUT_FILENO);
    dup2(child.log, STDERR_FILENO);
  }
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  pthread_sigmask(SIG_SETMASK, &signals_.before(), nullptr);
  execve(program_.c_str(), arguments, environment);
  constexpr char kMessage[] = "cannot run the program\n";
  if (write(STDERR_FILENO, kMessage, sizeof kMessage - 1) < 0) {
    _exit(kCannotRun);
  }
  _exit(kCannotRun);
}

void Launch::Signal(int signal) const {
  for (const Child& child : children_) {
    if (child.running) kill(child.process, signal);
  }
}

bool Launch::AnyIsRunning() const {
  return std::any_of(children_.begin(), children_.end(),
                     [](const Child& child) { return child.running; });
}

void Launch::Reap() {
  for (Child& child : children_) {
    if (!child.running) continue;
    if (waitpid(child.process, &child.wait_status, WNOHANG) == child.process) {
      child.running = false;
    }
    if (!first_bad_.has_value() && child.EndedBadly()) {
      first_bad_ = child.rank;
      next_step_ = steady_clock::now() + options_.grace;
    }
  }
}

void Launch::Escalate() {
  if (!first_bad_.has_value() || steady_clock::now() < next_step_) return;
  Signal(steps_++ == 0 ? SIGTERM : SIGKILL);
  next_step_ = steady_clock::now() + options_.grace;
}

absl::Status Launch::WaitForAll() {
  while (AnyIsRunning()) {
    if (const std::optional<int> signal = signals_.Next()) Signal(*signal);
    Reap();
    Escalate();
  }
  return Result();
}

absl::Status Launch::Result() const {
  if (!first_bad_.has_value()) return absl::OkStatus();
  const Child& child = children_[*first_bad_];
  std::string message =
      absl::StrCat("rank ", child.rank, " of ", options_.processes,
                   " processes ", HowItEnded(child));
  if (child.log >= 0) {
    const std::string tail = Tail(child.log);
    absl::StrAppend(&message,
                    tail.empty() ? "; it wrote nothing to " : "; the end of ",
                    child.log_path, tail.empty() ? "" : ":\n", tail);
  }
  absl::Status status = absl::AbortedError(message);
  for (const int ended : {child.wait_status, children_.front().wait_status}) {
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) == 0) continue;
    status.SetPayload(kExitCodeUrl,
                      absl::Cord(absl::StrCat(WEXITSTATUS(ended))));
  }
  return status;
}

}  // namespace

absl::Status LaunchProcesses(const LaunchOptions& options) {
  if (options.processes < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--processes=", options.processes, ": needed is at least 1"));
  }
  const auto environment = ThisEnvironment();
  if (const auto rank = environment.find("RANK"); rank != environment.end()) {
    return absl::FailedPreconditionError(
        absl::StrCat("--processes starts ", options.processes,
                     " processes, but this one is itself one of several (RANK=",
                     rank->second, "); use one launcher, or unset RANK"));
  }
  ASSIGN_OR_RETURN(const int port, FreePort());
  const int threads =
      std::max(1, AvailableCpus(Files::Real()) / options.processes);
  Launch launch(options, port, threads);
  RETURN_IF_ERROR(launch.StartAll());
  return launch.WaitForAll();
}

std::optional<int> ExitCodeOfLaunch(const absl::Status& status) {
  const auto payload = status.GetPayload(kExitCodeUrl);
  int code = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &code)) {
    return std::nullopt;
  }
  return code;
}

}  // namespace culturemert
