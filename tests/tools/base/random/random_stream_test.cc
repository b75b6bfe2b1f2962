#include "tools/base/random/random_stream.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kLast = ~std::uint64_t{0};

struct Golden {
  std::uint64_t index;
  std::uint32_t bits32;
  std::uint64_t bits64;
  double uniform_double;
  float uniform_float;
  std::uint64_t uniform_int;  // Below 10^6.
  double normal;
};

// Made by an independent implementation in Python, the normals to their last
// bits by this one. If one of these changes, so does every experiment.
constexpr Golden kGolden[] = {
    {0, 0x83eaa62b, 0x8c18f4b183eaa62b, 0x1.1831e96307d54p-1, 0x1.07d54cp-1,
     547255, 0x1.f0eb3707174afp-3},
    {1, 0xc1af21cb, 0xb6dec7b0c1af21cb, 0x1.6dbd8f61835e4p-1, 0x1.835e42p-1,
     714336, -0x1.4f2cb98ccc637p-1},
    {2, 0xc054c873, 0xe21e965bc054c873, 0x1.c43d2cb780a99p-1, 0x1.80a99p-1,
     883279, 0x1.25ec7278bc8e5p-2},
    {std::uint64_t{1} << 32, 0x8f0004e6, 0x9adc0c968f0004e6, 0x1.35b8192d1ep-1,
     0x1.1e0008p-1, 604920, 0x1.d3c92c048724ep-1},
    {kLast, 0xa1d4814a, 0x1adb3360a1d4814a, 0x1.adb3360a1d48p-4, 0x1.43a902p-1,
     104907, -0x1.adb684403a6c1p-1},
};

TEST(RandomStreamTest, NeverChangesItsValues) {
  const RandomStream stream(42, StreamId("golden"));
  for (const Golden& golden : kGolden) {
    SCOPED_TRACE(golden.index);
    EXPECT_EQ(stream.Bits32(golden.index), golden.bits32);
    EXPECT_EQ(stream.Bits64(golden.index), golden.bits64);
    EXPECT_EQ(stream.UniformDouble(golden.index), golden.uniform_double);
    EXPECT_EQ(stream.UniformFloat(golden.index), golden.uniform_float);
    EXPECT_EQ(stream.UniformInt(golden.index, 1000000), golden.uniform_int);
    EXPECT_EQ(stream.Normal(golden.index), golden.normal);
  }
}

TEST(RandomStreamTest, NeverChangesItsSubstreams) {
  const RandomStream substream =
      RandomStream(42, StreamId("golden")).Substream(3, 4);
  EXPECT_EQ(substream.seed(), 0xc11e4b7fb8f58bb3);
  EXPECT_EQ(substream.stream(), 0x5e1c844bebf936ee);
}

// The first three are of http://www.isthe.com/chongo/src/fnv/test_fnv.c; the
// last has a byte that is negative where char is signed.
TEST(StreamIdTest, IsTheFnv1aHashOfTheName) {
  EXPECT_EQ(StreamId(""), 0xcbf29ce484222325);
  EXPECT_EQ(StreamId("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(StreamId("foobar"), 0x85944171f73967e8);
  EXPECT_EQ(StreamId("\xff"), 0xaf64724c8602eb6e);
  static_assert(StreamId("mask") != StreamId("dropout"));
}

TEST(RandomStreamTest, GivesDifferentBitsForEverySeedStreamAndIndex) {
  absl::flat_hash_set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t stream = 0; stream < 20; ++stream) {
      for (std::uint64_t index = 0; index < 20; ++index) {
        EXPECT_TRUE(
            seen.insert(RandomStream(seed, stream).Bits64(index)).second)
            << seed << " " << stream << " " << index;
      }
    }
  }
}

TEST(RandomStreamTest, GivesDifferentSubstreamsForEveryPairOfKeys) {
  const RandomStream parent(1, StreamId("masking"));
  absl::flat_hash_set<std::pair<std::uint64_t, std::uint64_t>> seen = {
      {parent.seed(), parent.stream()}};
  for (std::uint64_t step = 0; step < 100; ++step) {
    const RandomStream one = parent.Substream(step);
    EXPECT_TRUE(seen.insert({one.seed(), one.stream()}).second);
    for (std::uint64_t sample = 0; sample < 100; ++sample) {
      const RandomStream two = parent.Substream(step, sample);
      EXPECT_TRUE(seen.insert({two.seed(), two.stream()}).second);
    }
  }
}

TEST(RandomStreamTest, FillsWithTheSingleValues) {
  const RandomStream stream(5, StreamId("fill"));
  // The indices run over the end of 64 bits.
  constexpr std::uint64_t kFirst = kLast - 10;
  std::vector<float> uniform(100), normal(100);
  stream.FillUniform(absl::MakeSpan(uniform), kFirst);
  stream.FillNormal(absl::MakeSpan(normal), kFirst);
  for (std::size_t i = 0; i < uniform.size(); ++i) {
    EXPECT_EQ(uniform[i], stream.UniformFloat(kFirst + i));
    EXPECT_EQ(normal[i], static_cast<float>(stream.Normal(kFirst + i)));
  }
}

TEST(RandomStreamTest, KeepsUniformIntsBelowTheirBound) {
  const RandomStream stream(9, StreamId("bounds"));
  for (const std::uint64_t bound : {std::uint64_t{1}, std::uint64_t{2},
                                    std::uint64_t{3}, kLast / 2, kLast}) {
    for (std::uint64_t index = 0; index < 1000; ++index) {
      EXPECT_LT(stream.UniformInt(index, bound), bound);
    }
  }
  EXPECT_EQ(stream.UniformInt(0, 0), 0);
}

// 10^6 draws into 100 cells; chi-square with 99 degrees of freedom leaves
// [55, 155] with a chance below 10^-3, and these draws never change.
TEST(RandomStreamTest, SpreadsUniformIntsEvenly) {
  constexpr int kDraws = 1000000;
  constexpr int kCells = 100;
  for (const char* name : {"a", "b", "c"}) {
    const RandomStream stream(2024, StreamId(name));
    std::vector<int> count(kCells);
    for (int i = 0; i < kDraws; ++i) ++count[stream.UniformInt(i, kCells)];
    double chi_square = 0;
    for (const int n : count) {
      const double expected = static_cast<double>(kDraws) / kCells;
      chi_square += (n - expected) * (n - expected) / expected;
    }
    EXPECT_GT(chi_square, 55);
    EXPECT_LT(chi_square, 155);
  }
}

// Mean, variance, skewness and kurtosis, each within five standard errors.
void ExpectMoments(const std::vector<double>& values, double mean,
                   double variance, double skewness, double kurtosis) {
  const double n = static_cast<double>(values.size());
  double sum = 0, square = 0, cube = 0, fourth = 0;
  for (const double value : values) {
    const double z = (value - mean) / std::sqrt(variance);
    sum += z;
    square += z * z;
    cube += z * z * z;
    fourth += z * z * z * z;
  }
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(square / n, 1, 5 * std::sqrt((kurtosis - 1) / n));
  EXPECT_NEAR(cube / n, skewness, 5 * std::sqrt(15 / n));
  EXPECT_NEAR(fourth / n, kurtosis, 5 * std::sqrt(96 / n));
}

TEST(RandomStreamTest, HasTheMomentsOfItsDistributions) {
  constexpr int kDraws = 1000000;
  const RandomStream stream(77, StreamId("moments"));
  std::vector<double> uniform(kDraws), uniform_float(kDraws), normal(kDraws);
  for (int i = 0; i < kDraws; ++i) {
    uniform[i] = stream.UniformDouble(i);
    uniform_float[i] = stream.UniformFloat(i);
    normal[i] = stream.Normal(i);
  }
  ExpectMoments(uniform, 0.5, 1.0 / 12, 0, 1.8);
  ExpectMoments(uniform_float, 0.5, 1.0 / 12, 0, 1.8);
  ExpectMoments(normal, 0, 1, 0, 3);
}

// Kolmogorov and Smirnov's distance of 10^6 draws; beyond 0.00195 with a chance
// of 10^-3.
TEST(RandomStreamTest, DrawsNormalsFromTheNormalDistribution) {
  constexpr int kDraws = 1000000;
  const RandomStream stream(3, StreamId("normal"));
  std::vector<double> values(kDraws);
  for (int i = 0; i < kDraws; ++i) values[i] = stream.Normal(i);
  std::sort(values.begin(), values.end());
  double distance = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double expected = 0.5 * std::erfc(-values[i] / std::sqrt(2.0));
    distance = std::max({distance,
                         std::abs(static_cast<double>(i) / kDraws - expected),
                         std::abs((i + 1.0) / kDraws - expected)});
  }
  EXPECT_LT(distance, 0.00195);
}

TEST(RandomStreamTest, ComputesBoxAndMullersTransformToTheDocumentedAccuracy) {
  constexpr long double kPi = 3.14159265358979323846264338327950288L;
  const RandomStream stream(11, StreamId("accuracy"));
  for (std::uint64_t index = 0; index < 200000; ++index) {
    const PhiloxBlock block = PhiloxBits(stream.seed(), stream.stream(), index);
    const std::uint64_t high =
        block.word[2] | static_cast<std::uint64_t>(block.word[3]) << 32;
    const long double u =
        static_cast<long double>((stream.Bits64(index) >> 11) + 1) * 0x1p-53L;
    const long double v = UniformDoubleOfBits(high);
    const double exact = static_cast<double>(std::sqrt(-2 * std::log(u)) *
                                             std::cos(2 * kPi * v));
    ASSERT_NEAR(stream.Normal(index), exact, 1e-14) << index;
  }
}

double Correlation(const RandomStream& a, std::uint64_t a_first,
                   const RandomStream& b, std::uint64_t b_first, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += (a.UniformDouble(a_first + i) - 0.5) *
           (b.UniformDouble(b_first + i) - 0.5);
  }
  return 12 * sum / count;
}

TEST(RandomStreamTest, IsUncorrelatedAcrossSeedsStreamsSubstreamsAndLags) {
  constexpr int kDraws = 100000;
  const double five_standard_errors = 5 / std::sqrt(kDraws);
  const RandomStream stream(0, 0);
  ASSERT_NEAR(Correlation(stream, 0, stream, 0, kDraws), 1, 0.02);
  for (std::uint64_t bit = 0; bit < 64; ++bit) {
    const std::uint64_t flip = std::uint64_t{1} << bit;
    for (const RandomStream& other :
         {RandomStream(flip, 0), RandomStream(0, flip),
          stream.Substream(flip)}) {
      EXPECT_NEAR(Correlation(stream, 0, other, 0, kDraws), 0,
                  five_standard_errors)
          << bit;
    }
  }
  for (std::uint64_t lag = 1; lag <= 32; ++lag) {
    EXPECT_NEAR(Correlation(stream, 0, stream, lag, kDraws), 0,
                five_standard_errors)
        << lag;
  }
}

TEST(RandomStreamTest, ChangesHalfOfTheBitsWhenOneBitOfTheIndexChanges) {
  const RandomStream stream(6, StreamId("avalanche"));
  for (int bit = 0; bit < 64; ++bit) {
    int changed = 0;
    for (std::uint64_t index = 0; index < 1000; ++index) {
      changed += __builtin_popcountll(
          stream.Bits64(index) ^
          stream.Bits64(index ^ (std::uint64_t{1} << bit)));
    }
    // 64000 fair coins: the standard deviation is 126.
    EXPECT_NEAR(changed, 32000, 5 * 126) << bit;
  }
}

}  // namespace
}  // namespace culturemert
