#include "models/tensors/named_tensors.h"

#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<TensorSpec> kExpected = {{"bias", {3}}, {"weight", {3, 2}}};

TEST(CheckTensors, AcceptsTheExpectedOnes) {
  EXPECT_THAT(CheckTensors({{"bias", at::ones({3})},
                            {"weight", at::ones({3, 2}, at::kBFloat16)}},
                           kExpected),
              IsOk());
}

TEST(CheckTensors, ListsEveryFindingAtOnce) {
  EXPECT_THAT(
      CheckTensors({{"wieght", at::ones({3, 2})}, {"bias", at::ones({4, 1})}},
                   kExpected),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "1 missing tensor: weight; 1 unexpected tensor: wieght "
               "(did you mean \"weight\"?); 1 misshaped tensor: bias "
               "is [4, 1], expected [3]"));
}

TEST(CheckTensors, RefusesIntegers) {
  EXPECT_THAT(
      CheckTensors(
          {{"bias", at::ones({3}, at::kLong)}, {"weight", at::ones({3, 2})}},
          kExpected),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("bias is Long")));
}

TEST(CheckTensors, ShowsTenAndCountsTheRest) {
  std::vector<TensorSpec> expected;
  for (int i = 10; i < 25; ++i) {
    expected.push_back({absl::StrCat("tensor", i), {1}});
  }
  EXPECT_THAT(
      CheckTensors({}, expected),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("15 missing"), HasSubstr("tensor19 and 5 more"),
                     Not(HasSubstr("tensor20")))));
}

}  // namespace
}  // namespace culturemert
