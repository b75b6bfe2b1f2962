#include "datasets/catalog/data_check.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/catalog.h"
#include "datasets/catalog/registry.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

void CheckClip(Files& files, const Dataset& dataset,
               const DurationReader& read_duration, const AudioClip& clip,
               DatasetFindings* findings) {
  ++findings->listed_files;
  std::optional<double> seconds = clip.duration_seconds;
  if (clip.size_bytes.has_value()) {
    ++findings->found_files;
    if (*clip.size_bytes == 0) {
      findings->broken_files.push_back({clip.path, "empty"});
    } else if (!seconds.has_value() && read_duration != nullptr) {
      const absl::StatusOr<double> read =
          read_duration(files, JoinPath(dataset.folder, clip.path));
      if (read.ok()) {
        seconds = *read;
      } else {
        findings->broken_files.push_back(
            {clip.path, std::string(read.status().message())});
      }
    }
  }
  if (!seconds.has_value()) {
    ++findings->unknown_durations;
    return;
  }
  findings->listed_seconds += *seconds;
  if (clip.size_bytes.has_value()) findings->found_seconds += *seconds;
}

void Describe(Files& files, Dataset dataset,
              const DurationReader& read_duration, DatasetFindings* findings) {
  for (const Recording& recording : dataset.recordings) {
    for (const AudioClip& clip : recording.clips) {
      CheckClip(files, dataset, read_duration, clip, findings);
    }
  }
  findings->splits = CountSplits(dataset);
  const Variant* variant = FindVariant(dataset.facts, dataset.variant);
  if (variant != nullptr) findings->published_splits = variant->published;
  const std::vector<std::size_t> counts = CountTags(dataset, Split::kTrain);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    findings->tags.emplace_back(dataset.tags[i], counts[i]);
  }
  if (!dataset.facts.published_tags.empty()) {
    findings->tags_as_published = dataset.tags == dataset.facts.published_tags;
  }
  findings->facts = dataset.facts;
  findings->missing_files = std::move(dataset.missing_files);
  findings->notes = std::move(dataset.notes);
  findings->state =
      findings->missing_files.empty() && findings->broken_files.empty()
          ? DataState::kComplete
          : DataState::kIncomplete;
}

// The first line: the rest, how to get the data set, is told in one place.
std::string FirstLine(absl::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

DatasetFindings CheckOne(Files& files, absl::string_view data_root,
                         const NamedDataset& named,
                         const DurationReader& read_duration) {
  DatasetFindings findings;
  findings.name = named.facts.name;
  findings.title = named.facts.title;
  findings.facts = named.facts;
  DatasetOptions options;
  options.missing_files = MissingFiles::kKeep;
  absl::StatusOr<Dataset> dataset =
      LoadAnyDataset(files, data_root, named.facts.name, options);
  if (dataset.ok()) {
    Describe(files, *std::move(dataset), read_duration, &findings);
  } else {
    findings.state = absl::IsNotFound(dataset.status())
                         ? DataState::kAbsent
                         : DataState::kUnreadable;
    findings.problem = FirstLine(dataset.status().message());
  }
  return findings;
}

}  // namespace

absl::StatusOr<DataFindings> CheckData(Files& files,
                                       absl::string_view data_root,
                                       absl::string_view name,
                                       const DurationReader& read_duration) {
  ASSIGN_OR_RETURN(const std::vector<std::string> folders,
                   FindFolders(files, data_root));
  std::vector<std::string> names;
  if (!name.empty()) {
    names.emplace_back(name);
  } else {
    for (const DatasetSource& source : DatasetSources()) {
      if (source.facts.name != kFolderName) names.push_back(source.facts.name);
    }
    names.insert(names.end(), folders.begin(), folders.end());
  }
  DataFindings findings;
  findings.data_root = std::string(data_root);
  for (const std::string& each : names) {
    ASSIGN_OR_RETURN(const NamedDataset named,
                     ResolveDataset(files, data_root, each));
    findings.datasets.push_back(
        CheckOne(files, data_root, named, read_duration));
  }
  return findings;
}

}  // namespace culturemert
