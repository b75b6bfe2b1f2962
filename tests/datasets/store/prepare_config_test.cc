#include "datasets/store/prepare_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/config.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

TEST(PrepareConfig, DecidesTheOptionsItNames) {
  const absl::StatusOr<PrepareConfig> config = ConfigLoader<PrepareConfig>()
                                                   .Set("max_bad=3")
                                                   .Set("accept_truncated=true")
                                                   .Set("threads=5")
                                                   .Set("max_memory_gib=0.5")
                                                   .Build();
  ASSERT_THAT(config, IsOk());
  PrepareOptions options;
  options.directory = "stays";
  ApplyConfig(*config, options);
  EXPECT_EQ(options.directory, "stays");
  EXPECT_EQ(options.max_bad, 3);
  EXPECT_TRUE(options.accept_truncated);
  EXPECT_EQ(options.threads, 5);
  EXPECT_EQ(options.max_memory_bytes, std::uint64_t{1} << 29);
}

TEST(PrepareConfig, TakesEveryProcessorByDefaultAndForgivesNothing) {
  PrepareOptions options;
  options.max_bad = 9;
  ApplyConfig(PrepareConfig(), options);
  EXPECT_EQ(options.threads, ThreadPool::DefaultSize());
  EXPECT_EQ(options.max_bad, 0);
}

TEST(PrepareConfig, RefusesAnImpossibleNumber) {
  EXPECT_THAT(
      ConfigLoader<PrepareConfig>().Set("max_bad=-1").Build(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("max_bad")));
}

}  // namespace
}  // namespace culturemert
