// Several sets of tensors under one roof, as in a checkpoint: "parameter.x",
// "first_moment.x".

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_TENSOR_GROUPS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_TENSOR_GROUPS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// Those whose names begin with `prefix`, without it.
NamedTensors WithPrefix(const NamedTensors& tensors, absl::string_view prefix);

// Adds the tensors to `all`, their names behind `prefix`.
void AddPrefixed(const NamedTensors& tensors, absl::string_view prefix,
                 NamedTensors& all);

// Copies the values of `from` into the tensors of `to`, without gradients.
// kInvalidArgument, and nothing is copied, unless names and shapes are the
// same.
absl::Status CopyTensors(const NamedTensors& from, const NamedTensors& to);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_TENSOR_GROUPS_H_
