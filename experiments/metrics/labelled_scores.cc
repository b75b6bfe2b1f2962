#include "experiments/metrics/labelled_scores.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

absl::Status CheckNames(absl::Span<const std::string> names,
                        absl::string_view what) {
  std::vector<absl::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty() && sorted.front().empty()) {
    return absl::InvalidArgumentError(absl::StrCat("a ", what, " has no name"));
  }
  const auto repeated = std::adjacent_find(sorted.begin(), sorted.end());
  if (repeated != sorted.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the ", what, " ", QuoteForMessage(*repeated), " stands there twice"));
  }
  return absl::OkStatus();
}

absl::Status CheckSize(std::size_t found, const LabelledScores& scores,
                       absl::string_view what) {
  const std::size_t expected = scores.num_recordings() * scores.num_tags();
  if (found == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      what, ": ", found, " values, but ", scores.num_recordings(),
      " recordings and ", scores.num_tags(), " tags make ", expected));
}

// "recording "a", tag "b"" of an index into [recordings, tags].
std::string Place(const LabelledScores& scores, std::size_t index) {
  return absl::StrCat(
      "recording ", QuoteForMessage(scores.ids[index / scores.num_tags()]),
      ", tag ", QuoteForMessage(scores.tags[index % scores.num_tags()]));
}

absl::Status CheckValues(const LabelledScores& scores) {
  for (std::size_t i = 0; i < scores.truth.size(); ++i) {
    if (scores.truth[i] > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("truth: ", Place(scores, i), ": ", scores.truth[i],
                       ", but a label is 0 or 1"));
    }
  }
  for (std::size_t seed = 0; seed < scores.seeds.size(); ++seed) {
    const std::vector<double>& values = scores.seeds[seed];
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i])) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("scores of seed ", seed, ": ", Place(scores, i), ": ",
                       values[i], ", but a score is a finite number"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSameNames(absl::Span<const std::string> first,
                            absl::Span<const std::string> second,
                            absl::string_view what) {
  if (first.size() != second.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the first model has ", first.size(), " ", what,
                     "s, the second ", second.size()));
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first[i] == second[i]) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(what, " number ", i + 1, " is ", QuoteForMessage(first[i]),
                     " of the first model and ", QuoteForMessage(second[i]),
                     " of the second"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLabelledScores(const LabelledScores& scores) {
  if (scores.ids.empty() || scores.tags.empty() || scores.seeds.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "nothing to score: ", scores.num_recordings(), " recordings, ",
        scores.num_tags(), " tags, ", scores.seeds.size(), " seeds"));
  }
  if (scores.ids.size() > kMaxScoredRecordings) {
    return absl::InvalidArgumentError(
        absl::StrCat(scores.ids.size(), " recordings are more than ",
                     kMaxScoredRecordings, ", the most that can be scored"));
  }
  RETURN_IF_ERROR(CheckNames(scores.ids, "recording"));
  RETURN_IF_ERROR(CheckNames(scores.tags, "tag"));
  RETURN_IF_ERROR(CheckSize(scores.truth.size(), scores, "truth"));
  for (std::size_t seed = 0; seed < scores.seeds.size(); ++seed) {
    RETURN_IF_ERROR(CheckSize(scores.seeds[seed].size(), scores,
                              absl::StrCat("scores of seed ", seed)));
  }
  return CheckValues(scores);
}

absl::Status CheckSameTask(const LabelledScores& first,
                           const LabelledScores& second) {
  RETURN_IF_ERROR(CheckSameNames(first.ids, second.ids, "recording"));
  RETURN_IF_ERROR(CheckSameNames(first.tags, second.tags, "tag"));
  if (first.seeds.size() != second.seeds.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the first model has ", first.seeds.size(), " seeds, the second ",
        second.seeds.size(), ", but a comparison needs as many of both"));
  }
  for (std::size_t i = 0; i < first.truth.size(); ++i) {
    if (i < second.truth.size() && first.truth[i] == second.truth[i]) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("truth: ", Place(first, i), ": the two models disagree"));
  }
  return absl::OkStatus();
}

absl::StatusOr<TagSets> MakeTagSets(absl::Span<const std::string> tags,
                                    const TagGroups& groups, bool per_tag) {
  TagSets result;
  result.sets.push_back({"all", {}});
  std::map<std::string, std::vector<std::size_t>> members;
  std::size_t found = 0;
  for (std::size_t tag = 0; tag < tags.size(); ++tag) {
    result.sets.front().tags.push_back(tag);
    const auto group = groups.find(tags[tag]);
    if (group == groups.end()) continue;
    ++found;
    members[group->second].push_back(tag);
  }
  if (found < groups.size()) {
    const std::set<absl::string_view> known(tags.begin(), tags.end());
    for (const auto& [tag, group] : groups) {
      if (known.count(tag) > 0) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("the group ", QuoteForMessage(group), " has the tag ",
                       QuoteForMessage(tag), ", which is not scored",
                       DidYouMean(tag, tags)));
    }
  }
  if (members.count("") > 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the group of the tag ", QuoteForMessage(tags[members[""].front()]),
        " has no name"));
  }
  result.num_groups = members.size();
  for (auto& [name, indices] : members) {
    result.sets.push_back({name, std::move(indices)});
  }
  for (std::size_t tag = 0; per_tag && tag < tags.size(); ++tag) {
    result.sets.push_back({tags[tag], {tag}});
  }
  return result;
}

}  // namespace culturemert
