#include "tools/base/parallel/available_cpus.h"

#include <sched.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::Eq;
using ::testing::Optional;

void Put(Files& files, absl::string_view directory, absl::string_view name,
         absl::string_view contents) {
  ASSERT_THAT(files.CreateDirectories(directory), IsOk());
  ASSERT_THAT(
      files.WriteAtomically(absl::StrCat(directory, "/", name), contents),
      IsOk());
}

TEST(CgroupCpuLimitTest, IsNoneWithoutControlGroups) {
  MemoryFiles files;
  EXPECT_EQ(CgroupCpuLimit(files), std::nullopt);
}

TEST(CgroupCpuLimitTest, IsNoneWhereNoGroupSetsOne) {
  MemoryFiles files;
  Put(files, "/proc/self", "cgroup", "0::/job\n");
  EXPECT_EQ(CgroupCpuLimit(files), std::nullopt);
  Put(files, "/sys/fs/cgroup/job", "cpu.max", "max 100000\n");
  EXPECT_EQ(CgroupCpuLimit(files), std::nullopt);
}

TEST(CgroupCpuLimitTest, IsTheQuotaOverThePeriod) {
  MemoryFiles files;
  Put(files, "/proc/self", "cgroup", "0::/job\n");
  Put(files, "/sys/fs/cgroup/job", "cpu.max", "150000 100000\n");
  EXPECT_THAT(CgroupCpuLimit(files), Optional(Eq(1.5)));
}

TEST(CgroupCpuLimitTest, IsTheLowestOfAllAncestors) {
  MemoryFiles files;
  Put(files, "/proc/self", "cgroup", "0::/a/b/c\n");
  Put(files, "/sys/fs/cgroup/a/b/c", "cpu.max", "800000 100000\n");
  Put(files, "/sys/fs/cgroup/a/b", "cpu.max", "max 100000\n");
  Put(files, "/sys/fs/cgroup/a", "cpu.max", "300000 100000\n");
  EXPECT_THAT(CgroupCpuLimit(files), Optional(Eq(3)));
  Put(files, "/sys/fs/cgroup", "cpu.max", "200000 100000\n");
  EXPECT_THAT(CgroupCpuLimit(files), Optional(Eq(2)));
}

TEST(CgroupCpuLimitTest, IsFoundAtTheMountWhereTheGroupIsNamedByTheHost) {
  MemoryFiles files;
  Put(files, "/proc/self", "cgroup", "0::/system.slice/docker-1234.scope\n");
  Put(files, "/sys/fs/cgroup", "cpu.max", "400000 100000\n");
  EXPECT_THAT(CgroupCpuLimit(files), Optional(Eq(4)));
}

TEST(CgroupCpuLimitTest, ReadsVersionOneToo) {
  MemoryFiles files;
  Put(files, "/proc/self", "cgroup",
      "9:name=systemd:/x:y\n3:cpuset:/z\n2:cpu,cpuacct:/job\n0::/\n");
  Put(files, "/sys/fs/cgroup/cpu/job", "cpu.cfs_quota_us", "-1\n");
  Put(files, "/sys/fs/cgroup/cpu/job", "cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(CgroupCpuLimit(files), std::nullopt);
  Put(files, "/sys/fs/cgroup/cpu/job", "cpu.cfs_quota_us", "50000\n");
  EXPECT_THAT(CgroupCpuLimit(files), Optional(Eq(0.5)));
}

TEST(CgroupCpuLimitTest, IsNoneForWhatItCannotRead) {
  for (const absl::string_view text :
       {"", "\n", "100000", "0 100000", "100000 0", "-5 100000",
        "100000 -100000", "a b", "1 2 3", "99999999999999999999 100000"}) {
    MemoryFiles files;
    Put(files, "/proc/self", "cgroup", "nonsense\n:\n0::/job\n");
    Put(files, "/sys/fs/cgroup/job", "cpu.max", text);
    EXPECT_EQ(CgroupCpuLimit(files), std::nullopt) << text;
  }
}

TEST(AvailableCpusTest, RoundsTheLimitUpAndStaysWithinTheAffinity) {
  MemoryFiles files;
  EXPECT_EQ(AvailableCpus(files), AffinityCpus());
  Put(files, "/proc/self", "cgroup", "0::/\n");
  Put(files, "/sys/fs/cgroup", "cpu.max", "1000 100000\n");
  EXPECT_EQ(AvailableCpus(files), 1);
  Put(files, "/sys/fs/cgroup", "cpu.max", "9000000000000000000 1\n");
  EXPECT_EQ(AvailableCpus(files), AffinityCpus());
  if (AffinityCpus() > 1) {
    Put(files, "/sys/fs/cgroup", "cpu.max", "100001 100000\n");
    EXPECT_EQ(AvailableCpus(files), 2);
  }
}

TEST(AvailableCpusTest, IsOneWhenThreadsMayRunOnOneCpuOnly) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(AffinityCpus(), 1);
  EXPECT_EQ(AvailableCpus(Files::Real()), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
  EXPECT_EQ(AffinityCpus(), CPU_COUNT(&before));
}

}  // namespace
}  // namespace culturemert
