#include "datasets/catalog/top_tags.h"

#include <algorithm>
#include <map>
#include <utility>

namespace culturemert {

std::vector<std::string> TopTags(
    absl::Span<const std::vector<std::string>> training, std::size_t top) {
  std::map<std::string, std::size_t> counts;
  for (const std::vector<std::string>& tags : training) {
    for (const std::string& tag : tags) ++counts[tag];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(),
                                                          counts.end());
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const auto& a, const auto& b) { return a.second > b.second; });
  if (top != 0 && sorted.size() > top) sorted.resize(top);
  std::vector<std::string> names;
  names.reserve(sorted.size());
  for (auto& [name, count] : sorted) names.push_back(std::move(name));
  return names;
}

}  // namespace culturemert
