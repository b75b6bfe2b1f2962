#include "experiments/distributed/rank_watch.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr milliseconds kLong(5000);

// One map that all ranks of a test share.
struct SharedMap {
  std::mutex mutex;
  std::map<std::string, std::string> values;
  std::map<std::string, std::int64_t> counts;
  bool lost = false;
};

class MapStore : public RankStore {
 public:
  explicit MapStore(std::shared_ptr<SharedMap> map) : map_(std::move(map)) {}

  absl::Status Set(const std::string& key, const std::string& value) override {
    const std::lock_guard<std::mutex> lock(map_->mutex);
    if (map_->lost) return absl::UnavailableError("connection reset");
    map_->values[key] = value;
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::vector<std::string>>> Get(
      const std::vector<std::string>& keys) override {
    const std::lock_guard<std::mutex> lock(map_->mutex);
    if (map_->lost) return absl::UnavailableError("connection reset");
    std::vector<std::string> found;
    for (const std::string& key : keys) {
      const auto value = map_->values.find(key);
      if (value == map_->values.end()) {
        return std::optional<std::vector<std::string>>();
      }
      found.push_back(value->second);
    }
    return std::optional<std::vector<std::string>>(std::move(found));
  }

  absl::StatusOr<std::int64_t> Increment(const std::string& key) override {
    const std::lock_guard<std::mutex> lock(map_->mutex);
    return ++map_->counts[key];
  }

  absl::Status Delete(const std::string& key) override {
    const std::lock_guard<std::mutex> lock(map_->mutex);
    map_->values.erase(key);
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<SharedMap> map_;
};

class RankWatchTest : public ::testing::Test {
 protected:
  std::unique_ptr<RankWatch> Watch(int rank, int size,
                                   bool keeps_store = false) {
    RankWatchOptions options;
    options.rank = rank;
    options.size = size;
    options.interval = milliseconds(10);
    options.silence = milliseconds(400);
    options.keeps_store = keeps_store;
    return std::make_unique<RankWatch>(std::make_unique<MapStore>(map_),
                                       options);
  }

  void LoseStore() {
    const std::lock_guard<std::mutex> lock(map_->mutex);
    map_->lost = true;
  }

  const std::shared_ptr<SharedMap> map_ = std::make_shared<SharedMap>();
};

TEST_F(RankWatchTest, LivingRanksDoNotFail) {
  const auto zero = Watch(0, 2);
  const auto one = Watch(1, 2);
  EXPECT_THAT(zero->WaitForFailure(milliseconds(900)), IsOk());
  EXPECT_THAT(one->status(), IsOk());
}

TEST_F(RankWatchTest, OperationsAreNumbered) {
  const auto zero = Watch(0, 1);
  EXPECT_THAT(zero->Begin("sum"), IsOkAndHolds(1));
  zero->End();
  EXPECT_THAT(zero->Begin("sum"), IsOkAndHolds(2));
}

TEST_F(RankWatchTest, RanksThatNeverShowALifeSignAreGoneByName) {
  const auto zero = Watch(0, 4);
  const auto two = Watch(2, 4);
  EXPECT_THAT(
      zero->WaitForFailure(kLong),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("ranks 1 and 3 are gone"), HasSubstr("0.4 s"))));
}

TEST_F(RankWatchTest, ARankThatFallsSilentIsGone) {
  const auto zero = Watch(0, 2);
  // What rank 1 wrote before it was killed.
  ASSERT_THAT(MapStore(map_).Set("state/1", "running 7 3 sum"), IsOk());
  EXPECT_THAT(zero->WaitForFailure(milliseconds(100)), IsOk());
  EXPECT_THAT(
      zero->WaitForFailure(kLong),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("rank 1 is gone")));
}

TEST_F(RankWatchTest, AFailureReachesAllRanksWithTheSameStatus) {
  const auto zero = Watch(0, 3);
  const auto one = Watch(1, 3);
  const auto two = Watch(2, 3);
  const absl::Status reason = absl::AbortedError("rank 1 gave up: disk full");
  EXPECT_EQ(one->Fail(reason), reason);
  EXPECT_EQ(zero->WaitForFailure(kLong), reason);
  EXPECT_EQ(two->WaitForFailure(kLong), reason);
}

TEST_F(RankWatchTest, TheFirstFailureStays) {
  const auto zero = Watch(0, 1);
  const absl::Status first = absl::AbortedError("first");
  EXPECT_EQ(zero->Fail(first), first);
  EXPECT_EQ(zero->Fail(absl::AbortedError("second")), first);
  EXPECT_EQ(zero->Begin("sum").status(), first);
}

TEST_F(RankWatchTest, ARankThatEndedIsMissedOnlyByThoseThatWaitForIt) {
  const auto zero = Watch(0, 2);
  ASSERT_THAT(Watch(1, 2)->Begin("sum"), IsOk());  // And ends.
  ASSERT_THAT(zero->Begin("sum"), IsOk());
  EXPECT_THAT(zero->WaitForFailure(milliseconds(100)), IsOk());
  zero->End();
  ASSERT_THAT(zero->Begin("barrier"), IsOk());
  EXPECT_THAT(zero->WaitForFailure(kLong),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("rank 1 has ended"),
                             HasSubstr("after operation 1 (sum)"),
                             HasSubstr("operation 2 (barrier)"))));
}

TEST_F(RankWatchTest, ALostStoreIsItsKeepersLoss) {
  const auto one = Watch(1, 2);
  const auto zero = Watch(0, 2);
  LoseStore();
  EXPECT_THAT(one->WaitForFailure(kLong),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("rank 0"), HasSubstr("is gone"),
                             HasSubstr("connection reset"))));
}

TEST_F(RankWatchTest, TheKeeperOfTheStoreStaysUntilTheOthersHaveReadTheReason) {
  auto zero = Watch(0, 2, /*keeps_store=*/true);
  const auto one = Watch(1, 2);
  EXPECT_THAT(zero->Fail(absl::AbortedError("out of memory")), Not(IsOk()));
  zero.reset();
  LoseStore();  // With rank 0.
  EXPECT_THAT(one->status(),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("out of memory")));
}

TEST_F(RankWatchTest, TheKeeperOfTheStoreDoesNotWaitForTheLost) {
  auto zero = Watch(0, 2, /*keeps_store=*/true);
  const auto start = steady_clock::now();
  zero.reset();
  EXPECT_LT(steady_clock::now() - start, milliseconds(3000));
}

TEST_F(RankWatchTest, StragglersAreThoseInAnotherOperation) {
  const auto zero = Watch(0, 3);
  ASSERT_THAT(MapStore(map_).Set("state/1", "running 7 2 sum of 3"), IsOk());
  ASSERT_THAT(MapStore(map_).Set("state/2", "running 7 1 gather"), IsOk());
  ASSERT_THAT(zero->Begin("gather"), IsOk());
  EXPECT_THAT(zero->WaitForFailure(milliseconds(100)), IsOk());
  EXPECT_EQ(zero->Stragglers(), "rank 1 is in or after operation 2 (sum of 3)");
}

TEST_F(RankWatchTest, WhatIsNoStateOfARankIsAnError) {
  const auto zero = Watch(0, 2);
  ASSERT_THAT(MapStore(map_).Set("state/1", "hello"), IsOk());
  EXPECT_THAT(zero->WaitForFailure(kLong),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("rank 1"), HasSubstr("hello"))));
}

TEST(RankListTest, NamesRanksAsASentenceDoes) {
  EXPECT_EQ(RankList({2}), "rank 2");
  EXPECT_EQ(RankList({1, 3}), "ranks 1 and 3");
  EXPECT_EQ(RankList({1, 3, 7}), "ranks 1, 3 and 7");
}

}  // namespace
}  // namespace culturemert
