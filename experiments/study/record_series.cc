#include "experiments/study/record_series.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "experiments/study/model_nodes.h"
#include "experiments/study/token_similarity.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

// Training curves are thinned to so many points.
constexpr std::size_t kCurvePoints = 400;

void AddCurve(const std::string& label, const std::vector<json>& lines,
              Record& record) {
  SeriesRecord training;
  training.name = "training_loss";
  training.label = label;
  training.x_label = "update";
  training.y_label = "loss a hidden frame, nats";
  SeriesRecord held_out = training;
  held_out.name = "held_out_loss";
  const std::size_t step =
      std::max<std::size_t>(1, lines.size() / kCurvePoints);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const json& line = lines[i];
    const double update = line.value("update", 0.0);
    if (line.contains("validation_loss")) {
      held_out.x.push_back(update);
      held_out.y.push_back(line["validation_loss"].get<double>());
    } else if (i % step == 0 && line.contains("loss")) {
      training.x.push_back(update);
      training.y.push_back(line["loss"].get<double>());
    }
  }
  if (!training.x.empty()) record.series.push_back(std::move(training));
  if (!held_out.x.empty()) record.series.push_back(std::move(held_out));
}

// The loss of every pre-training.
absl::Status AddCurves(const ExperimentConfig& config,
                       StudyArtifacts& artifacts, Record& record) {
  for (const ModelConfig* model : config.NeededModels()) {
    if (model->kind != ModelKind::kPretrain) continue;
    ASSIGN_OR_RETURN(const std::string folder,
                     artifacts.Folder(WeightsNodeId(model->label)));
    const absl::StatusOr<JsonLines> lines = ReadJsonLines(
        artifacts.files(), JoinPath(folder, kTrainingMetricsName));
    // Pruned: the weights were not needed any more.
    if (absl::IsNotFound(lines.status())) continue;
    RETURN_IF_ERROR(lines.status());
    AddCurve(model->label, lines->records, record);
  }
  return absl::OkStatus();
}

// A line a pair of datasets and measure, with one point.
absl::Status AddTokenSimilarities(const ExperimentConfig& config,
                                  StudyArtifacts& artifacts, Record& record) {
  if (!config.token_similarity) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string folder,
                   artifacts.Folder(kTokenSimilarityNodeId));
  const std::string path = JoinPath(folder, kTokenSimilarityName);
  ASSIGN_OR_RETURN(const std::string text, artifacts.files().Read(path));
  ASSIGN_OR_RETURN(const json pairs, ParseJson(text, path));
  for (const json& pair : pairs) {
    for (const char* measure :
         {"js_mean", "js_first_book", "cosine_mean", "cosine_first_book"}) {
      SeriesRecord series;
      series.name = absl::StrCat("token_similarity.", measure);
      series.label = absl::StrCat(pair["first"].get<std::string>(), " and ",
                                  pair["second"].get<std::string>());
      series.x_label = "pair of datasets";
      series.y_label = measure;
      series.x = {0};
      series.y = {pair[measure].get<double>()};
      record.series.push_back(std::move(series));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddSeries(const ExperimentConfig& config,
                       StudyArtifacts& artifacts, Record& record) {
  RETURN_IF_ERROR(AddCurves(config, artifacts, record));
  return AddTokenSimilarities(config, artifacts, record);
}

}  // namespace culturemert
