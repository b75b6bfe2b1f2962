#include "tests/models/pretraining/random_tensors.h"

#include <ATen/ops/empty.h>

#include "tools/base/random/random_stream.h"

namespace culturemert {

at::Tensor NormalTensor(at::IntArrayRef shape, std::uint64_t seed,
                        c10::ScalarType dtype) {
  const RandomStream stream(seed, StreamId("normal tensor"));
  at::Tensor tensor = at::empty(shape, at::kDouble);
  double* values = tensor.mutable_data_ptr<double>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = stream.Normal(static_cast<std::uint64_t>(i));
  }
  return tensor.to(dtype);
}

at::Tensor IntegerTensor(at::IntArrayRef shape, std::uint64_t seed,
                         std::int64_t bound) {
  const RandomStream stream(seed, StreamId("integer tensor"));
  at::Tensor tensor = at::empty(shape, at::kLong);
  std::int64_t* values = tensor.mutable_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<std::int64_t>(stream.UniformInt(
        static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(bound)));
  }
  return tensor;
}

}  // namespace culturemert
