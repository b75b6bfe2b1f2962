#include "experiments/estimate/gpus.h"

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(GpusTest, EveryGpuIsFoundByItsNameInAnyCase) {
  std::set<std::string> names;
  for (const PublishedGpu& gpu : PublishedGpus()) {
    const std::string name(gpu.name);
    EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
    for (const std::string& spelling : {name, absl::AsciiStrToUpper(name)}) {
      const auto found = FindGpu(spelling);
      ASSERT_THAT(found, IsOk());
      EXPECT_EQ(found->title, gpu.title);
    }
  }
}

TEST(GpusTest, PeaksAreOfDenseMatricesInFloatingPointOperationsASecond) {
  for (const PublishedGpu& gpu : PublishedGpus()) {
    EXPECT_GE(gpu.peak_flops, 50e12) << gpu.name;
    EXPECT_LE(gpu.peak_flops, 1000e12) << gpu.name;
    EXPECT_GE(gpu.memory_bytes, 16e9) << gpu.name;
    EXPECT_LE(gpu.memory_bytes, 200e9) << gpu.name;
  }
  EXPECT_EQ(FindGpu("a100-80gb")->peak_flops, 312e12);
}

TEST(GpusTest, AnUnknownGpuIsAnsweredWithThoseThereAre) {
  EXPECT_THAT(FindGpu("h10"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"h10\""), HasSubstr("\"h100\"?"),
                             HasSubstr("rtx4090"))));
  EXPECT_THAT(FindGpu(""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a6000")));
}

}  // namespace
}  // namespace culturemert
