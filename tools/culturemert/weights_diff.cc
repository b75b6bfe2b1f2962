// culturemert weights diff: how far two checkpoints are from each other, tensor
// by tensor, whatever files they come in.

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/weights_model.h"

namespace culturemert {
namespace {

struct Difference {
  std::string name;
  double max_abs = 0;   // the largest |a - b|
  double relative = 0;  // |a - b| / |a|, Euclidean; of a zero tensor |a - b|
};

absl::StatusOr<Difference> Compare(const std::string& name, const at::Tensor& a,
                                   const at::Tensor& b) {
  return CatchTorchErrors([&]() -> absl::StatusOr<Difference> {
    const at::Tensor before = a.to(at::kDouble);
    const at::Tensor change = b.to(at::kDouble).sub(before);
    Difference difference{name};
    if (change.numel() == 0) return difference;
    difference.max_abs = change.abs().max().item<double>();
    const double norm = before.norm().item<double>();
    difference.relative =
        change.norm().item<double>() / (norm > 0 ? norm : 1.0);
    return difference;
  });
}

// Lists tensors that one of them lacks or has in another shape; how many.
std::size_t PrintUnlike(const ModelWeights& a, const ModelWeights& b,
                        std::ostream& out) {
  std::size_t count = 0;
  for (const auto& [name, tensor] : a.tensors) {
    const auto other = b.tensors.find(name);
    if (other == b.tensors.end()) {
      out << "only in the first:  " << name << "\n";
    } else if (other->second.sizes() != tensor.sizes()) {
      out << "of another shape:   " << name << "\n";
    } else {
      continue;
    }
    ++count;
  }
  for (const auto& [name, tensor] : b.tensors) {
    if (a.tensors.count(name) > 0) continue;
    out << "only in the second: " << name << "\n";
    ++count;
  }
  return count;
}

absl::StatusOr<std::vector<Difference>> CompareAll(const ModelWeights& a,
                                                   const ModelWeights& b) {
  std::vector<Difference> differences;
  for (const auto& [name, tensor] : a.tensors) {
    const auto other = b.tensors.find(name);
    if (other == b.tensors.end() || other->second.sizes() != tensor.sizes()) {
      continue;
    }
    ASSIGN_OR_RETURN(Difference difference,
                     Compare(name, tensor, other->second));
    // Not a number counts as a difference.
    if (difference.max_abs == 0) continue;
    differences.push_back(std::move(difference));
  }
  std::stable_sort(differences.begin(), differences.end(),
                   [](const Difference& first, const Difference& second) {
                     return first.relative > second.relative;
                   });
  return differences;
}

absl::Status RunWeightsDiff(const std::vector<std::string>& arguments,
                            std::ostream& out) {
  if (arguments.size() != 2) {
    return UsageError("name two checkpoints to compare");
  }
  ASSIGN_OR_RETURN(
      const ModelWeights a,
      LoadModelWeights(Files::Real(), ResolveUserPath(arguments[0])));
  ASSIGN_OR_RETURN(
      const ModelWeights b,
      LoadModelWeights(Files::Real(), ResolveUserPath(arguments[1])));
  const std::size_t unlike = PrintUnlike(a, b, out);
  ASSIGN_OR_RETURN(const std::vector<Difference> differences, CompareAll(a, b));
  if (unlike == 0 && differences.empty()) {
    out << "the same: " << a.tensors.size() << " tensors\n";
    return absl::OkStatus();
  }
  if (!differences.empty()) out << "relative   largest    tensor\n";
  for (const Difference& difference : differences) {
    out << absl::StrFormat("%-9.3g  %-9.3g  %s\n", difference.relative,
                           difference.max_abs, difference.name);
  }
  return absl::FailedPreconditionError(
      absl::StrCat(Printable(arguments[0]), " and ", Printable(arguments[1]),
                   " differ: ", differences.size(), " of ", a.tensors.size(),
                   " tensors in values, ", unlike, " in name or shape"));
}

const bool registered = RegisterCommand(
    {"weights diff",
     "compares two checkpoints tensor by tensor; exit code 1 if they differ",
     "FIRST SECOND",
     {},
     &RunWeightsDiff});

}  // namespace
}  // namespace culturemert
