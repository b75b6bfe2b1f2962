// culturemert weights export: a MERT checkpoint as a folder that transformers
// opens, with a model card.

#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/weights/export.h"
#include "models/weights/mert_weights.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_FLAG(std::string, model_name, "", "title of the model card");
ABSL_FLAG(std::string, base_model, "",
          "what the weights were derived from, as m-a-p/MERT-v1-95M; empty if "
          "nothing");
ABSL_FLAG(std::string, method, "", "how they were trained, one line");
ABSL_FLAG(std::string, training_data, "", "what on, one line");
ABSL_FLAG(bool, synthetic_data, false,
          "they were trained on rendered audio, not recordings");
ABSL_FLAG(std::string, record_hash, "", "hash of the record of the run");
ABSL_FLAG(std::string, license, "",
          "licence of the weights; without it cc-by-nc-4.0 where there is a "
          "base model");

namespace culturemert {
namespace {

absl::Status CheckFlags(const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_weights).empty()) {
    return UsageError("--weights=PATH is needed");
  }
  if (absl::GetFlag(FLAGS_output).empty()) {
    return UsageError("--output=FOLDER is needed");
  }
  if (absl::GetFlag(FLAGS_model_name).empty()) {
    return UsageError("--model_name=TITLE is needed");
  }
  return absl::OkStatus();
}

ModelProvenance ProvenanceOfFlags() {
  ModelProvenance provenance;
  provenance.name = absl::GetFlag(FLAGS_model_name);
  provenance.base_model = absl::GetFlag(FLAGS_base_model);
  provenance.method = absl::GetFlag(FLAGS_method);
  provenance.data = absl::GetFlag(FLAGS_training_data);
  provenance.audio = absl::GetFlag(FLAGS_synthetic_data)
                         ? HeardAudio::kRendered
                         : HeardAudio::kRecordings;
  provenance.record_hash = absl::GetFlag(FLAGS_record_hash);
  provenance.license = absl::GetFlag(FLAGS_license);
  return provenance;
}

absl::Status RunWeightsExport(const std::vector<std::string>& arguments,
                              std::ostream& out) {
  RETURN_IF_ERROR(CheckFlags(arguments));
  ASSIGN_OR_RETURN(
      const MertCheckpoint checkpoint,
      LoadMertCheckpoint(Files::Real(),
                         ResolveUserPath(absl::GetFlag(FLAGS_weights))));
  const std::string output = ResolveUserPath(absl::GetFlag(FLAGS_output));
  RETURN_IF_ERROR(ExportMert(Files::Real(), output, checkpoint.config,
                             checkpoint.encoder, checkpoint.heads,
                             ProvenanceOfFlags()));
  for (const std::string& note : checkpoint.notes) {
    out << "note: " << Printable(note) << "\n";
  }
  out << "wrote " << Printable(output) << ": " << checkpoint.encoder.size()
      << " tensors of the encoder, " << checkpoint.heads.size()
      << " of the heads\n";
  return absl::OkStatus();
}

const bool registered = RegisterCommand(
    {"weights export",
     "writes a MERT as a folder for transformers, with a model card",
     "--weights=PATH --output=FOLDER --model_name=TITLE [--base_model=NAME] "
     "[--method=TEXT] [--training_data=TEXT] [--synthetic_data] "
     "[--record_hash=HASH] [--license=NAME]",
     {"weights", "output", "model_name", "base_model", "method",
      "training_data", "synthetic_data", "record_hash", "license"},
     &RunWeightsExport});

}  // namespace
}  // namespace culturemert
