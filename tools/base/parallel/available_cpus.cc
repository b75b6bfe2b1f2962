#include "tools/base/parallel/available_cpus.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kMaxControlFileBytes = 1 << 16;

std::vector<std::string> Words(Files& files, absl::string_view path) {
  const absl::StatusOr<std::string> text =
      files.Read(path, kMaxControlFileBytes);
  if (!text.ok()) return {};
  return absl::StrSplit(*text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
}

// Negative ("no limit" in version 1), "max" and malformed quotas are no limit.
std::optional<double> Ratio(absl::string_view quota, absl::string_view period) {
  std::int64_t quota_us = 0;
  std::int64_t period_us = 0;
  if (!absl::SimpleAtoi(quota, &quota_us) || quota_us <= 0 ||
      !absl::SimpleAtoi(period, &period_us) || period_us <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(quota_us) / static_cast<double>(period_us);
}

std::optional<double> LimitOfDirectory(Files& files, absl::string_view path) {
  const std::vector<std::string> both =
      Words(files, absl::StrCat(path, "/cpu.max"));
  if (both.size() == 2) return Ratio(both[0], both[1]);
  const std::vector<std::string> quota =
      Words(files, absl::StrCat(path, "/cpu.cfs_quota_us"));
  const std::vector<std::string> period =
      Words(files, absl::StrCat(path, "/cpu.cfs_period_us"));
  if (quota.size() != 1 || period.size() != 1) return std::nullopt;
  return Ratio(quota[0], period[0]);
}

std::optional<double> Lower(std::optional<double> a, std::optional<double> b) {
  if (!a.has_value()) return b;
  if (!b.has_value()) return a;
  return std::min(*a, *b);
}

// The lowest limit from `mount` + `group` up to `mount`. In a container `group`
// may be a name of the host's that does not exist below `mount`, whose own
// limit then is the container's.
std::optional<double> LimitOfGroup(Files& files, absl::string_view mount,
                                   absl::string_view group) {
  std::optional<double> limit;
  while (true) {
    limit = Lower(limit, LimitOfDirectory(files, absl::StrCat(mount, group)));
    const std::size_t slash = group.rfind('/');
    if (slash == absl::string_view::npos) return limit;
    group = group.substr(0, slash);
  }
}

}  // namespace

int AvailableCpus(Files& files) {
  const int affinity = AffinityCpus();
  const std::optional<double> limit = CgroupCpuLimit(files);
  if (!limit.has_value() || *limit >= affinity) return affinity;
  return std::max(1, static_cast<int>(std::ceil(*limit)));
}

int AffinityCpus() {
  // The kernel wants a mask with room for every CPU it could ever have.
  for (int cpus = CPU_SETSIZE; cpus <= 1 << 20; cpus *= 2) {
    std::vector<cpu_set_t> mask(cpus / CPU_SETSIZE);
    const std::size_t size_bytes = mask.size() * sizeof(cpu_set_t);
    if (sched_getaffinity(0, size_bytes, mask.data()) == 0) {
      return std::max(1, CPU_COUNT_S(size_bytes, mask.data()));
    }
    if (errno != EINVAL) break;
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::optional<double> CgroupCpuLimit(Files& files) {
  const absl::StatusOr<std::string> groups =
      files.Read("/proc/self/cgroup", kMaxControlFileBytes);
  if (!groups.ok()) return std::nullopt;
  std::optional<double> limit;
  for (const absl::string_view line : absl::StrSplit(*groups, '\n')) {
    // hierarchy:controllers:/group, without controllers in version 2.
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    for (const absl::string_view controller : absl::StrSplit(fields[1], ',')) {
      if (controller.empty()) {
        limit = Lower(limit, LimitOfGroup(files, "/sys/fs/cgroup", fields[2]));
      } else if (controller == "cpu") {
        limit =
            Lower(limit, LimitOfGroup(files, "/sys/fs/cgroup/cpu", fields[2]));
      }
    }
  }
  return limit;
}

}  // namespace culturemert
