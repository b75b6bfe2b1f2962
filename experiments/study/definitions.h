// The experiments' definitions, in layers.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_DEFINITIONS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_DEFINITIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/study/experiment_config.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Built-in defaults < models/models.json < profiles/<profile>.json <
// <experiment>.json < files, in order < settings ("path=value"), in order.
struct DefinitionSource {
  std::string folder;  // experiments/configs
  std::string profile = "mini";
  std::vector<std::string> files;
  std::vector<std::string> settings;
};

struct Study {
  std::string experiment;
  ExperimentConfig config;
};

// The experiment, or those that it includes. kNotFound for an unknown
// experiment or profile, with the names there are; kInvalidArgument, naming
// file and line, for a definition or setting that does not fit.
absl::StatusOr<std::vector<Study>> LoadStudies(Files& files,
                                               absl::string_view experiment,
                                               const DefinitionSource& source);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_DEFINITIONS_H_
