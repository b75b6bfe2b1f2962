#include "experiments/artifacts/action.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace culturemert {

absl::StatusOr<std::string> ActionContext::Input(absl::string_view name) const {
  const auto found = inputs.find(std::string(name));
  if (found != inputs.end()) return found->second;
  return absl::InternalError(absl::StrCat(
      label, ": the plan gives this action no input \"", name, "\""));
}

std::unique_ptr<Progress> ActionContext::NewProgress(
    const ProgressUnit& unit, std::optional<double> total) const {
  ProgressOptions options;
  options.label = label;
  options.unit = unit;
  options.total = total;
  options.is_quiet = is_quiet;
  options.console = console;
  return std::make_unique<Progress>(std::move(options));
}

}  // namespace culturemert
