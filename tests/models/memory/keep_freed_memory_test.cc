// A program that links keep_freed_memory faults the pages of a large buffer in
// once, not once an allocation.

#include <sys/resource.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "gtest/gtest.h"

namespace culturemert {
namespace {

constexpr std::size_t kBytes = std::size_t{200} << 20;
constexpr long kPages = kBytes / 4096;

long FaultsOfOneBuffer() {
  const auto faults = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
  };
  const long before = faults();
  char* const volatile buffer = static_cast<char*>(std::malloc(kBytes));
  std::memset(buffer, 1, kBytes);
  std::free(buffer);
  return faults() - before;
}

TEST(KeepFreedMemory, FaultsPagesInOnlyOnce) {
  FaultsOfOneBuffer();
  for (int i = 0; i < 3; ++i) EXPECT_LT(FaultsOfOneBuffer(), kPages / 100);
}

}  // namespace
}  // namespace culturemert
