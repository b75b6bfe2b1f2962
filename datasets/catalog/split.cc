#include "datasets/catalog/split.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/base/text/utf8.h"

namespace culturemert {

absl::string_view NameOf(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValid:
      return "valid";
    case Split::kTest:
      return "test";
  }
  return "";
}

absl::StatusOr<Split> SplitNamed(absl::string_view name) {
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    if (name == NameOf(split)) return split;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("found the split ", QuoteForMessage(name),
                   ", expected \"train\", \"valid\" or \"test\""));
}

}  // namespace culturemert
