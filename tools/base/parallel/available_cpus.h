// How many CPUs this process may keep busy, which in containers and batch jobs
// is fewer than the machine has.

#ifndef CULTUREMERT_TOOLS_BASE_PARALLEL_AVAILABLE_CPUS_H_
#define CULTUREMERT_TOOLS_BASE_PARALLEL_AVAILABLE_CPUS_H_

#include <optional>

#include "tools/base/files/files.h"

namespace culturemert {

// The smaller of AffinityCpus() and CgroupCpuLimit(), rounded up; at least 1.
int AvailableCpus(Files& files);

// The CPUs the kernel may schedule this process on (sched_getaffinity), or all
// of the machine's where that cannot be asked; at least 1.
int AffinityCpus();

// The lowest bandwidth limit, in CPUs (1.5 is one and a half), on this process'
// control groups and their ancestors, none where there is no limit or it cannot
// be read. Reads /proc/self/cgroup and, under /sys/fs/cgroup, cpu.max
// (version 2) or cpu.cfs_quota_us and cpu.cfs_period_us (version 1); see
// cgroups(7) and the kernel's Documentation/admin-guide/cgroup-v2.rst.
std::optional<double> CgroupCpuLimit(Files& files);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_PARALLEL_AVAILABLE_CPUS_H_
