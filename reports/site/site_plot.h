// A plot of the page, drawn.

#ifndef CULTUREMERT_REPORTS_SITE_SITE_PLOT_H_
#define CULTUREMERT_REPORTS_SITE_SITE_PLOT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "reports/statistics/report_data.h"

namespace culturemert {

struct SitePlot {
  std::string id;  // Unique in the report; the file is <id>.svg.
  std::string title;
  std::string caption;
  std::string svg;
  // Of plots of tags: the dataset that they belong to.
  std::optional<std::size_t> dataset;
};

// The id of the study's plot that `name` is unique to.
std::string PlotId(const Study& study, absl::string_view name);

// The same of a plot of datasets of one origin: with the origin behind it where
// the study has datasets of both.
std::string PlotId(const Study& study, absl::string_view name, Origin origin);

// ", mini profile, synthetic data": behind the title of every plot; `data` as
// DataOf (study_choices.h) says it.
std::string TitleEnd(const Study& study, absl::string_view data);

// The same for datasets of one origin.
std::string TitleEnd(const Study& study, Origin origin);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_SITE_SITE_PLOT_H_
