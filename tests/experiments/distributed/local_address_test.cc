#include "experiments/distributed/local_address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

TEST(LocalAddressTest, LoopbackIsReachedFromLoopback) {
  const auto address = LocalAddressToward("127.0.0.1");
  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(*address, "127.0.0.1");
  EXPECT_TRUE(IsLoopback(*address));
}

TEST(LocalAddressTest, AnUnknownHostIsAnErrorThatNamesIt) {
  EXPECT_THAT(LocalAddressToward("no-such-host.invalid"),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("no-such-host.invalid")));
}

TEST(LocalAddressTest, TellsLoopbackFromOtherAddresses) {
  EXPECT_TRUE(IsLoopback("127.0.1.1"));
  EXPECT_TRUE(IsLoopback("::1"));
  EXPECT_FALSE(IsLoopback("10.0.0.1"));
  EXPECT_FALSE(IsLoopback("1270.example"));
  EXPECT_FALSE(IsLoopback("::10"));
}

}  // namespace
}  // namespace culturemert
