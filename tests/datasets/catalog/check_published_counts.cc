// Compares real metadata with the published splits and tags; see README.md.

#include <cstdio>
#include <string>

#include "datasets/catalog/data_check.h"
#include "datasets/catalog/data_report.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DATA_ROOT\n", argv[0]);
    return 2;
  }
  const auto findings = culturemert::CheckData(
      culturemert::Files::Real(), culturemert::ResolveUserPath(argv[1]));
  if (!findings.ok()) {
    std::fprintf(stderr, "%s\n", findings.status().ToString().c_str());
    return 1;
  }
  std::fputs(culturemert::FormatDataFindings(*findings).c_str(), stdout);
  for (const culturemert::DatasetFindings& dataset : findings->datasets) {
    const bool other_splits = dataset.published_splits.has_value() &&
                              !(dataset.splits == *dataset.published_splits);
    const bool was_read = dataset.state == culturemert::DataState::kComplete ||
                          dataset.state == culturemert::DataState::kIncomplete;
    if (was_read && (other_splits || dataset.tags_as_published == false)) {
      return 1;
    }
  }
  return 0;
}
