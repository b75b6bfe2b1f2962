// What launch_processes_test starts: launched_process SCENARIO DIRECTORY.

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "(unset)" : value;
}

volatile std::sig_atomic_t stopped_by = 0;

void RememberSignal(int signal) { stopped_by = signal; }

// Sleeps until SIGTERM or SIGINT; which it was.
int WaitForSignal(const std::string& ready_path) {
  struct sigaction action {};
  action.sa_handler = RememberSignal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  std::ofstream(ready_path) << getpid();
  for (int i = 0; i < 3000 && stopped_by == 0; ++i) usleep(10'000);
  return stopped_by;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string scenario = argv[1];
  const std::string rank = Variable("RANK");
  const std::string path = std::string(argv[2]) + "/found" + rank;
  if (scenario == "environment") {
    std::ofstream out(path);
    for (const char* name : {"RANK", "LOCAL_RANK", "WORLD_SIZE",
                             "LOCAL_WORLD_SIZE", "MASTER_ADDR"}) {
      out << name << "=" << Variable(name) << "\n";
    }
    std::cout << "output of " << rank << std::endl;
    std::cerr << "error of " << rank << std::endl;
    return 0;
  }
  if (scenario == "fail" && rank == "1") {
    std::cerr << "first line\nepoch 3: cannot read clip.mp3" << std::endl;
    return 3;
  }
  if (scenario == "refused") return rank == "0" ? 2 : 1;
  if (scenario == "killed" && rank == "1") raise(SIGKILL);
  if (scenario == "stubborn") {
    if (rank == "1") return 4;
    signal(SIGTERM, SIG_IGN);
    for (int i = 0; i < 30; ++i) sleep(1);
    return 0;
  }
  const int signal = WaitForSignal(path + ".ready");
  std::ofstream(path) << "signal " << signal;
  return 0;
}
