#include "models/ops/dropout.h"

#include <algorithm>
#include <cmath>

#include "models/ops/dropout_layout.h"
#include "models/ops/vectorized.h"

namespace culturemert {
namespace {

constexpr std::int64_t kBlocks = kDropoutBlocks;
constexpr std::int64_t kColumns = kDropoutColumns;

struct Place {
  std::uint64_t seed;
  std::uint64_t stream;
  std::uint64_t first_block;
};

// The half words of kBlocks blocks, in the order of their columns: Philox4x32
// of philox.h with one array for each word of the counters, so that a vector
// holds one word of all blocks.
CULTUREMERT_INLINE void HalfWords(const Place& place, std::uint16_t* bits) {
  std::uint32_t words[4][kBlocks];
  for (std::int64_t i = 0; i < kBlocks; ++i) {
    const std::uint64_t index = place.first_block + i;
    words[0][i] = static_cast<std::uint32_t>(index);
    words[1][i] = static_cast<std::uint32_t>(index >> 32);
    words[2][i] = static_cast<std::uint32_t>(place.stream);
    words[3][i] = static_cast<std::uint32_t>(place.stream >> 32);
  }
  std::uint32_t key0 = static_cast<std::uint32_t>(place.seed);
  std::uint32_t key1 = static_cast<std::uint32_t>(place.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    for (std::int64_t i = 0; i < kBlocks; ++i) {
      const std::uint64_t product0 = std::uint64_t{0xD2511F53} * words[0][i];
      const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * words[2][i];
      words[0][i] =
          static_cast<std::uint32_t>(product1 >> 32) ^ words[1][i] ^ key0;
      words[1][i] = static_cast<std::uint32_t>(product1);
      words[2][i] =
          static_cast<std::uint32_t>(product0 >> 32) ^ words[3][i] ^ key1;
      words[3][i] = static_cast<std::uint32_t>(product0);
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  for (int word = 0; word < 4; ++word) {
    for (std::int64_t i = 0; i < kBlocks; ++i) {
      bits[2 * word * kBlocks + i] = words[word][i] & 0xffff;
      bits[(2 * word + 1) * kBlocks + i] = words[word][i] >> 16;
    }
  }
}

template <typename T>
CULTUREMERT_INLINE void FactorsBody(Place place, int threshold, T scale,
                                    std::int64_t columns, T* factors) {
  std::uint16_t bits[kColumns];
  for (std::int64_t first = 0; first < columns; first += kColumns) {
    HalfWords(place, bits);
    place.first_block += kBlocks;
    const std::int64_t count = std::min(kColumns, columns - first);
    for (std::int64_t i = 0; i < count; ++i) {
      factors[first + i] = bits[i] < threshold ? T(0) : scale;
    }
  }
}

CULTUREMERT_VECTORIZED void FillFactors(const Place& place, int threshold,
                                        float scale, std::int64_t columns,
                                        float* factors) {
  FactorsBody(place, threshold, scale, columns, factors);
}
CULTUREMERT_VECTORIZED void FillFactors(const Place& place, int threshold,
                                        double scale, std::int64_t columns,
                                        double* factors) {
  FactorsBody(place, threshold, scale, columns, factors);
}

template <typename T>
void RowFactors(const RandomStream& stream, int threshold, double scale,
                std::int64_t row, std::int64_t columns, T* factors) {
  FillFactors({stream.seed(), stream.stream(),
               static_cast<std::uint64_t>(row * DropoutBlocksPerRow(columns))},
              threshold, static_cast<T>(scale), columns, factors);
}

}  // namespace

Dropout::Dropout(double rate, const RandomStream& stream)
    : stream_(stream),
      threshold_(
          std::clamp(static_cast<int>(std::lround(rate * 65536)), 0, 65535)) {}

void Dropout::Factors(std::int64_t row, std::int64_t columns,
                      float* factors) const {
  RowFactors(stream_, threshold_, scale(), row, columns, factors);
}

void Dropout::Factors(std::int64_t row, std::int64_t columns,
                      double* factors) const {
  RowFactors(stream_, threshold_, scale(), row, columns, factors);
}

}  // namespace culturemert
