#include "reports/tables/shown_models.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace culturemert {
namespace {

// More names than this are only counted.
constexpr std::size_t kMaxNames = 8;

// "Left out: A; B. Their records hold these scores."
std::string NoteOf(const Study& study,
                   const std::vector<std::size_t>& left_out) {
  if (left_out.empty()) return "";
  std::string note = "Left out: ";
  const std::size_t named = std::min(left_out.size(), kMaxNames);
  for (std::size_t i = 0; i < named; ++i) {
    absl::StrAppend(&note, i == 0 ? "" : "; ", study.models[left_out[i]].name);
  }
  if (named < left_out.size()) {
    absl::StrAppend(&note, " and ", left_out.size() - named, " more");
  }
  absl::StrAppend(&note, ". Their records hold these scores.");
  return note;
}

// The places in `models` by how many models before them have the same label.
std::vector<std::size_t> ByRank(const Study& study,
                                const std::vector<std::size_t>& models) {
  std::map<absl::string_view, std::size_t> seen;
  std::vector<std::pair<std::size_t, std::size_t>> ranked;
  for (const std::size_t model : models) {
    ranked.push_back({seen[study.models[model].label]++, model});
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::size_t> sorted;
  for (const auto& [rank, model] : ranked) sorted.push_back(model);
  return sorted;
}

}  // namespace

ShownModels ChooseShownModels(const Study& study,
                              absl::Span<const std::size_t> candidates,
                              bool (*is_main)(const StudyModel& model)) {
  ShownModels chosen;
  std::vector<std::size_t> left_out;
  for (const std::size_t model : candidates) {
    const bool is_shown = is_main(study.models[model]);
    (is_shown ? chosen.models : left_out).push_back(model);
  }
  if (chosen.models.size() > kMaxModelColumns) {
    std::vector<std::size_t> ranked = ByRank(study, chosen.models);
    left_out.insert(left_out.end(), ranked.begin() + kMaxModelColumns,
                    ranked.end());
    ranked.resize(kMaxModelColumns);
    std::sort(ranked.begin(), ranked.end());
    std::sort(left_out.begin(), left_out.end());
    chosen.models = std::move(ranked);
  }
  chosen.note = NoteOf(study, left_out);
  return chosen;
}

}  // namespace culturemert
