#include "experiments/training/tensor_groups.h"

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

NamedTensors WithPrefix(const NamedTensors& tensors, absl::string_view prefix) {
  NamedTensors found;
  for (const auto& [name, tensor] : tensors) {
    absl::string_view rest = name;
    if (absl::ConsumePrefix(&rest, prefix)) found[std::string(rest)] = tensor;
  }
  return found;
}

void AddPrefixed(const NamedTensors& tensors, absl::string_view prefix,
                 NamedTensors& all) {
  for (const auto& [name, tensor] : tensors) {
    all[absl::StrCat(prefix, name)] = tensor;
  }
}

absl::Status CopyTensors(const NamedTensors& from, const NamedTensors& to) {
  std::vector<TensorSpec> expected;
  for (const auto& [name, tensor] : to) {
    expected.push_back({name, tensor.sizes().vec()});
  }
  RETURN_IF_ERROR(CheckTensors(from, expected));
  return CatchTorchErrors([&]() -> absl::Status {
    const c10::NoGradGuard no_grad;
    for (const auto& [name, tensor] : to) {
      at::Tensor target = tensor;
      target.copy_(from.at(name));
    }
    return absl::OkStatus();
  });
}

}  // namespace culturemert
