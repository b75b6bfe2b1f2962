#include "models/device/gpu_driver.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string FakeDriver(const std::string& kind) {
  return "tests/models/device/lib" + kind + "_driver.so";
}

TEST(GpuDriverTest, ListsEveryGpuWithItsMemoryAndCapability) {
  const absl::StatusOr<GpuDriver> driver =
      QueryGpuDriver(FakeDriver("two_gpus"));
  ASSERT_THAT(driver, IsOk());
  EXPECT_EQ(driver->cuda_version, "13.0");
  ASSERT_EQ(driver->gpus.size(), 2u);
  EXPECT_EQ(driver->gpus[0].name, "Large GPU");
  EXPECT_EQ(driver->gpus[0].memory_bytes, 80ull << 30);
  EXPECT_EQ(driver->gpus[0].compute_capability_major, 9);
  EXPECT_EQ(driver->gpus[0].compute_capability_minor, 0);
  EXPECT_EQ(driver->gpus[1].name, "Small GPU");
  EXPECT_EQ(driver->gpus[1].memory_bytes, 24ull << 30);
  EXPECT_EQ(driver->gpus[1].compute_capability_major, 8);
  EXPECT_EQ(driver->gpus[1].compute_capability_minor, 6);
}

TEST(GpuDriverTest, ADriverWithoutGpuIsNotFound) {
  EXPECT_THAT(QueryGpuDriver(FakeDriver("no_gpu")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no GPU")));
}

TEST(GpuDriverTest, AMissingLibraryIsNotFoundAndNamed) {
  EXPECT_THAT(QueryGpuDriver("libnosuchdriver.so.1"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("no NVIDIA driver"),
                             HasSubstr("libnosuchdriver.so.1"))));
}

TEST(GpuDriverTest, AFailingCallIsNamedWithItsError) {
  EXPECT_THAT(QueryGpuDriver(FakeDriver("failing")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("cuDeviceGetCount"),
                             HasSubstr("CUDA error 3"))));
}

TEST(GpuDriverTest, AMissingFunctionIsNamed) {
  EXPECT_THAT(QueryGpuDriver(FakeDriver("incomplete")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("no function cuDeviceTotalMem_v2")));
}

}  // namespace
}  // namespace culturemert
