// Tensors of reproducible random numbers.

#ifndef CULTUREMERT_TESTS_MODELS_PRETRAINING_RANDOM_TENSORS_H_
#define CULTUREMERT_TESTS_MODELS_PRETRAINING_RANDOM_TENSORS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace culturemert {

// Standard normal, on the CPU; `seed` tells one tensor from another.
at::Tensor NormalTensor(at::IntArrayRef shape, std::uint64_t seed,
                        c10::ScalarType dtype);

// int64, uniform in [0, bound).
at::Tensor IntegerTensor(at::IntArrayRef shape, std::uint64_t seed,
                         std::int64_t bound);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_MODELS_PRETRAINING_RANDOM_TENSORS_H_
