// The most memory this process had in use over a stretch of time.

#ifndef CULTUREMERT_EXPERIMENTS_ARTIFACTS_PEAK_MEMORY_H_
#define CULTUREMERT_EXPERIMENTS_ARTIFACTS_PEAK_MEMORY_H_

#include <cstdint>

namespace culturemert {

// From now on: sets Linux' mark of the largest resident set (VmHWM) back to
// what is in use now, by /proc/self/clear_refs. Where the kernel does not let
// it (some containers), the mark stays and PeakMemoryBytes is that of the whole
// process.
void ResetPeakMemory();

// VmHWM of /proc/self/status; 0 on systems without it. Memory that the process
// has freed but its allocator keeps counts.
std::uint64_t PeakMemoryBytes();

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ARTIFACTS_PEAK_MEMORY_H_
