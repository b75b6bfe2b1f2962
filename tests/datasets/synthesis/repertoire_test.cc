#include "datasets/synthesis/repertoire.h"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const Repertoire& TestRepertoire() {
  static const auto& repertoire = *new Repertoire(RandomStream(7, 11));
  return repertoire;
}

TEST(RepertoireTest, OfEveryTwentyRecordingsFourteenTrainTwoValidateFourTest) {
  for (std::uint64_t group = 0; group < 50; ++group) {
    std::map<Split, int> sizes;
    for (std::uint64_t i = 0; i < 20; ++i) {
      ++sizes[TestRepertoire().TuneOf(20 * group + i).split];
    }
    EXPECT_THAT(sizes,
                ElementsAre(Pair(Split::kTrain, 14), Pair(Split::kValid, 2),
                            Pair(Split::kTest, 4)));
  }
}

TEST(RepertoireTest, PerformancesOfATuneShareItsSplit) {
  for (std::uint64_t recording = 0; recording < 2000; recording += 2) {
    const Tune first = TestRepertoire().TuneOf(recording);
    const Tune second = TestRepertoire().TuneOf(recording + 1);
    EXPECT_EQ(first.number, second.number);
    EXPECT_EQ(first.split, second.split);
    EXPECT_EQ(first.ordinal, second.ordinal);
  }
}

TEST(RepertoireTest, OrdinalsCountTheTunesOfASplitWithoutGaps) {
  std::map<Split, std::uint64_t> next;
  for (std::uint64_t tune = 0; tune < 1000; ++tune) {
    const Tune found = TestRepertoire().TuneOf(tune * kPerformancesPerTune);
    EXPECT_EQ(found.number, tune);
    EXPECT_EQ(found.ordinal, next[found.split]++);
  }
}

TEST(RepertoireTest, RecordingInSplitIsTheInverseOfTuneOf) {
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    for (std::uint64_t ordinal = 0; ordinal < 500; ++ordinal) {
      const std::uint64_t recording =
          TestRepertoire().RecordingInSplit(split, ordinal);
      const Tune tune = TestRepertoire().TuneOf(recording);
      EXPECT_EQ(tune.split, split);
      EXPECT_EQ(tune.ordinal, ordinal / kPerformancesPerTune);
      EXPECT_EQ(recording % kPerformancesPerTune,
                ordinal % kPerformancesPerTune);
    }
  }
}

TEST(RepertoireTest, HugeNumbersStayExact) {
  const std::uint64_t ordinal = (std::uint64_t{1} << 59) - 1;
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    const std::uint64_t recording =
        TestRepertoire().RecordingInSplit(split, ordinal);
    const Tune tune = TestRepertoire().TuneOf(recording);
    EXPECT_EQ(tune.split, split);
    EXPECT_EQ(tune.ordinal, ordinal / kPerformancesPerTune);
  }
}

TEST(RepertoireTest, TheOrderOfSplitsIsDrawnAnewForEveryTenTunes) {
  std::set<std::vector<Split>> orders;
  for (std::uint64_t group = 0; group < 30; ++group) {
    std::vector<Split> order;
    for (std::uint64_t i = 0; i < 10; ++i) {
      order.push_back(TestRepertoire().TuneOf(20 * group + 2 * i).split);
    }
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 20u);
}

TEST(RepertoireTest, BalancedKindsComeInTheirSharesWithinEachSplit) {
  const std::vector<int> weights = {3, 0, 1, 2};
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    for (std::uint64_t block = 0; block < 20; ++block) {
      std::vector<int> counts(weights.size());
      for (std::uint64_t i = 0; i < 6; ++i) {
        const Tune tune = {0, split, 6 * block + i};
        ++counts[TestRepertoire().Balanced(tune, "form", weights)];
      }
      EXPECT_EQ(counts, weights);
    }
  }
}

TEST(RepertoireTest, FacetsAreIndependent) {
  const std::vector<int> weights = {1, 1};
  int same = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Tune tune = {i, Split::kTrain, i};
    same += TestRepertoire().Balanced(tune, "form", weights) ==
            TestRepertoire().Balanced(tune, "mode", weights);
  }
  EXPECT_NEAR(same, 500, 100);
}

TEST(RepertoireTest, StreamsOfTunesAndPerformancesDiffer) {
  std::set<std::uint64_t> first_bits;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Tune tune = {i, Split::kTrain, 0};
    first_bits.insert(TestRepertoire().TuneStream(tune).Bits64(0));
    first_bits.insert(TestRepertoire().PerformanceStream(i).Bits64(0));
  }
  EXPECT_EQ(first_bits.size(), 200u);
}

}  // namespace
}  // namespace culturemert
