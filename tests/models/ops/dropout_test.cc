#include "models/ops/dropout.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "models/ops/dropout_layout.h"
#include "tools/base/random/philox.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

// As the header defines it, element by element.
bool IsDropped(const RandomStream& stream, int threshold, std::int64_t row,
               std::int64_t column, std::int64_t columns) {
  const std::uint64_t block =
      row * 16 * ((columns + 127) / 128) + column / 128 * 16 + column % 16;
  const int half_word = static_cast<int>(column % 128 / 16);
  const PhiloxBlock bits = PhiloxBits(stream.seed(), stream.stream(), block);
  const int value = bits.word[half_word / 2] >> (16 * (half_word % 2)) & 0xffff;
  return value < threshold;
}

TEST(DropoutTest, DropsWhatItsDefinitionDropsInFloatAndDouble) {
  const RandomStream stream(0x123456789abcdef0, 0xfedcba9876543210);
  const Dropout dropout(0.25, stream);
  for (const std::int64_t columns : {1, 15, 16, 127, 128, 129, 374}) {
    std::vector<float> floats(columns);
    std::vector<double> doubles(columns);
    for (std::int64_t row = 0; row < 20; ++row) {
      dropout.Factors(row, columns, floats.data());
      dropout.Factors(row, columns, doubles.data());
      for (std::int64_t c = 0; c < columns; ++c) {
        const double expected =
            IsDropped(stream, 16384, row, c, columns) ? 0 : dropout.scale();
        ASSERT_EQ(doubles[c], expected) << row << " " << c;
        ASSERT_EQ(floats[c], static_cast<float>(expected)) << row << " " << c;
      }
    }
  }
}

TEST(DropoutTest, KeepsTheMeanAndDropsItsRate) {
  const Dropout dropout(0.1, RandomStream(1, 2));
  constexpr std::int64_t kColumns = 1 << 18;
  std::vector<double> factors(kColumns);
  dropout.Factors(0, kColumns, factors.data());
  double kept = 0;
  double total = 0;
  for (const double factor : factors) {
    kept += factor > 0;
    total += factor;
  }
  // Five standard deviations.
  const double tolerance = 5 * std::sqrt(0.09 / kColumns);
  EXPECT_NEAR(kept / kColumns, 0.9, tolerance);
  EXPECT_NEAR(total / kColumns, 1, 1.2 * tolerance);
}

TEST(DropoutTest, ARateOfZeroDropsNothing) {
  const Dropout dropout;
  EXPECT_FALSE(dropout.drops());
  EXPECT_EQ(dropout.scale(), 1);
  std::vector<float> factors(1000);
  dropout.Factors(3, 1000, factors.data());
  EXPECT_EQ(factors, std::vector<float>(1000, 1.0f));
}

// As a GPU does it: block by block of random bits.
TEST(DropoutLayoutTest, BlocksTogetherDecideAsRowsDo) {
  const RandomStream stream(3, 4);
  const Dropout dropout(0.3, stream);
  constexpr std::int64_t kRows = 5;
  for (const std::int64_t columns : {1, 15, 16, 17, 127, 128, 129, 374}) {
    const std::vector<float> x(kRows * columns, 1.0f);
    std::vector<float> found(kRows * columns, -1.0f);
    const DropoutRule<float> rule = {
        stream.seed(), stream.stream(), dropout.threshold(),
        static_cast<float>(dropout.scale()), columns};
    const std::int64_t blocks = kRows * DropoutBlocksPerRow(columns);
    for (std::int64_t block = 0; block < blocks; ++block) {
      DropByBlock(rule, block, x.data(), found.data());
    }
    std::vector<float> expected(kRows * columns);
    for (std::int64_t row = 0; row < kRows; ++row) {
      dropout.Factors(row, columns, expected.data() + row * columns);
    }
    EXPECT_EQ(found, expected) << columns;
  }
}

TEST(BatchDropoutTest, RowsBelongToTheirClips) {
  BatchDropout batch;
  batch.rows_per_clip = 4;
  batch.clips.emplace_back(0.5, RandomStream(1, 1));
  batch.clips.emplace_back(0.5, RandomStream(2, 1));
  std::vector<float> found(100);
  std::vector<float> expected(100);
  batch.Factors(6, 100, found.data());
  batch.clips[1].Factors(2, 100, expected.data());
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace culturemert
