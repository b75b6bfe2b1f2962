// Random numbers by place instead of by order: every value is a pure function
// of (seed, stream, index), the same on every machine, whichever thread asks
// and whatever was asked before.
//
//   const RandomStream dropout(seed, StreamId("dropout"));
//   const RandomStream here = dropout.Substream(step, sample);
//   if (here.UniformFloat(unit) < rate) ...
//
// Each index owns one 128-bit block of Philox4x32-10 (philox.h). Values at
// different indices, streams or seeds are independent whatever their kinds;
// values of different kinds at one index are made of the same bits.

#ifndef CULTUREMERT_TOOLS_BASE_RANDOM_RANDOM_STREAM_H_
#define CULTUREMERT_TOOLS_BASE_RANDOM_RANDOM_STREAM_H_

#include <cstdint>

#include "absl/numeric/int128.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/random/philox.h"

namespace culturemert {

// The number of the stream called `name`: its 64-bit FNV-1a hash, so that
// adding a stream renumbers no other.
constexpr std::uint64_t StreamId(absl::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char character : name) {
    hash ^= static_cast<unsigned char>(character);
    hash *= 0x100000001b3;
  }
  return hash;
}

// A value type of 16 bytes; all members are safe to call from any thread.
class RandomStream {
 public:
  constexpr RandomStream(std::uint64_t seed, std::uint64_t stream)
      : seed_(seed), stream_(stream) {}

  constexpr std::uint64_t seed() const { return seed_; }
  constexpr std::uint64_t stream() const { return stream_; }

  // The stream of one element of this one, as of one step or one sample. Its
  // seed and stream are the low and high half of the block at `id` under the
  // key seed ^ StreamId("substream"): 128 bits, so that even among 10^12
  // substreams two are the same with a chance below 10^-14.
  constexpr RandomStream Substream(std::uint64_t id) const {
    constexpr std::uint64_t kKey = StreamId("substream");
    const PhiloxBlock block = PhiloxBits(seed_ ^ kKey, stream_, id);
    return RandomStream(LowHalf(block), HighHalf(block));
  }
  // Substream(first).Substream(second).
  constexpr RandomStream Substream(std::uint64_t first,
                                   std::uint64_t second) const {
    return Substream(first).Substream(second);
  }

  // 32 or 64 random bits: the lowest of the block.
  constexpr std::uint32_t Bits32(std::uint64_t index) const {
    return PhiloxBits(seed_, stream_, index).word[0];
  }
  constexpr std::uint64_t Bits64(std::uint64_t index) const {
    return LowHalf(PhiloxBits(seed_, stream_, index));
  }

  // Uniform in [0, 1): one of the 2^53 multiples of 2^-53.
  constexpr double UniformDouble(std::uint64_t index) const {
    return UniformDoubleOfBits(Bits64(index));
  }

  // Uniform in [0, 1): one of the 2^24 multiples of 2^-24.
  constexpr float UniformFloat(std::uint64_t index) const {
    return UniformFloatOfBits(Bits32(index));
  }

  // Uniform in [0, bound), bound >= 1 (0 gives 0): the upper half of the
  // 128-bit product of 64 random bits and `bound`. The probability of each
  // value differs from 1 / bound by less than 2^-64, a relative bias below
  // bound / 2^64.
  std::uint64_t UniformInt(std::uint64_t index, std::uint64_t bound) const {
    return absl::Uint128High64(absl::uint128(Bits64(index)) * bound);
  }

  // Standard normal (mean 0, variance 1) by Box and Muller's transform
  //   sqrt(-2 ln u) cos(2 pi v)
  // with u in (0, 1] from the low and v in [0, 1) from the high half of the
  // block, 53 bits each; so |value| <= sqrt(106 ln 2) < 8.58. Logarithm and
  // cosine are computed here from IEEE-754 basic operations alone, so that the
  // bits do not depend on the C library; the value is within 10^-14 of the
  // exact transform.
  double Normal(std::uint64_t index) const;

  // out[i] = UniformFloat(first_index + i).
  void FillUniform(absl::Span<float> out, std::uint64_t first_index) const;

  // out[i] = static_cast<float>(Normal(first_index + i)).
  void FillNormal(absl::Span<float> out, std::uint64_t first_index) const;

 private:
  static constexpr std::uint64_t LowHalf(const PhiloxBlock& block) {
    return block.word[0] | static_cast<std::uint64_t>(block.word[1]) << 32;
  }
  static constexpr std::uint64_t HighHalf(const PhiloxBlock& block) {
    return block.word[2] | static_cast<std::uint64_t>(block.word[3]) << 32;
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_RANDOM_RANDOM_STREAM_H_
