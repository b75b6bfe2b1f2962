#include "tools/culturemert/command.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/cord.h"

namespace culturemert {
namespace {

constexpr char kUsagePayload[] = "culturemert/usage";

std::vector<Command>& Registry() {
  static auto& registry = *new std::vector<Command>();
  return registry;
}

}  // namespace

bool RegisterCommand(Command command) {
  std::vector<Command>& registry = Registry();
  const auto place = std::lower_bound(
      registry.begin(), registry.end(), command,
      [](const Command& a, const Command& b) { return a.name < b.name; });
  if (place != registry.end() && place->name == command.name) {
    std::fprintf(stderr, "command '%s' is registered twice\n",
                 command.name.c_str());
    std::abort();
  }
  registry.insert(place, std::move(command));
  return true;
}

const std::vector<Command>& Commands() { return Registry(); }

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsagePayload, absl::Cord());
  return status;
}

bool IsUsageError(const absl::Status& status) {
  return status.GetPayload(kUsagePayload).has_value();
}

}  // namespace culturemert
