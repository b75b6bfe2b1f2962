#include "reports/site/study_choices.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "experiments/records/record.h"

namespace culturemert {
namespace {

std::optional<std::size_t> FirstOfRole(const Study& study, ModelRole role,
                                       bool has_base) {
  for (std::size_t i = 0; i < study.models.size(); ++i) {
    const StudyModel& model = study.models[i];
    if (model.role == role && model.base.has_value() == has_base) return i;
  }
  return std::nullopt;
}

// " (real)" where there are datasets of both origins.
std::string OriginSuffix(const Study& study, Origin origin) {
  return OriginsIn(study).size() > 1
             ? absl::StrCat(" (", OriginName(origin), ")")
             : "";
}

}  // namespace

bool IsMainModel(const StudyModel& model) {
  switch (model.role) {
    case ModelRole::kFloor:
    case ModelRole::kBase:
    case ModelRole::kControl:
    case ModelRole::kAdapted:
    case ModelRole::kSingleCulture:
    case ModelRole::kMerged:
      return true;
    default:
      return false;
  }
}

std::vector<Origin> OriginsIn(const Study& study) {
  std::vector<Origin> origins;
  for (const Origin origin : {Origin::kSynthetic, Origin::kReal}) {
    const bool is_there = std::any_of(
        study.datasets.begin(), study.datasets.end(),
        [&](const StudyDataset& dataset) { return dataset.origin == origin; });
    if (is_there) origins.push_back(origin);
  }
  return origins;
}

std::vector<std::size_t> DatasetsOf(const Study& study, Origin origin) {
  std::vector<std::size_t> datasets;
  for (std::size_t i = 0; i < study.datasets.size(); ++i) {
    if (study.datasets[i].origin == origin) datasets.push_back(i);
  }
  return datasets;
}

std::vector<std::size_t> DatasetsOf(const Study& study, Origin origin,
                                    bool is_western) {
  std::vector<std::size_t> datasets;
  for (std::size_t i = 0; i < study.datasets.size(); ++i) {
    const StudyDataset& dataset = study.datasets[i];
    if (dataset.origin == origin && dataset.is_western == is_western) {
      datasets.push_back(i);
    }
  }
  return datasets;
}

std::string GroupLabel(const Study& study, Origin origin, bool is_western) {
  return absl::StrCat(is_western ? "Western sets" : "non-Western sets",
                      OriginSuffix(study, origin));
}

std::string DatasetLabel(const Study& study, std::size_t dataset) {
  const StudyDataset& column = study.datasets[dataset];
  return absl::StrCat(column.title, OriginSuffix(study, column.origin));
}

std::string DataOf(const ReportData& data, const Study& study) {
  bool has_synthetic = false;
  bool has_real = false;
  for (const std::size_t record : study.records) {
    const DataKind kind = data.records[record].record.data;
    has_synthetic = has_synthetic || kind != DataKind::kReal;
    has_real = has_real || kind != DataKind::kSynthetic;
  }
  if (has_synthetic && has_real) return "synthetic and real data";
  return has_real ? "real data" : "synthetic data";
}

std::optional<std::pair<std::size_t, std::size_t>> TagPair(const Study& study) {
  for (const ModelRole role :
       {ModelRole::kAdapted, ModelRole::kMerged, ModelRole::kSingleCulture,
        ModelRole::kControl}) {
    const std::optional<std::size_t> model = FirstOfRole(study, role, true);
    if (model.has_value()) {
      return std::make_pair(*study.models[*model].base, *model);
    }
  }
  const std::optional<std::size_t> base =
      FirstOfRole(study, ModelRole::kBase, false);
  if (!base.has_value()) return std::nullopt;
  for (std::size_t i = study.models.size(); i-- > 0;) {
    if (study.models[i].role == ModelRole::kFloor) {
      return std::make_pair(i, *base);
    }
  }
  return std::nullopt;
}

std::vector<double> TagMeans(const Study& study, std::size_t model,
                             std::size_t dataset, Metric metric) {
  const MetricResult* const result = study.FindMetric(model, dataset, metric);
  if (result == nullptr || result->by_tag.empty()) return {};
  const std::size_t tags = study.datasets[dataset].record->tags.size();
  std::vector<double> means(tags, 0);
  for (const std::vector<double>& seed : result->by_tag) {
    for (std::size_t tag = 0; tag < tags; ++tag) {
      means[tag] += tag < seed.size()
                        ? seed[tag]
                        : std::numeric_limits<double>::quiet_NaN();
    }
  }
  for (double& mean : means) mean /= static_cast<double>(result->by_tag.size());
  return means;
}

std::string TagGroup(const DatasetRecord& dataset, std::size_t tag) {
  const bool is_known =
      tag < dataset.tag_groups.size() && !dataset.tag_groups[tag].empty();
  return is_known ? dataset.tag_groups[tag] : "other";
}

}  // namespace culturemert
