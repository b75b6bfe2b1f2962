#include "datasets/catalog/facts.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace culturemert {

const Variant* FindVariant(const DatasetFacts& facts, absl::string_view name) {
  for (const Variant& variant : facts.variants) {
    if (name.empty() || variant.name == name) return &variant;
  }
  return nullptr;
}

std::string HowToGet(const DatasetFacts& facts) {
  std::string text =
      absl::StrCat("how to get ", facts.title, ": ", facts.request, "\n",
                   "licence: ", facts.licence, "\n", "expected below ",
                   facts.name, "/ of the data root:\n");
  for (const absl::string_view line :
       absl::StrSplit(facts.layout, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, "  ", line, "\n");
  }
  return text;
}

}  // namespace culturemert
