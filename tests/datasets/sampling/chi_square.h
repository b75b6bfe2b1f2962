// Pearson's chi-square test, for counts of random draws.

#ifndef CULTUREMERT_TESTS_DATASETS_SAMPLING_CHI_SQUARE_H_
#define CULTUREMERT_TESTS_DATASETS_SAMPLING_CHI_SQUARE_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace culturemert {

// How many standard deviations the counts are further from what was expected
// than chance lets one expect: about standard normal if `expected` is right (by
// Wilson and Hilferty's cube root), so above 4 once in 30000 tests. Both have
// the same sum, every expected count is above about 5, and one at least can
// vary freely.
inline double ChiSquareDeviations(const std::vector<std::uint64_t>& counts,
                                  const std::vector<double>& expected) {
  double statistic = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double difference = static_cast<double>(counts[i]) - expected[i];
    statistic += difference * difference / expected[i];
  }
  const double freedom = static_cast<double>(counts.size()) - 1;
  const double variance = 2 / (9 * freedom);
  return (std::cbrt(statistic / freedom) - (1 - variance)) /
         std::sqrt(variance);
}

// The same, all counts being expected to be equal.
inline double ChiSquareDeviations(const std::vector<std::uint64_t>& counts) {
  double sum = 0;
  for (const std::uint64_t count : counts) sum += static_cast<double>(count);
  return ChiSquareDeviations(
      counts, std::vector<double>(counts.size(),
                                  sum / static_cast<double>(counts.size())));
}

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_DATASETS_SAMPLING_CHI_SQUARE_H_
