// culturemert weights convert: any checkpoint as one safetensors file with the
// suite's names.

#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/weights/safetensors.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"
#include "tools/culturemert/weights_model.h"

namespace culturemert {
namespace {

absl::Status RunWeightsConvert(const std::vector<std::string>& arguments,
                               std::ostream& out) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_weights).empty()) {
    return UsageError("--weights=PATH is needed");
  }
  if (!absl::EndsWith(absl::GetFlag(FLAGS_output), ".safetensors")) {
    return UsageError("--output=FILE.safetensors is needed");
  }
  ASSIGN_OR_RETURN(
      ModelWeights weights,
      LoadModelWeights(Files::Real(),
                       ResolveUserPath(absl::GetFlag(FLAGS_weights))));
  weights.metadata["format"] = "pt";
  const std::string output = ResolveUserPath(absl::GetFlag(FLAGS_output));
  RETURN_IF_ERROR(WriteSafetensors(Files::Real(), output, weights.tensors,
                                   weights.metadata));
  for (const std::string& note : weights.notes) {
    out << "note: " << Printable(note) << "\n";
  }
  out << "wrote " << Printable(output) << ": " << weights.model << ", "
      << weights.tensors.size() << " tensors; " << weights.ignored.size()
      << " knowingly left out\n";
  return absl::OkStatus();
}

const bool registered = RegisterCommand(
    {"weights convert",
     "writes any checkpoint as a safetensors file with the suite's names",
     "--weights=PATH --output=FILE.safetensors",
     {"weights", "output"},
     &RunWeightsConvert});

}  // namespace
}  // namespace culturemert
