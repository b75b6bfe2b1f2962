#include "tools/base/random/permutation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kLast = ~std::uint64_t{0};

RandomStream GoldenStream() { return RandomStream(42, StreamId("golden")); }

std::vector<std::uint64_t> Iota(std::uint64_t n) {
  std::vector<std::uint64_t> values(n);
  std::iota(values.begin(), values.end(), std::uint64_t{0});
  return values;
}

TEST(PermutationTest, NeverChanges) {
  EXPECT_THAT(Permutation(GoldenStream(), 10),
              ElementsAre(6, 1, 3, 7, 5, 2, 8, 9, 0, 4));
}

TEST(PermutationTest, HoldsEveryNumberOnce) {
  for (std::uint64_t n = 0; n <= 300; ++n) {
    std::vector<std::uint64_t> values =
        Permutation(RandomStream(n, StreamId("test")), n);
    std::sort(values.begin(), values.end());
    EXPECT_EQ(values, Iota(n));
  }
}

TEST(PermutationTest, GivesEveryOrderOfFourEqually) {
  constexpr int kDraws = 240000;
  std::vector<int> count(256);
  for (int draw = 0; draw < kDraws; ++draw) {
    const auto p = Permutation(RandomStream(1, 2).Substream(draw), 4);
    ++count[p[0] + 4 * p[1] + 16 * p[2] + 64 * p[3]];
  }
  EXPECT_EQ(std::count(count.begin(), count.end(), 0), 256 - 24);
  for (const int n : count) {
    // The standard deviation is 98.
    if (n != 0) {
      EXPECT_NEAR(n, kDraws / 24, 5 * 98);
    }
  }
}

TEST(ShuffleTest, MovesAnyValuesAsPermutationDoes) {
  std::vector<std::string> words = {"a", "b", "c", "d", "e",
                                    "f", "g", "h", "i", "j"};
  Shuffle(GoldenStream(), absl::MakeSpan(words));
  EXPECT_THAT(words,
              ElementsAre("g", "b", "d", "h", "f", "c", "i", "j", "a", "e"));
  std::vector<int> none;
  Shuffle(GoldenStream(), absl::MakeSpan(none));
  EXPECT_THAT(none, IsEmpty());
}

TEST(IndexPermutationTest, NeverChanges) {
  const IndexPermutation billion(GoldenStream(), 1000000000);
  EXPECT_EQ(billion.At(0), 395601149);
  EXPECT_EQ(billion.At(1), 712192881);
  EXPECT_EQ(billion.At(2), 435960058);
  const IndexPermutation largest(GoldenStream(), kLast);
  EXPECT_EQ(largest.At(0), 11832563416648272742u);
  EXPECT_EQ(largest.At(1), 797841338187385786u);
}

TEST(IndexPermutationTest, IsABijectionWithItsInverseForEverySmallSize) {
  for (std::uint64_t n = 0; n <= 300; ++n) {
    const IndexPermutation permutation(RandomStream(n, StreamId("test")), n);
    EXPECT_EQ(permutation.size(), n);
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = 0; i < n; ++i) {
      values.push_back(permutation.At(i));
      EXPECT_EQ(permutation.Inverse(values.back()), i);
    }
    std::sort(values.begin(), values.end());
    EXPECT_EQ(values, Iota(n));
  }
}

TEST(IndexPermutationTest, IsABijectionOfAMillion) {
  constexpr std::uint64_t kSize = 1000003;
  const IndexPermutation permutation(GoldenStream(), kSize);
  std::vector<bool> seen(kSize);
  for (std::uint64_t i = 0; i < kSize; ++i) {
    const std::uint64_t value = permutation.At(i);
    ASSERT_LT(value, kSize);
    ASSERT_FALSE(seen[value]);
    seen[value] = true;
  }
}

TEST(IndexPermutationTest, InvertsLargeSizes) {
  for (const std::uint64_t n :
       {std::uint64_t{1} << 31, std::uint64_t{1} << 32,
        (std::uint64_t{1} << 32) + 1, std::uint64_t{1000000007},
        (std::uint64_t{1} << 63) + 1, kLast}) {
    const IndexPermutation permutation(GoldenStream(), n);
    const RandomStream places(1, StreamId("places"));
    for (std::uint64_t draw = 0; draw < 1000; ++draw) {
      const std::uint64_t place = places.UniformInt(draw, n);
      const std::uint64_t value = permutation.At(place);
      ASSERT_LT(value, n);
      ASSERT_EQ(permutation.Inverse(value), place);
    }
  }
}

TEST(IndexPermutationTest, LeavesIndicesOutsideAsTheyAre) {
  for (const std::uint64_t n : {0, 1, 5, 8}) {
    const IndexPermutation permutation(GoldenStream(), n);
    for (const std::uint64_t outside : {n, n + 1, kLast}) {
      EXPECT_EQ(permutation.At(outside), outside);
      EXPECT_EQ(permutation.Inverse(outside), outside);
    }
  }
}

// Where two neighbouring places go, over many streams: 20 pairs of different
// numbers below 5, each near its share of the draws.
TEST(IndexPermutationTest, SpreadsPairsEvenlyOverStreams) {
  constexpr int kDraws = 40000;
  std::vector<int> count(25);
  for (int draw = 0; draw < kDraws; ++draw) {
    const IndexPermutation permutation(RandomStream(7, 8).Substream(draw), 5);
    ++count[permutation.At(0) * 5 + permutation.At(1)];
  }
  for (int first = 0; first < 5; ++first) {
    for (int second = 0; second < 5; ++second) {
      // The standard deviation is 44.
      EXPECT_NEAR(count[first * 5 + second], first == second ? 0 : kDraws / 20,
                  first == second ? 0 : 5 * 44);
    }
  }
}

// The ranks of neighbours in a long permutation are uncorrelated.
TEST(IndexPermutationTest, BreaksUpNeighbours) {
  constexpr std::uint64_t kSize = 100000;
  const IndexPermutation permutation(GoldenStream(), kSize);
  double sum = 0;
  for (std::uint64_t i = 0; i + 1 < kSize; ++i) {
    const double a = static_cast<double>(permutation.At(i)) / kSize - 0.5;
    const double b = static_cast<double>(permutation.At(i + 1)) / kSize - 0.5;
    sum += 12 * a * b;
  }
  EXPECT_NEAR(sum / kSize, 0, 5 / std::sqrt(kSize));
}

}  // namespace
}  // namespace culturemert
