// What the page picks from a study.

#ifndef CULTUREMERT_REPORTS_SITE_STUDY_CHOICES_H_
#define CULTUREMERT_REPORTS_SITE_STUDY_CHOICES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/metrics/metric.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

// Whether a model is shown by itself: not as a point of a sweep, a variant of a
// recipe, or one layer's probe.
bool IsMainModel(const StudyModel& model);

// Where the study's datasets come from, each once: kSynthetic before kReal.
std::vector<Origin> OriginsIn(const Study& study);

// The datasets of an origin.
std::vector<std::size_t> DatasetsOf(const Study& study, Origin origin);

// Those of an origin that are Western, or that are not. Numbers of
// different origins are never averaged.
std::vector<std::size_t> DatasetsOf(const Study& study, Origin origin,
                                    bool is_western);

// "non-Western sets", with " (real)" behind it where the study has datasets of
// both origins.
std::string GroupLabel(const Study& study, Origin origin, bool is_western);

// The dataset's title, with its origin behind it in the same way.
std::string DatasetLabel(const Study& study, std::size_t dataset);

// "synthetic data", "real data" or "synthetic and real data": all that the
// study's records were trained and tested on.
std::string DataOf(const ReportData& data, const Study& study);

// The two models whose tags are compared, as (against, model): the base and the
// main result; for want of that, the base and what else was adapted from it;
// for want of that, log-mel statistics and the base. None if there is no such
// pair.
std::optional<std::pair<std::size_t, std::size_t>> TagPair(const Study& study);

// The mean over seeds of a metric of each tag of the dataset; NaN where it is
// undefined. Empty where no record holds it.
std::vector<double> TagMeans(const Study& study, std::size_t model,
                             std::size_t dataset, Metric metric);

// "instrument" where the dataset says so, "other" where it says nothing.
std::string TagGroup(const DatasetRecord& dataset, std::size_t tag);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_STUDY_CHOICES_H_
