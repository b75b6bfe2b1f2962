// Philox4x32-10, the counter-based random generator of Salmon, Moraes, Dror and
// Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). It has no
// state: 128 random bits are a pure function of a 128-bit counter and a 64-bit
// key, so any thread, rank or resumed run gets the same bits for the same
// place.
//
// Nothing here needs a library, so that CUDA kernels use this very code. Hosts
// use the class RandomStream of random_stream.h.

#ifndef CULTUREMERT_TOOLS_BASE_RANDOM_PHILOX_H_
#define CULTUREMERT_TOOLS_BASE_RANDOM_PHILOX_H_

#include <cstdint>

#ifdef __CUDACC__
#define CULTUREMERT_HOST_DEVICE __host__ __device__
#else
#define CULTUREMERT_HOST_DEVICE
#endif

namespace culturemert {

// A counter, or the 128 random bits made of it; word[0] is the least
// significant.
struct PhiloxBlock {
  std::uint32_t word[4];
};

struct PhiloxKey {
  std::uint32_t word[2];
};

// The random bits of `counter` under `key`: ten rounds, as in the paper.
CULTUREMERT_HOST_DEVICE constexpr PhiloxBlock Philox4x32(PhiloxBlock counter,
                                                         PhiloxKey key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
  constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter.word[0];
    const std::uint64_t product1 = kMultiplier1 * counter.word[2];
    counter = {{static_cast<std::uint32_t>(product1 >> 32) ^ counter.word[1] ^
                    key.word[0],
                static_cast<std::uint32_t>(product1),
                static_cast<std::uint32_t>(product0 >> 32) ^ counter.word[3] ^
                    key.word[1],
                static_cast<std::uint32_t>(product0)}};
    key.word[0] += kWeyl0;
    key.word[1] += kWeyl1;
  }
  return counter;
}

// How this project forms counters and keys. The key is the seed; the counter's
// low half is the index and its high half the stream, low words first. Two
// different triples (seed, stream, index) never share key and counter.
CULTUREMERT_HOST_DEVICE constexpr PhiloxBlock PhiloxBits(std::uint64_t seed,
                                                         std::uint64_t stream,
                                                         std::uint64_t index) {
  return Philox4x32({{static_cast<std::uint32_t>(index),
                      static_cast<std::uint32_t>(index >> 32),
                      static_cast<std::uint32_t>(stream),
                      static_cast<std::uint32_t>(stream >> 32)}},
                    {{static_cast<std::uint32_t>(seed),
                      static_cast<std::uint32_t>(seed >> 32)}});
}

// The upper 24 bits of `bits` as a multiple of 2^-24 in [0, 1).
CULTUREMERT_HOST_DEVICE constexpr float UniformFloatOfBits(std::uint32_t bits) {
  return static_cast<float>(bits >> 8) * 0x1p-24f;
}

// The upper 53 bits of `bits` as a multiple of 2^-53 in [0, 1).
CULTUREMERT_HOST_DEVICE constexpr double UniformDoubleOfBits(
    std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_RANDOM_PHILOX_H_
