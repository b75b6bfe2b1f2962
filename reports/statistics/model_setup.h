// How a model of a record was made, read from the record's configuration
// (experiments/study/experiment_config.h declares it; records of other programs
// may lack any part of it).

#ifndef CULTUREMERT_REPORTS_STATISTICS_MODEL_SETUP_H_
#define CULTUREMERT_REPORTS_STATISTICS_MODEL_SETUP_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "experiments/records/record.h"

namespace culturemert {

// Values that the configuration does not hold keep these defaults.
struct ModelSetup {
  std::string kind;  // "weights", "pretrain", "merge" …; empty: not said.
  std::string from;  // kind "pretrain": the label of the model it starts from.
  std::vector<std::string> cultures;     // Corpora it was adapted to.
  std::vector<std::string> replay;       // Corpora of its replay.
  double fraction = 1;                   // Of the corpora's recordings.
  std::vector<std::string> of;           // kind "merge": labels.
  std::string merge_method;              // The same: "task_arithmetic" …
  std::optional<double> merge_scale;     // The same: λ.
  std::vector<std::string> pretraining;  // Changed settings, "path=value".
  std::vector<std::string> probing;      // The same, of its probes.
  // The hidden state that its probes see, where it is a single one: 0 is the
  // input of the first layer, n the output of the n-th.
  std::optional<int> layer;
};

// What a record's configuration says beyond single models.
struct StudySetup {
  std::map<std::string, ModelSetup> models;  // By label.
  std::vector<std::string> western;  // Datasets where forgetting is measured.
  // How frames become one vector a state (experiments/evaluation/protocol.h):
  // "mean", "mean_and_deviation" …; empty: not said. Letters, digits and "_".
  std::string pooling;
  // The canonical JSON of all settings that a score depends on besides weights
  // and data: protocol, probes, seeds. Rows of different ones are not one row.
  std::string evaluation;
};

// Never fails: a record was checked when it was read, and parts of the
// configuration that are missing or of another type count as not said.
StudySetup ReadStudySetup(const Record& record);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_STATISTICS_MODEL_SETUP_H_
