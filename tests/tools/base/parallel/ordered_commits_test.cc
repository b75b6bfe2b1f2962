#include "tools/base/parallel/ordered_commits.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;

// Threads that share out the numbers below `count`.
void RunOn(int threads, int count, OrderedCommits& commits,
           const std::function<std::uint64_t(int)>& size_bytes,
           const std::function<absl::Status(int)>& commit) {
  std::atomic<int> next{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (int number = next++; number < count; number = next++) {
        if (!commits.Admit(number, size_bytes(number))) return;
        commits.Commit(number, size_bytes(number),
                       [number, &commit] { return commit(number); });
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
}

TEST(OrderedCommitsTest, CommitsInOrderWhateverTheThreads) {
  for (const int threads : {1, 2, 4, 8}) {
    for (const std::uint64_t budget : {0, 1, 10, 1000000}) {
      OrderedCommits commits(budget);
      std::vector<int> order;
      RunOn(
          threads, 200, commits, [](int number) { return number % 7; },
          [&](int number) {
            order.push_back(number);
            return absl::OkStatus();
          });
      EXPECT_THAT(commits.status(), IsOk());
      ASSERT_EQ(order.size(), 200u);
      for (int i = 0; i < 200; ++i) EXPECT_EQ(order[i], i);
    }
  }
}

TEST(OrderedCommitsTest, WaitsForNumbersThatComeLater) {
  OrderedCommits commits(100);
  std::vector<int> order;
  const auto commit = [&](int number) {
    return [&order, number] {
      order.push_back(number);
      return absl::OkStatus();
    };
  };
  for (const int number : {0, 1, 2}) EXPECT_TRUE(commits.Admit(number, 10));
  commits.Commit(2, 10, commit(2));
  commits.Commit(1, 10, commit(1));
  EXPECT_THAT(order, ElementsAre());
  commits.Commit(0, 10, commit(0));
  EXPECT_THAT(order, ElementsAre(0, 1, 2));
}

TEST(OrderedCommitsTest, ResultsWaitWithinTheBudget) {
  OrderedCommits commits(10);
  ASSERT_TRUE(commits.Admit(0, 6));
  std::atomic<bool> admitted{false};
  std::thread second([&] {
    EXPECT_TRUE(commits.Admit(1, 6));
    admitted = true;
    commits.Commit(1, 6, [] { return absl::OkStatus(); });
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(admitted);
  commits.Commit(0, 6, [] { return absl::OkStatus(); });
  second.join();
  EXPECT_TRUE(admitted);
  EXPECT_TRUE(commits.Admit(2, 11));  // More than the budget, but next.
}

TEST(OrderedCommitsTest, TheFirstErrorEndsAll) {
  for (const int threads : {1, 4}) {
    OrderedCommits commits(3);
    std::vector<int> order;
    RunOn(
        threads, 100, commits, [](int) { return 1; },
        [&](int number) {
          order.push_back(number);
          return number == 5 ? absl::DataLossError("five") : absl::OkStatus();
        });
    EXPECT_THAT(commits.status(),
                StatusIs(absl::StatusCode::kDataLoss, "five"));
    EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4, 5));
    EXPECT_FALSE(commits.Admit(100, 0));
  }
}

TEST(OrderedCommitsTest, AnExceptionIsAnError) {
  OrderedCommits commits(3);
  ASSERT_TRUE(commits.Admit(0, 1));
  commits.Commit(0, 1,
                 []() -> absl::Status { throw std::runtime_error("thrown"); });
  EXPECT_THAT(commits.status(),
              StatusIs(absl::StatusCode::kInternal, "thrown"));
}

}  // namespace
}  // namespace culturemert
