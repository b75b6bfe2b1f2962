// The tensors of a model by name, and the check that they are the ones it
// needs.

#ifndef CULTUREMERT_MODELS_TENSORS_NAMED_TENSORS_H_
#define CULTUREMERT_MODELS_TENSORS_NAMED_TENSORS_H_

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/tensors/tensor_spec.h"

namespace culturemert {

// Sorted by name, so that going through it, and what is written from it, does
// not depend on where it came from.
using NamedTensors = std::map<std::string, at::Tensor, std::less<>>;

// OK if `tensors` are exactly those of `expected`: none missing, none besides,
// each of its shape and of a floating-point type. Otherwise kInvalidArgument
// that lists all that are wrong (the first ten of each kind, and how many
// more), with the shapes found and expected; for an unexpected name, the
// missing one it is nearest to.
absl::Status CheckTensors(const NamedTensors& tensors,
                          absl::Span<const TensorSpec> expected);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_TENSORS_NAMED_TENSORS_H_
