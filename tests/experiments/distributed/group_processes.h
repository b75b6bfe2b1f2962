// Several real processes on this machine, for tests of what they do together.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_DISTRIBUTED_GROUP_PROCESSES_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_DISTRIBUTED_GROUP_PROCESSES_H_

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace culturemert {

// Starts `size` processes of the program group_process, with the variables of
// torchrun, on a free port (or `port`). Each runs `scenario` (see
// group_process.cc) and writes what it found to a file of its own.
class GroupProcesses {
 public:
  GroupProcesses(const std::string& scenario, int size, int port = 0);
  // Kills those that still run.
  ~GroupProcesses();
  GroupProcesses(const GroupProcesses&) = delete;
  GroupProcesses& operator=(const GroupProcesses&) = delete;

  // What rank `rank` wrote, after its end; "running" if it does not end within
  // `at_most`.
  std::string Result(
      int rank, std::chrono::milliseconds at_most = std::chrono::seconds(60));

  // The results of all.
  std::vector<std::string> Results();

  // Returns when a rank has written that it is ready.
  void WaitUntilReady(int rank);

  void Kill(int rank, int signal);

 private:
  std::string Path(int rank) const;

  const std::string directory_;
  std::vector<pid_t> processes_;
};

// A port of 127.0.0.1 that nobody listens at.
int FreeTestPort();

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_DISTRIBUTED_GROUP_PROCESSES_H_
