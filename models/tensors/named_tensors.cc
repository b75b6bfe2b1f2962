#include "models/tensors/named_tensors.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "tools/base/text/nearest_name.h"

namespace culturemert {
namespace {

constexpr std::size_t kShownOfEachKind = 10;

std::string ShapeText(absl::Span<const std::int64_t> shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

// "2 missing tensors: a, b", or nothing.
void AddFindings(absl::string_view kind, const std::vector<std::string>& names,
                 std::vector<std::string>& sentences) {
  if (names.empty()) return;
  const std::size_t shown = std::min(names.size(), kShownOfEachKind);
  std::string sentence = absl::StrCat(
      names.size(), " ", kind, names.size() == 1 ? " tensor: " : " tensors: ",
      absl::StrJoin(names.begin(), names.begin() + shown, ", "));
  if (shown < names.size()) {
    absl::StrAppend(&sentence, " and ", names.size() - shown, " more");
  }
  sentences.push_back(std::move(sentence));
}

}  // namespace

absl::Status CheckTensors(const NamedTensors& tensors,
                          absl::Span<const TensorSpec> expected) {
  std::map<std::string, const TensorSpec*, std::less<>> by_name;
  std::vector<std::string> missing;
  for (const TensorSpec& spec : expected) {
    by_name[spec.name] = &spec;
    if (tensors.count(spec.name) == 0) missing.push_back(spec.name);
  }
  std::vector<std::string> unexpected;
  std::vector<std::string> misshaped;
  std::vector<std::string> mistyped;
  for (const auto& [name, tensor] : tensors) {
    const auto spec = by_name.find(name);
    if (spec == by_name.end()) {
      unexpected.push_back(absl::StrCat(name, DidYouMean(name, missing)));
      continue;
    }
    const at::IntArrayRef shape = tensor.sizes();
    const std::vector<std::int64_t>& wanted = spec->second->shape;
    if (!std::equal(shape.begin(), shape.end(), wanted.begin(), wanted.end())) {
      misshaped.push_back(absl::StrCat(name, " is ",
                                       ShapeText({shape.data(), shape.size()}),
                                       ", expected ", ShapeText(wanted)));
    } else if (!at::isFloatingType(tensor.scalar_type())) {
      mistyped.push_back(
          absl::StrCat(name, " is ", at::toString(tensor.scalar_type())));
    }
  }
  std::vector<std::string> sentences;
  AddFindings("missing", missing, sentences);
  AddFindings("unexpected", unexpected, sentences);
  AddFindings("misshaped", misshaped, sentences);
  AddFindings("not floating-point", mistyped, sentences);
  if (sentences.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(sentences, "; "));
}

}  // namespace culturemert
