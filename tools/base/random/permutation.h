// Random orders of [0, n): a drawn one held in memory, and one that is computed
// place by place for an n of any size.

#ifndef CULTUREMERT_TOOLS_BASE_RANDOM_PERMUTATION_H_
#define CULTUREMERT_TOOLS_BASE_RANDOM_PERMUTATION_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// Puts `values` in random order by Fisher and Yates' method: for i from the
// last place down to 1, place i is swapped with place
// stream.UniformInt(i, i + 1). Every order has the same chance, but for
// UniformInt's bias. Uses the indices 1 to size - 1 of `stream`.
template <typename T>
void Shuffle(const RandomStream& stream, absl::Span<T> values) {
  for (std::uint64_t i = values.size(); i-- > 1;) {
    using std::swap;
    swap(values[i], values[stream.UniformInt(i, i + 1)]);
  }
}

// [0, n) in the order that Shuffle gives; 8 n bytes of memory.
std::vector<std::uint64_t> Permutation(const RandomStream& stream,
                                       std::uint64_t n);

// A permutation of [0, n) in constant memory, for shuffling 10^9 segments:
// place and inverse each take less than a microsecond.
//
// A 16-round Feistel network permutes the smallest domain of 2^k >= n numbers
// (k >= 4), its halves of k / 2 and (k + 1) / 2 bits; round r maps half h to
// stream.Bits64(2^32 r + h). Numbers outside [0, n) are permuted again until
// they fall inside (cycle walking: Black and Rogaway, "Ciphers with arbitrary
// finite domains", CT-RSA 2002), for n >= 8 in at most two passes on average.
// Places and pairs of places go everywhere equally often, but not all n! orders
// are reached; where n is small and that matters, use Permutation.
class IndexPermutation {
 public:
  IndexPermutation(const RandomStream& stream, std::uint64_t n);

  std::uint64_t size() const { return size_; }

  // The number at place `index`; an index outside [0, n) stays as it is.
  std::uint64_t At(std::uint64_t index) const;

  // The place of `value`: Inverse(At(i)) == i for every i.
  std::uint64_t Inverse(std::uint64_t value) const;

 private:
  static constexpr int kRounds = 16;

  // The round function.
  std::uint64_t Mix(int round, std::uint64_t half) const {
    return stream_.Bits64(static_cast<std::uint64_t>(round) << 32 | half);
  }

  // One pass through the network, and back.
  std::uint64_t Forward(std::uint64_t value) const;
  std::uint64_t Backward(std::uint64_t value) const;

  RandomStream stream_;
  std::uint64_t size_;
  int low_bits_;
  std::uint64_t low_mask_;
  std::uint64_t high_mask_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_RANDOM_PERMUTATION_H_
