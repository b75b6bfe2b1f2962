#include "tools/culturemert/findings.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

const char* Mark(Health health) {
  switch (health) {
    case Health::kGood:
      return "  ok       ";
    case Health::kOptional:
      return "  optional ";
    case Health::kMissing:
      return "  MISSING  ";
  }
  return "";
}

}  // namespace

int CountMissing(const std::vector<Finding>& findings) {
  return static_cast<int>(std::count_if(
      findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.health == Health::kMissing;
      }));
}

std::string FormatFindings(const std::vector<Finding>& findings) {
  std::size_t width = 0;
  for (const Finding& finding : findings) {
    width = std::max(width, finding.name.size());
  }
  std::string text;
  std::string section;
  for (const Finding& finding : findings) {
    if (finding.section != section) {
      section = finding.section;
      absl::StrAppend(&text, text.empty() ? "" : "\n", section, "\n");
    }
    const std::string mark = Mark(finding.health);
    absl::StrAppend(&text, mark, finding.name,
                    std::string(width - finding.name.size() + 2, ' '),
                    finding.value, "\n");
    if (!finding.remedy.empty()) {
      absl::StrAppend(&text, std::string(mark.size() + width + 2, ' '), "-> ",
                      finding.remedy, "\n");
    }
  }
  const int missing = CountMissing(findings);
  absl::StrAppend(
      &text, "\n",
      missing == 0
          ? "Everything needed is here."
          : absl::StrCat(missing, missing == 1 ? " thing is" : " things are",
                         " missing; see above."),
      "\n");
  return text;
}

}  // namespace culturemert
