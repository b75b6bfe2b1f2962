// NumPy's legacy shuffle, for splits that other people's code drew with it. All
// other random numbers of the suite come from tools/base/random.

#ifndef CULTUREMERT_DATASETS_CATALOG_NUMPY_SHUFFLE_H_
#define CULTUREMERT_DATASETS_CATALOG_NUMPY_SHUFFLE_H_

#include <cstdint>
#include <vector>

namespace culturemert {

// [0, n) as numpy.random.seed(seed) and numpy.random.shuffle(list(range(n)))
// leave it: Fisher and Yates' method from the last place down, each partner
// drawn from MT19937 by masking and rejection (numpy/random/mtrand.pyx and
// src/distributions/distributions.c: random_interval; frozen by NEP 19).
std::vector<std::uint32_t> NumpyShuffledIndices(std::uint32_t seed,
                                                std::uint32_t n);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_NUMPY_SHUFFLE_H_
