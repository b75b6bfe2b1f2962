#include "tools/base/parallel/thread_pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Pointee;

std::unique_ptr<ThreadPool> MakePool(int size) {
  auto pool = ThreadPool::Create(size);
  EXPECT_THAT(pool, IsOk());
  return *std::move(pool);
}

// Lets the other threads overtake, at places that `seed` picks.
void Dawdle(std::uint64_t seed, std::int64_t index) {
  if (RandomStream(seed, StreamId("dawdle")).UniformInt(index, 4) == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

class ParallelTest : public testing::TestWithParam<int> {
 protected:
  const std::unique_ptr<ThreadPool> pool_ = MakePool(GetParam());
};

INSTANTIATE_TEST_SUITE_P(PoolSizes, ParallelTest,
                         testing::Values(1, 2, 3, 4, 8, 32));

TEST(ThreadPoolTest, RefusesSizesOutOfRange) {
  for (const int size : {-1, 0, ThreadPool::kMaxSize + 1}) {
    EXPECT_THAT(ThreadPool::Create(size),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("cannot make a pool of ", size,
                                      " threads; ask for 1 to 1024")));
  }
}

TEST(ThreadPoolTest, HasADefaultSizeThatItAccepts) {
  EXPECT_THAT(ThreadPool::DefaultSize(),
              AllOf(Ge(1), Le(ThreadPool::kMaxSize)));
  EXPECT_EQ(MakePool(ThreadPool::DefaultSize())->size(),
            ThreadPool::DefaultSize());
}

TEST(ThreadPoolTest, IsDestroyedAtOnceWhenIdle) {
  for (int i = 0; i < 100; ++i) MakePool(1 + i % 9);
}

TEST(ThreadPoolTest, OfSizeOneRunsInlineAndInOrder) {
  const auto pool = MakePool(1);
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<std::int64_t> order;
  EXPECT_THAT(ParallelFor(*pool, 5,
                          [&](std::int64_t i) {
                            EXPECT_EQ(std::this_thread::get_id(), caller);
                            order.push_back(i);
                            return absl::OkStatus();
                          }),
              IsOk());
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

// Each of the calls waits for all of them, so that fewer threads never end.
TEST(ThreadPoolTest, RunsAsManyCallsAtOnceAsItHasThreads) {
  constexpr int kSize = 5;
  const auto pool = MakePool(kSize);
  std::mutex mutex;
  std::condition_variable arrived;
  int arrivals = 0;
  std::set<std::thread::id> threads;
  EXPECT_THAT(
      ParallelFor(*pool, kSize,
                  [&](std::int64_t) -> absl::Status {
                    std::unique_lock<std::mutex> lock(mutex);
                    threads.insert(std::this_thread::get_id());
                    ++arrivals;
                    arrived.notify_all();
                    if (!arrived.wait_for(lock, std::chrono::seconds(20),
                                          [&] { return arrivals == kSize; })) {
                      return absl::DeadlineExceededError("alone");
                    }
                    return absl::OkStatus();
                  }),
      IsOk());
  EXPECT_EQ(threads.size(), kSize);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 1);
}

TEST_P(ParallelTest, ForRunsEveryIndexOnce) {
  for (const int n : {0, 1, 2, 3, 7, 1000}) {
    std::vector<int> runs(n);
    EXPECT_THAT(ParallelFor(*pool_, n,
                            [&](std::int64_t i) {
                              ++runs[i];
                              return absl::OkStatus();
                            }),
                IsOk());
    EXPECT_THAT(runs, Each(1));
  }
}

TEST_P(ParallelTest, ForRefusesANegativeCount) {
  EXPECT_THAT(
      ParallelFor(*pool_, -1, [](std::int64_t) { return absl::OkStatus(); }),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "cannot loop over -1 indices; expected 0 or more"));
}

TEST_P(ParallelTest, ForReturnsTheErrorOfTheLowestFailingIndex) {
  constexpr std::int64_t kCount = 60;
  for (std::uint64_t trial = 0; trial < 100; ++trial) {
    const RandomStream fails(trial, StreamId("fails"));
    const std::uint64_t one_in = 1 + fails.UniformInt(kCount, 60);
    std::int64_t lowest = kCount;
    for (std::int64_t i = kCount - 1; i >= 0; --i) {
      if (fails.UniformInt(i, one_in) == 0) lowest = i;
    }
    std::vector<int> runs(kCount);
    const absl::Status status =
        ParallelFor(*pool_, kCount, [&](std::int64_t i) -> absl::Status {
          ++runs[i];
          Dawdle(trial, i);
          if (fails.UniformInt(i, one_in) == 0) {
            return absl::DataLossError(absl::StrCat("bad ", i));
          }
          return absl::OkStatus();
        });
    if (lowest == kCount) {
      EXPECT_THAT(status, IsOk());
    } else {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss,
                                   absl::StrCat("bad ", lowest)));
    }
    for (std::int64_t i = 0; i < kCount; ++i) {
      EXPECT_LE(runs[i], 1);
      if (i <= lowest) {
        EXPECT_EQ(runs[i], 1);
      }
    }
  }
}

TEST_P(ParallelTest, ForGivesOutNoIndexLongAfterAnError) {
  std::atomic<std::int64_t> runs{0};
  EXPECT_THAT(ParallelFor(*pool_, std::int64_t{1} << 40,
                          [&](std::int64_t i) -> absl::Status {
                            ++runs;
                            if (i == 10) return absl::AbortedError("stop");
                            return absl::OkStatus();
                          }),
              StatusIs(absl::StatusCode::kAborted, "stop"));
  EXPECT_GE(runs.load(), 11);
}

TEST_P(ParallelTest, ForTurnsExceptionsIntoErrors) {
  EXPECT_THAT(ParallelFor(*pool_, 9,
                          [](std::int64_t i) -> absl::Status {
                            if (i >= 4) throw std::runtime_error("no memory");
                            return absl::OkStatus();
                          }),
              StatusIs(absl::StatusCode::kInternal,
                       "exception at index 4 of a parallel loop: no memory"));
  EXPECT_THAT(
      ParallelFor(*pool_, 3, [](std::int64_t) -> absl::Status { throw 5; }),
      StatusIs(absl::StatusCode::kInternal,
               "exception of unknown type at index 0 of a parallel "
               "loop"));
}

TEST_P(ParallelTest, ForCanBeNested) {
  std::atomic<int> leaves{0};
  EXPECT_THAT(ParallelFor(*pool_, 5,
                          [&](std::int64_t) {
                            return ParallelFor(*pool_, 6, [&](std::int64_t) {
                              return ParallelFor(*pool_, 7,
                                                 [&](std::int64_t i) {
                                                   Dawdle(1, i);
                                                   ++leaves;
                                                   return absl::OkStatus();
                                                 });
                            });
                          }),
              IsOk());
  EXPECT_EQ(leaves.load(), 5 * 6 * 7);
}

TEST_P(ParallelTest, ForReturnsTheFirstErrorOfNestedLoops) {
  EXPECT_THAT(ParallelFor(*pool_, 8,
                          [&](std::int64_t outer) {
                            return ParallelFor(
                                *pool_, 8,
                                [&](std::int64_t inner) -> absl::Status {
                                  if (outer * 8 + inner < 27)
                                    return absl::OkStatus();
                                  return absl::NotFoundError(
                                      absl::StrCat(outer, ".", inner));
                                });
                          }),
              StatusIs(absl::StatusCode::kNotFound, "3.3"));
}

TEST_P(ParallelTest, ForServesManyCallersAtOnce) {
  constexpr int kCallers = 6;
  constexpr int kLoops = 30;
  std::vector<std::int64_t> sums(kCallers);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int loop = 0; loop < kLoops; ++loop) {
        std::vector<std::int64_t> values(100);
        EXPECT_THAT(ParallelFor(*pool_, 100,
                                [&](std::int64_t i) {
                                  values[i] = caller + i;
                                  return absl::OkStatus();
                                }),
                    IsOk());
        for (const std::int64_t value : values) sums[caller] += value;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (int caller = 0; caller < kCallers; ++caller) {
    EXPECT_EQ(sums[caller], kLoops * (4950 + 100 * caller));
  }
}

TEST_P(ParallelTest, MapKeepsTheOrder) {
  const auto squares = ParallelMap(
      *pool_, 200, [](std::int64_t i) -> absl::StatusOr<std::int64_t> {
        Dawdle(2, i);
        return i * i;
      });
  ASSERT_THAT(squares, IsOk());
  ASSERT_EQ(squares->size(), 200);
  for (std::int64_t i = 0; i < 200; ++i) EXPECT_EQ((*squares)[i], i * i);
}

TEST_P(ParallelTest, MapTakesTypesThatCannotBeCopiedOrMadeEmpty) {
  struct Named {
    explicit Named(std::int64_t i) : name(std::make_unique<std::int64_t>(i)) {}
    std::unique_ptr<std::int64_t> name;
  };
  const auto named = ParallelMap(
      *pool_, 3,
      [](std::int64_t i) -> absl::StatusOr<Named> { return Named(i); });
  ASSERT_THAT(named, IsOk());
  EXPECT_THAT((*named)[2].name, Pointee(2));
}

TEST_P(ParallelTest, MapTakesBooleansAndNothing) {
  const auto is_odd = [](std::int64_t i) -> absl::StatusOr<bool> {
    return i % 2 == 1;
  };
  EXPECT_THAT(ParallelMap(*pool_, 4, is_odd),
              IsOkAndHolds(ElementsAre(false, true, false, true)));
  EXPECT_THAT(ParallelMap(*pool_, 0, is_odd), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(
      ParallelMap(*pool_, -2, is_odd),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("-2 indices")));
}

TEST_P(ParallelTest, MapReturnsTheErrorOfTheLowestFailingIndex) {
  EXPECT_THAT(ParallelMap(*pool_, 50,
                          [](std::int64_t i) -> absl::StatusOr<int> {
                            Dawdle(3, i);
                            if (i % 20 == 19) {
                              return absl::NotFoundError(absl::StrCat(i));
                            }
                            return 1;
                          }),
              StatusIs(absl::StatusCode::kNotFound, "19"));
}

absl::StatusOr<std::string> Range(std::int64_t begin, std::int64_t end) {
  Dawdle(4, begin);
  return absl::StrCat(begin, "-", end);
}

std::string Parenthesise(std::string left, std::string right) {
  return absl::StrCat("(", left, " ", right, ")");
}

TEST_P(ParallelTest, ReduceCombinesInTheDocumentedTree) {
  const auto tree = [&](std::int64_t n, std::int64_t chunk_size) {
    return ParallelReduce(*pool_, n, chunk_size, std::string("none"), Range,
                          Parenthesise);
  };
  EXPECT_THAT(tree(0, 2), IsOkAndHolds("none"));
  EXPECT_THAT(tree(1, 2), IsOkAndHolds("0-1"));
  EXPECT_THAT(tree(2, 2), IsOkAndHolds("0-2"));
  EXPECT_THAT(tree(3, 2), IsOkAndHolds("(0-2 2-3)"));
  EXPECT_THAT(tree(6, 2), IsOkAndHolds("((0-2 2-4) 4-6)"));
  EXPECT_THAT(tree(11, 2),
              IsOkAndHolds("(((0-2 2-4) (4-6 6-8)) (8-10 10-11))"));
  EXPECT_THAT(tree(5, 1), IsOkAndHolds("(((0-1 1-2) (2-3 3-4)) 4-5)"));
  EXPECT_THAT(tree(7, INT64_MAX), IsOkAndHolds("0-7"));
}

TEST_P(ParallelTest, ReduceGivesTheSameBitsForEveryPoolSize) {
  const RandomStream values(8, StreamId("sum"));
  const auto sum = [&](ThreadPool& pool) {
    return ParallelReduce(
        pool, 10007, 64, 0.0f,
        [&](std::int64_t begin, std::int64_t end) -> absl::StatusOr<float> {
          Dawdle(5, begin);
          float partial = 0;
          for (std::int64_t i = begin; i < end; ++i) {
            partial += static_cast<float>(values.Normal(i));
          }
          return partial;
        },
        [](float left, float right) { return left + right; });
  };
  const auto expected = sum(*MakePool(1));
  ASSERT_THAT(expected, IsOk());
  EXPECT_THAT(sum(*pool_), IsOkAndHolds(*expected));
}

TEST_P(ParallelTest, ReduceReturnsErrorsOfBothSteps) {
  EXPECT_THAT(ParallelReduce(*pool_, 10, 0, std::string(), Range, Parenthesise),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "chunk_size is 0, but must be at least 1"));
  EXPECT_THAT(
      ParallelReduce(*pool_, -10, 3, std::string(), Range, Parenthesise),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("-10 indices")));
  EXPECT_THAT(ParallelReduce(
                  *pool_, 10, 3, 0,
                  [](std::int64_t begin, std::int64_t) -> absl::StatusOr<int> {
                    return absl::DataLossError(absl::StrCat("at ", begin));
                  },
                  [](int left, int right) { return left + right; }),
              StatusIs(absl::StatusCode::kDataLoss, "at 0"));
  EXPECT_THAT(
      ParallelReduce(
          *pool_, 10, 3, 0,
          [](std::int64_t, std::int64_t) -> absl::StatusOr<int> { return 1; },
          [](int, int) -> int { throw std::runtime_error("odd"); }),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("odd")));
}

}  // namespace
}  // namespace culturemert
