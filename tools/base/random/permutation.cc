#include "tools/base/random/permutation.h"

#include <numeric>

namespace culturemert {
namespace {

// The smallest k >= 4 with 2^k >= n.
int DomainBits(std::uint64_t n) {
  int bits = 4;
  while (bits < 64 && (std::uint64_t{1} << bits) < n) ++bits;
  return bits;
}

constexpr std::uint64_t LowBits(int count) {
  return (std::uint64_t{1} << count) - 1;
}

}  // namespace

std::vector<std::uint64_t> Permutation(const RandomStream& stream,
                                       std::uint64_t n) {
  std::vector<std::uint64_t> values(n);
  std::iota(values.begin(), values.end(), std::uint64_t{0});
  Shuffle(stream, absl::MakeSpan(values));
  return values;
}

IndexPermutation::IndexPermutation(const RandomStream& stream, std::uint64_t n)
    : stream_(stream), size_(n) {
  const int bits = DomainBits(n);
  low_bits_ = (bits + 1) / 2;
  low_mask_ = LowBits(low_bits_);
  high_mask_ = LowBits(bits / 2);
}

std::uint64_t IndexPermutation::Forward(std::uint64_t value) const {
  std::uint64_t low = value & low_mask_;
  std::uint64_t high = value >> low_bits_;
  for (int round = 0; round < kRounds; round += 2) {
    high ^= Mix(round, low) & high_mask_;
    low ^= Mix(round + 1, high) & low_mask_;
  }
  return high << low_bits_ | low;
}

std::uint64_t IndexPermutation::Backward(std::uint64_t value) const {
  std::uint64_t low = value & low_mask_;
  std::uint64_t high = value >> low_bits_;
  for (int round = kRounds - 2; round >= 0; round -= 2) {
    low ^= Mix(round + 1, high) & low_mask_;
    high ^= Mix(round, low) & high_mask_;
  }
  return high << low_bits_ | low;
}

std::uint64_t IndexPermutation::At(std::uint64_t index) const {
  if (index >= size_) return index;
  do index = Forward(index);
  while (index >= size_);
  return index;
}

std::uint64_t IndexPermutation::Inverse(std::uint64_t value) const {
  if (value >= size_) return value;
  do value = Backward(value);
  while (value >= size_);
  return value;
}

}  // namespace culturemert
