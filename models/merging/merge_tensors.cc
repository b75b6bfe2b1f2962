#include "models/merging/merge_tensors.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/merging/merger.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<NamedTensors> MergeTensors(
    const NamedTensors& base, absl::Span<const NamedTensors> adapted,
    const MergeOptions& options) {
  std::vector<MergeInput> inputs;
  for (std::size_t k = 0; k < adapted.size(); ++k) {
    inputs.push_back({absl::StrCat("adapted model ", k), &adapted[k]});
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Merger> merger,
                   Merger::Create({"the base", &base}, std::move(inputs),
                                  options, [](const at::Tensor&) {}));
  NamedTensors merged;
  for (const auto& [name, tensor] : base) {
    ASSIGN_OR_RETURN(at::Tensor value, merger->Merge(name));
    if (value.is_same(tensor)) {
      ASSIGN_OR_RETURN(value,
                       CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
                         return tensor.clone();
                       }));
    }
    merged.emplace(name, std::move(value));
  }
  return merged;
}

}  // namespace culturemert
