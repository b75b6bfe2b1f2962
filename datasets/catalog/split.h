// What a recording is for.

#ifndef CULTUREMERT_DATASETS_CATALOG_SPLIT_H_
#define CULTUREMERT_DATASETS_CATALOG_SPLIT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

enum class Split { kTrain, kValid, kTest };

// "train", "valid", "test".
absl::string_view NameOf(Split split);

// The split of that name; kInvalidArgument names the three.
absl::StatusOr<Split> SplitNamed(absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_SPLIT_H_
