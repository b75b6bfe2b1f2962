#include "datasets/catalog/registry.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

namespace culturemert {
namespace {

std::vector<DatasetSource>& Sources() {
  static auto& sources = *new std::vector<DatasetSource>;
  return sources;
}

bool ComesBefore(const DatasetSource& source, absl::string_view name) {
  return source.facts.name < name;
}

}  // namespace

bool RegisterDataset(DatasetSource source) {
  std::vector<DatasetSource>& sources = Sources();
  const std::string& name = source.facts.name;
  const auto place =
      std::lower_bound(sources.begin(), sources.end(), name, ComesBefore);
  if (place != sources.end() && place->facts.name == name) {
    std::fprintf(stderr, "the data set %s is registered twice\n", name.c_str());
    std::abort();
  }
  sources.insert(place, std::move(source));
  return true;
}

absl::Span<const DatasetSource> DatasetSources() { return Sources(); }

const DatasetSource* FindDatasetSource(absl::string_view name) {
  for (const DatasetSource& source : Sources()) {
    if (source.facts.name == name) return &source;
  }
  return nullptr;
}

}  // namespace culturemert
