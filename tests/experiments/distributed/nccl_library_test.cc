#include "experiments/distributed/nccl_library.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

#ifdef CULTUREMERT_WITH_CUDA
#include <nccl.h>
static_assert(culturemert::kNcclSuccess == ncclSuccess);
static_assert(culturemert::kNcclInProgress == ncclInProgress);
static_assert(culturemert::kNcclBytes == ncclUint8);
static_assert(sizeof(culturemert::NcclUniqueId) == sizeof(ncclUniqueId));
#endif

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(NcclLibraryTest, AMissingLibraryIsAnErrorThatSaysWhatToInstall) {
  EXPECT_THAT(
      LoadNccl("libno-such-nccl.so.2"),
      StatusIs(absl::StatusCode::kNotFound,
               AllOf(HasSubstr("libno-such-nccl"), HasSubstr("pip install"))));
}

TEST(NcclLibraryTest, AnotherLibraryIsAnErrorThatNamesWhatItLacks) {
  EXPECT_THAT(LoadNccl("libc.so.6"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("ncclGetErrorString")));
}

}  // namespace
}  // namespace culturemert
