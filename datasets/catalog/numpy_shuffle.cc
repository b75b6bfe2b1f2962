#include "datasets/catalog/numpy_shuffle.h"

#include <numeric>
#include <random>
#include <utility>

namespace culturemert {
namespace {

// Uniform in [0, max].
std::uint32_t RandomInterval(std::mt19937& generator, std::uint32_t max) {
  std::uint32_t mask = max;
  for (const int shift : {1, 2, 4, 8, 16}) mask |= mask >> shift;
  std::uint32_t value = 0;
  do {
    value = static_cast<std::uint32_t>(generator()) & mask;
  } while (value > max);
  return value;
}

}  // namespace

std::vector<std::uint32_t> NumpyShuffledIndices(std::uint32_t seed,
                                                std::uint32_t n) {
  std::mt19937 generator(seed);
  std::vector<std::uint32_t> indices(n);
  std::iota(indices.begin(), indices.end(), 0u);
  for (std::uint32_t i = n; i-- > 1;) {
    std::swap(indices[i], indices[RandomInterval(generator, i)]);
  }
  return indices;
}

}  // namespace culturemert
