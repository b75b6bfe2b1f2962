// GoogleTest matchers for absl::Status and absl::StatusOr:
//
//   EXPECT_THAT(Save(weights), IsOk());
//   EXPECT_THAT(Read("a.csv"), IsOkAndHolds(SizeIs(3)));
//   EXPECT_THAT(Read("b.csv"), StatusIs(absl::StatusCode::kNotFound,
//                                       HasSubstr("b.csv")));
//
// StatusIs always takes a matcher for the message: an error no one can read is
// a defect too.

#ifndef CULTUREMERT_TOOLS_BASE_STATUS_STATUS_MATCHERS_H_
#define CULTUREMERT_TOOLS_BASE_STATUS_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace status_internal {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

template <typename Inner>
class IsOkAndHoldsMatcher {
 public:
  explicit IsOkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename StatusOrType>
  operator testing::Matcher<StatusOrType>() const {
    return testing::Matcher<StatusOrType>(new Impl<StatusOrType>(inner_));
  }

 private:
  template <typename StatusOrType>
  class Impl : public testing::MatcherInterface<StatusOrType> {
   public:
    using Value = typename std::decay_t<StatusOrType>::value_type;

    explicit Impl(const Inner& inner)
        : inner_(testing::SafeMatcherCast<const Value&>(inner)) {}

    void DescribeTo(std::ostream* out) const override {
      *out << "is OK and holds a value that ";
      inner_.DescribeTo(out);
    }

    bool MatchAndExplain(
        StatusOrType value,
        testing::MatchResultListener* listener) const override {
      if (!value.ok()) {
        *listener << "whose status is " << value.status();
        return false;
      }
      return inner_.MatchAndExplain(*value, listener);
    }

   private:
    const testing::Matcher<const Value&> inner_;
  };

  const Inner inner_;
};

}  // namespace status_internal

// Matches an OK absl::Status or absl::StatusOr.
MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  const absl::Status& status = status_internal::StatusOf(arg);
  if (!status.ok()) *result_listener << "whose status is " << status;
  return status.ok();
}

// Matches an OK absl::StatusOr whose value matches `inner`.
template <typename Inner>
auto IsOkAndHolds(Inner&& inner) {
  return status_internal::IsOkAndHoldsMatcher<std::decay_t<Inner>>(
      std::forward<Inner>(inner));
}

// Matches a status with this code whose message matches `message` (a matcher or
// the exact text).
MATCHER_P2(StatusIs, code, message,
           std::string("has status code ") + absl::StatusCodeToString(code) +
               " and a message that " +
               testing::DescribeMatcher<std::string>(message, negation)) {
  const absl::Status& status = status_internal::StatusOf(arg);
  *result_listener << "whose status is " << status;
  return status.code() == code &&
         testing::ExplainMatchResult(
             testing::SafeMatcherCast<const std::string&>(
                 testing::Matcher<std::string>(message)),
             std::string(status.message()), result_listener);
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_STATUS_STATUS_MATCHERS_H_
