#include "models/merging/magnitude_selector.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

float Select(const std::vector<float>& values, std::uint64_t n) {
  MagnitudeSelector selector;
  const std::size_t half = values.size() / 2;
  const absl::Span<const float> all(values);
  selector.Count(all.subspan(0, half));
  selector.Count(all.subspan(half));
  selector.Choose(n);
  selector.CountAgain(all.subspan(half));
  selector.CountAgain(all.subspan(0, half));
  return selector.Threshold();
}

TEST(MagnitudeSelectorTest, EveryRankIsTheOneSortingFinds) {
  std::vector<float> values(500);
  RandomStream(1, 2).FillNormal(absl::MakeSpan(values), 0);
  // Repeats, both zeros, and numbers that differ in the lower half only.
  std::copy_n(values.begin(), 50, values.begin() + 50);
  values[0] = 0.0f;
  values[1] = -0.0f;
  values[2] = 1e-42f;
  for (int i = 3; i < 40; ++i) {
    values[i] = std::nextafter(values[i - 1], 10.0f);
  }
  std::vector<float> sorted;
  for (const float value : values) sorted.push_back(std::fabs(value));
  std::sort(sorted.begin(), sorted.end(), std::greater<float>());
  for (std::uint64_t n = 1; n <= values.size(); ++n) {
    ASSERT_EQ(Select(values, n), sorted[n - 1]) << n;
  }
}

TEST(MagnitudeSelectorTest, InfinityIsTheLargestNumber) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(Select({1, -infinity, 2}, 1), infinity);
  EXPECT_EQ(Select({1, -infinity, 2}, 2), 2);
}

}  // namespace
}  // namespace culturemert
