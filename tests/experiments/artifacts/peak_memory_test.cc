#include "experiments/artifacts/peak_memory.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kBytes = std::uint64_t{96} << 20;

// Has so much in use for a moment; one byte of it, so that it is not left out.
char Touch(std::uint64_t bytes) {
  const std::vector<char> memory(bytes, 'x');
  volatile const char* middle = &memory[bytes / 2];
  return *middle;
}

TEST(PeakMemoryTest, RemembersWhatIsFreedAgain) {
  ResetPeakMemory();
  const std::uint64_t before = PeakMemoryBytes();
  EXPECT_GT(before, 0);
  EXPECT_EQ(Touch(kBytes), 'x');
  EXPECT_GE(PeakMemoryBytes(), kBytes);
}

TEST(PeakMemoryTest, StartsAfreshWhereTheKernelLetsIt) {
  EXPECT_EQ(Touch(kBytes), 'x');
  const std::uint64_t high = PeakMemoryBytes();
  ResetPeakMemory();
  const std::uint64_t after = PeakMemoryBytes();
  // Else the mark stays as it was.
  EXPECT_TRUE(after < high - kBytes / 2 || after >= high) << after;
  EXPECT_EQ(Touch(2 * kBytes), 'x');
  EXPECT_GE(PeakMemoryBytes(), 2 * kBytes);
}

}  // namespace
}  // namespace culturemert
