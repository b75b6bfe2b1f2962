#include "tests/experiments/distributed/group_processes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kProgram[] = "tests/experiments/distributed/group_process";

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string MakeDirectory() {
  std::string path = ::testing::TempDir() + "/group.XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

}  // namespace

int FreeTestPort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(descriptor, generic, length), 0);
  EXPECT_EQ(getsockname(descriptor, generic, &length), 0);
  close(descriptor);
  return ntohs(address.sin_port);
}

GroupProcesses::GroupProcesses(const std::string& scenario, int size, int port)
    : directory_(MakeDirectory()) {
  if (port == 0) port = FreeTestPort();
  for (int rank = 0; rank < size; ++rank) {
    const std::string path = Path(rank);
    const pid_t process = fork();
    if (process == 0) {
      setenv("RANK", absl::StrCat(rank).c_str(), 1);
      setenv("LOCAL_RANK", absl::StrCat(rank).c_str(), 1);
      setenv("WORLD_SIZE", absl::StrCat(size).c_str(), 1);
      setenv("MASTER_ADDR", "127.0.0.1", 1);
      setenv("MASTER_PORT", absl::StrCat(port).c_str(), 1);
      setenv("OMP_NUM_THREADS", "1", 1);
      execl(kProgram, kProgram, scenario.c_str(), path.c_str(), nullptr);
      _exit(127);
    }
    processes_.push_back(process);
  }
}

GroupProcesses::~GroupProcesses() {
  for (const pid_t process : processes_) {
    if (process == 0) continue;
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }
}

std::string GroupProcesses::Path(int rank) const {
  return absl::StrCat(directory_, "/rank", rank);
}

std::string GroupProcesses::Result(int rank, milliseconds at_most) {
  const auto end = steady_clock::now() + at_most;
  pid_t& process = processes_[rank];
  while (process != 0) {
    if (waitpid(process, nullptr, WNOHANG) == process) {
      process = 0;
    } else if (steady_clock::now() > end) {
      return "running";
    } else {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  return ReadText(Path(rank));
}

std::vector<std::string> GroupProcesses::Results() {
  std::vector<std::string> results;
  for (std::size_t rank = 0; rank < processes_.size(); ++rank) {
    results.push_back(Result(static_cast<int>(rank)));
  }
  return results;
}

void GroupProcesses::WaitUntilReady(int rank) {
  const std::string path = Path(rank) + ".ready";
  const auto end = steady_clock::now() + std::chrono::seconds(60);
  while (access(path.c_str(), F_OK) != 0 && steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(5));
  }
}

void GroupProcesses::Kill(int rank, int signal) {
  EXPECT_EQ(kill(processes_[rank], signal), 0);
}

}  // namespace culturemert
