#include "models/merging/merge_options.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

absl::Status OutOfRange(absl::string_view name, double value,
                        absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is ", value, ", expected ", expected));
}

absl::Status CheckModels(MergeMethod method, std::size_t models) {
  if (method == MergeMethod::kSlerp && models != 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        "spherical interpolation takes two adapted models, not ", models));
  }
  if (models == 0) {
    return absl::InvalidArgumentError("no adapted model to merge");
  }
  return absl::OkStatus();
}

}  // namespace

void MergeOptions::Describe(ConfigSchema<MergeOptions>& schema) {
  schema.Struct("MergeOptions", "How adapted models are merged into one.");
  schema.Field("method", &MergeOptions::method,
               "How the models are put together.");
  schema.Field("scale", &MergeOptions::scale,
               "The factor of the summed task vectors (lambda); for "
               "task_arithmetic, ties and dare.");
  schema
      .Field("density", &MergeOptions::density,
             "The part of each task vector that ties keeps: its elements of "
             "largest magnitude.")
      .Above(0)
      .AtMost(1);
  schema
      .Field("drop_rate", &MergeOptions::drop_rate,
             "The part of each task vector's elements that dare drops.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("interpolation", &MergeOptions::interpolation,
             "How far slerp goes from the first model (0) to the second (1).")
      .AtLeast(0)
      .AtMost(1);
  schema.Field("seed", &MergeOptions::seed,
               "What dare's choice of elements is a pure function of.");
}

absl::Status CheckMergeOptions(const MergeOptions& options,
                               std::size_t models) {
  if (absl::Status status = CheckModels(options.method, models); !status.ok()) {
    return status;
  }
  if (!std::isfinite(options.scale)) {
    return OutOfRange("scale", options.scale, "a finite number");
  }
  if (!(options.density > 0 && options.density <= 1)) {
    return OutOfRange("density", options.density, "above 0 and at most 1");
  }
  // Below 1 as the float that is computed with, too.
  if (!(options.drop_rate >= 0 &&
        static_cast<float>(options.drop_rate) < 1.0f)) {
    return OutOfRange("drop_rate", options.drop_rate, "0 to below 1");
  }
  if (!(options.interpolation >= 0 && options.interpolation <= 1)) {
    return OutOfRange("interpolation", options.interpolation, "0 to 1");
  }
  return absl::OkStatus();
}

}  // namespace culturemert
