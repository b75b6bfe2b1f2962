#include "models/tensors/torch_errors.h"

#include <ATen/ops/add.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CatchTorchErrors, PassesResultsOn) {
  EXPECT_THAT(CatchTorchErrors([]() -> absl::StatusOr<int> { return 3; }),
              IsOkAndHolds(3));
  EXPECT_THAT(
      CatchTorchErrors([] { return absl::NotFoundError("no weights"); }),
      StatusIs(absl::StatusCode::kNotFound, "no weights"));
}

TEST(CatchTorchErrors, TurnsLibTorchsComplaintIntoOneLine) {
  const absl::StatusOr<at::Tensor> sum =
      CatchTorchErrors([]() -> absl::StatusOr<at::Tensor> {
        return at::add(at::ones({2}), at::ones({3}));
      });
  EXPECT_THAT(sum, StatusIs(absl::StatusCode::kInternal,
                            AllOf(HasSubstr("must match the size of tensor"),
                                  Not(HasSubstr("\n")))));
}

TEST(CatchTorchErrors, TellsALackOfMemory) {
  EXPECT_THAT(
      CatchTorchErrors([]() -> absl::Status { throw std::bad_alloc(); }),
      StatusIs(absl::StatusCode::kResourceExhausted, "out of memory"));
  const absl::StatusOr<at::Tensor> huge =
      CatchTorchErrors([]() -> absl::StatusOr<at::Tensor> {
        return at::ones({std::int64_t{1} << 50});
      });
  EXPECT_THAT(huge, StatusIs(absl::StatusCode::kResourceExhausted,
                             HasSubstr("out of memory")));
}

}  // namespace
}  // namespace culturemert
