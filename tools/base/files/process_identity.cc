#include "tools/base/files/process_identity.h"

#include <cerrno>

namespace culturemert {

bool IsKnownDead(SystemCalls& calls, const ProcessIdentity& process) {
  const ProcessIdentity self = calls.ThisProcess();
  if (process.host.empty() || process.host != self.host) return false;
  if (process.boot != self.boot) {
    return !process.boot.empty() && !self.boot.empty();
  }
  if (process.pid_namespace != self.pid_namespace) return false;
  std::uint64_t start_ticks = 0;
  const int result = calls.ProcessStartTicks(process.pid, &start_ticks);
  if (result < 0) return result == -ESRCH;
  return process.start_ticks != 0 && start_ticks != 0 &&
         process.start_ticks != start_ticks;
}

}  // namespace culturemert
