// Which random bits decide about which element (dropout.h), and dropout of the
// elements that one block of random bits decides about: what a thread of a
// CUDA kernel does, and testable on any machine. Free of LibTorch and Abseil.

#ifndef CULTUREMERT_MODELS_OPS_DROPOUT_LAYOUT_H_
#define CULTUREMERT_MODELS_OPS_DROPOUT_LAYOUT_H_

#include <cstdint>

#include "tools/base/random/philox.h"

namespace culturemert {

// A block has 128 bits: 8 half words. 16 blocks are decided about 128 columns;
// half word h of the i-th of them is column 16 h + i.
inline constexpr int kDropoutHalfWords = 8;
inline constexpr int kDropoutBlocks = 16;
inline constexpr int kDropoutColumns = kDropoutHalfWords * kDropoutBlocks;

// How many blocks a row owns. Row r's are r * DropoutBlocksPerRow and
// following.
CULTUREMERT_HOST_DEVICE constexpr std::int64_t DropoutBlocksPerRow(
    std::int64_t columns) {
  return (columns + kDropoutColumns - 1) / kDropoutColumns * kDropoutBlocks;
}

// The column that a half word of a row's block decides about; there may be no
// such column.
CULTUREMERT_HOST_DEVICE constexpr std::int64_t DropoutColumn(std::int64_t block,
                                                             int half_word) {
  return block / kDropoutBlocks * kDropoutColumns + half_word * kDropoutBlocks +
         block % kDropoutBlocks;
}

CULTUREMERT_HOST_DEVICE constexpr int DropoutHalfWord(const PhiloxBlock& bits,
                                                      int half_word) {
  return static_cast<int>(bits.word[half_word / 2] >> (16 * (half_word % 2)) &
                          0xffff);
}

// What Dropout::Factors is a function of, for a matrix of `columns`.
// Elements whose half word is less than `threshold` are dropped.
template <typename Factor>
struct DropoutRule {
  std::uint64_t seed;
  std::uint64_t stream;
  int threshold;
  Factor scale;
  std::int64_t columns;
};

// out = x times its factor, for the up to 8 elements of one clip's matrix that
// the block at `index` of its stream decides about. The product is taken in
// type Factor and rounded to T once. `out` may be `x`.
template <typename T, typename Factor>
CULTUREMERT_HOST_DEVICE void DropByBlock(const DropoutRule<Factor>& rule,
                                         std::int64_t index, const T* x,
                                         T* out) {
  const std::int64_t blocks_per_row = DropoutBlocksPerRow(rule.columns);
  const std::int64_t row = index / blocks_per_row;
  const std::int64_t block = index % blocks_per_row;
  const PhiloxBlock bits =
      PhiloxBits(rule.seed, rule.stream, static_cast<std::uint64_t>(index));
  for (int i = 0; i < kDropoutHalfWords; ++i) {
    const std::int64_t column = DropoutColumn(block, i);
    if (column >= rule.columns) return;  // Columns increase with i.
    const std::int64_t place = row * rule.columns + column;
    const Factor factor =
        DropoutHalfWord(bits, i) < rule.threshold ? Factor(0) : rule.scale;
    out[place] = static_cast<T>(static_cast<Factor>(x[place]) * factor);
  }
}

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_DROPOUT_LAYOUT_H_
