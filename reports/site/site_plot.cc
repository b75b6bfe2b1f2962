#include "reports/site/site_plot.h"

#include "absl/strings/str_cat.h"
#include "reports/plots/markup.h"
#include "reports/site/study_choices.h"

namespace culturemert {

std::string PlotId(const Study& study, absl::string_view name) {
  return MarkupId(absl::StrCat(study.Name(), "-", name));
}

std::string PlotId(const Study& study, absl::string_view name, Origin origin) {
  const bool has_both = OriginsIn(study).size() > 1;
  return PlotId(study, absl::StrCat(name, has_both ? "-" : "",
                                    has_both ? OriginName(origin) : ""));
}

std::string TitleEnd(const Study& study, absl::string_view data) {
  return absl::StrCat(", ", study.profile, " profile, ",
                      study.shares_profile
                          ? absl::StrCat(PoolingText(study.pooling), ", ")
                          : "",
                      data);
}

std::string TitleEnd(const Study& study, Origin origin) {
  return TitleEnd(study, absl::StrCat(OriginName(origin), " data"));
}

}  // namespace culturemert
