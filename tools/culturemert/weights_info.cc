// culturemert weights info: what checkpoints hold.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/weights_model.h"

namespace culturemert {
namespace {

constexpr std::size_t kShownIgnored = 8;

// "encoder.layers.3" of "encoder.layers.3.attention.k_proj.bias"; for other
// tensors the first part of the name.
std::string GroupOf(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '.');
  const bool is_layer =
      parts.size() > 3 && parts[0] == "encoder" && parts[1] == "layers";
  return is_layer ? absl::StrJoin(parts.begin(), parts.begin() + 3, ".")
                  : parts[0];
}

void PrintGroups(const NamedTensors& tensors, std::ostream& out) {
  std::map<std::string, std::int64_t> counts;
  std::int64_t total = 0;
  for (const auto& [name, tensor] : tensors) {
    counts[GroupOf(name)] += tensor.numel();
    total += tensor.numel();
  }
  out << "  " << FormatCount(total, Charset::kAscii) << " parameters in "
      << tensors.size() << " tensors:\n";
  // Layers are of one size each: one line for all of them.
  std::int64_t layers = 0;
  std::int64_t in_layers = 0;
  for (const auto& [group, count] : counts) {
    if (absl::StartsWith(group, "encoder.layers.")) {
      ++layers;
      in_layers += count;
      continue;
    }
    out << "    " << group << "  " << FormatCount(count, Charset::kAscii)
        << "\n";
  }
  if (layers > 0) {
    out << "    encoder.layers (" << layers << ")  "
        << FormatCount(in_layers, Charset::kAscii) << "\n";
  }
}

// As PyTorch's users write it.
absl::string_view TypeName(at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return "float64";
    case at::kFloat:
      return "float32";
    case at::kHalf:
      return "float16";
    case at::kBFloat16:
      return "bfloat16";
    default:
      return at::toString(type);
  }
}

void PrintTensors(const NamedTensors& tensors, std::ostream& out) {
  std::size_t width = 0;
  for (const auto& [name, tensor] : tensors) {
    width = std::max(width, name.size());
  }
  for (const auto& [name, tensor] : tensors) {
    out << "  " << name << std::string(width - name.size() + 2, ' ') << "["
        << absl::StrJoin(tensor.sizes(), ", ") << "] "
        << TypeName(tensor.scalar_type()) << "\n";
  }
}

void PrintWeights(const std::string& argument, const ModelWeights& weights,
                  std::ostream& out) {
  out << Printable(argument) << "\n  " << weights.model << ": " << weights.shape
      << "\n  " << weights.format << ", " << weights.paths.size()
      << (weights.paths.size() == 1 ? " file" : " files")
      << ", names of the dialect " << weights.dialect << "\n";
  for (const std::string& note : weights.notes) {
    out << "  note: " << Printable(note) << "\n";
  }
  if (!weights.ignored.empty()) {
    const std::size_t shown = std::min(weights.ignored.size(), kShownIgnored);
    out << "  " << weights.ignored.size() << " tensors knowingly left out: "
        << Printable(absl::StrJoin(weights.ignored.begin(),
                                   weights.ignored.begin() + shown, ", "))
        << (shown < weights.ignored.size() ? ", ..." : "") << "\n";
  }
  PrintGroups(weights.tensors, out);
  PrintTensors(weights.tensors, out);
}

absl::Status RunWeightsInfo(const std::vector<std::string>& arguments,
                            std::ostream& out) {
  if (arguments.empty()) {
    return UsageError("name at least one checkpoint: a file or a folder");
  }
  for (const std::string& argument : arguments) {
    ASSIGN_OR_RETURN(
        const ModelWeights weights,
        LoadModelWeights(Files::Real(), ResolveUserPath(argument)));
    PrintWeights(argument, weights, out);
  }
  return absl::OkStatus();
}

const bool registered =
    RegisterCommand({"weights info",
                     "shows model, shape, origin and tensors of checkpoints",
                     "PATH...",
                     {},
                     &RunWeightsInfo});

}  // namespace
}  // namespace culturemert
