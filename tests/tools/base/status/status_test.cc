#include "absl/status/status.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::DescribeMatcher;
using ::testing::Eq;
using ::testing::ExplainMatchResult;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointee;
using ::testing::SizeIs;
using ::testing::StringMatchResultListener;

absl::Status ReturnIfError(absl::Status status, bool* went_on) {
  RETURN_IF_ERROR(status);
  *went_on = true;
  return absl::OkStatus();
}

absl::StatusOr<int> AddOne(absl::StatusOr<int> value) {
  ASSIGN_OR_RETURN(const int number, value);
  return number + 1;
}

TEST(ReturnIfErrorTest, ReturnsTheErrorAndSkipsTheRest) {
  bool went_on = false;
  EXPECT_THAT(ReturnIfError(absl::DataLossError("shard 3"), &went_on),
              StatusIs(absl::StatusCode::kDataLoss, "shard 3"));
  EXPECT_FALSE(went_on);
}

TEST(ReturnIfErrorTest, GoesOnAfterOk) {
  bool went_on = false;
  EXPECT_THAT(ReturnIfError(absl::OkStatus(), &went_on), IsOk());
  EXPECT_TRUE(went_on);
}

TEST(ReturnIfErrorTest, TakesAStatusOr) {
  auto check = [](absl::StatusOr<int> value) -> absl::Status {
    RETURN_IF_ERROR(value);
    return absl::OkStatus();
  };
  EXPECT_THAT(check(1), IsOk());
  EXPECT_THAT(check(absl::NotFoundError("x")),
              StatusIs(absl::StatusCode::kNotFound, "x"));
}

TEST(ReturnIfErrorTest, EvaluatesItsExpressionOnce) {
  int evaluations = 0;
  auto count = [&]() -> absl::Status {
    ++evaluations;
    return absl::OkStatus();
  };
  auto run = [&]() -> absl::Status {
    RETURN_IF_ERROR(count());
    return absl::OkStatus();
  };
  EXPECT_THAT(run(), IsOk());
  EXPECT_EQ(evaluations, 1);
}

TEST(AssignOrReturnTest, AssignsOrReturns) {
  EXPECT_THAT(AddOne(1), IsOkAndHolds(2));
  EXPECT_THAT(AddOne(absl::InternalError("no")),
              StatusIs(absl::StatusCode::kInternal, "no"));
}

TEST(AssignOrReturnTest, MovesValuesThatCannotBeCopied) {
  auto make = []() -> absl::StatusOr<std::unique_ptr<int>> {
    return std::make_unique<int>(7);
  };
  auto pass = [&]() -> absl::StatusOr<std::unique_ptr<int>> {
    ASSIGN_OR_RETURN(std::unique_ptr<int> value, make());
    return value;
  };
  EXPECT_THAT(pass(), IsOkAndHolds(Pointee(7)));
}

TEST(AnnotateTest, PutsThePlaceBeforeTheMessageAndKeepsCodeAndPayloads) {
  absl::Status status = absl::NotFoundError("no such tag");
  status.SetPayload("url", absl::Cord("payload"));
  const absl::Status annotated = Annotate(status, "labels.csv:3");
  EXPECT_THAT(annotated, StatusIs(absl::StatusCode::kNotFound,
                                  "labels.csv:3: no such tag"));
  EXPECT_EQ(annotated.GetPayload("url"), absl::Cord("payload"));
}

TEST(AnnotateTest, LeavesOkAlone) {
  EXPECT_THAT(Annotate(absl::OkStatus(), "x"), IsOk());
  EXPECT_THAT(Annotate(absl::StatusOr<int>(5), "x"), IsOkAndHolds(5));
}

TEST(StatusMatchersTest, RefuseTheWrongCodeMessageOrValue) {
  const absl::StatusOr<std::vector<int>> value = std::vector<int>{1, 2};
  const absl::Status error = absl::NotFoundError("weights.pt");
  EXPECT_THAT(value, IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT(value, Not(IsOkAndHolds(SizeIs(3))));
  EXPECT_THAT(absl::StatusOr<std::vector<int>>(error),
              Not(IsOkAndHolds(SizeIs(2))));
  EXPECT_THAT(error, Not(IsOk()));
  EXPECT_THAT(error,
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("weights")));
  EXPECT_THAT(error, Not(StatusIs(absl::StatusCode::kNotFound, "other")));
  EXPECT_THAT(error, Not(StatusIs(absl::StatusCode::kInternal, "weights.pt")));
}

TEST(StatusMatchersTest, SayWhatWasFound) {
  StringMatchResultListener listener;
  EXPECT_FALSE(
      ExplainMatchResult(IsOk(), absl::NotFoundError("weights.pt"), &listener));
  EXPECT_THAT(listener.str(), HasSubstr("NOT_FOUND: weights.pt"));
  EXPECT_THAT(DescribeMatcher<absl::Status>(
                  StatusIs(absl::StatusCode::kNotFound, HasSubstr("pt"))),
              Eq("has status code NOT_FOUND and a message that has substring "
                 "\"pt\""));
}

}  // namespace
}  // namespace culturemert
