#include "datasets/catalog/assemble.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/top_tags.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kNamedFiles = 5;

bool IsFraction(double value) { return value >= 0 && value <= 1; }

// No recording twice, no group in two splits.
absl::Status CheckSplits(const RecordingList& list) {
  absl::flat_hash_map<absl::string_view, const Recording*> ids;
  absl::flat_hash_map<absl::string_view, const Recording*> groups;
  for (const TaggedRecording& tagged : list.recordings) {
    const Recording& recording = tagged.recording;
    const auto [same_id, is_new] = ids.emplace(recording.id, &recording);
    if (!is_new) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the recording ", QuoteForMessage(recording.id),
          " is listed twice, in the splits ", NameOf(same_id->second->split),
          " and ", NameOf(recording.split), "; expected each once"));
    }
    const auto [same_group, unused] =
        groups.emplace(recording.group, &recording);
    if (same_group->second->split != recording.split) {
      return absl::InvalidArgumentError(absl::StrCat(
          QuoteForMessage(recording.group),
          " is in two splits: ", NameOf(same_group->second->split), " (",
          QuoteForMessage(same_group->second->id), ") and ",
          NameOf(recording.split), " (", QuoteForMessage(recording.id),
          "); expected all that was cut from one recording in one split"));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> ChooseTags(const DatasetFacts& facts,
                                    const RecordingList& list) {
  switch (facts.tag_rule) {
    case TagRule::kNone:
      return {};
    case TagRule::kPublishedList:
      return facts.published_tags;
    case TagRule::kTopOfTraining:
    case TagRule::kTopOfTrainingAndValid:
      break;
  }
  const bool with_valid = facts.tag_rule == TagRule::kTopOfTrainingAndValid;
  std::vector<std::vector<std::string>> training;
  for (const TaggedRecording& tagged : list.recordings) {
    const Split split = tagged.recording.split;
    if (split == Split::kTrain || (with_valid && split == Split::kValid)) {
      training.push_back(tagged.tags);
    }
  }
  return TopTags(training, facts.top_tags);
}

void SetLabels(const std::vector<std::string>& tags, RecordingList* list) {
  absl::flat_hash_map<absl::string_view, std::size_t> indices;
  for (std::size_t i = 0; i < tags.size(); ++i) indices.emplace(tags[i], i);
  for (TaggedRecording& tagged : list->recordings) {
    std::vector<std::size_t>& labels = tagged.recording.labels;
    for (const std::string& tag : tagged.tags) {
      const auto found = indices.find(tag);
      if (found != indices.end()) labels.push_back(found->second);
    }
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  }
}

// Moves the recordings over, less what is missing unless it is kept.
void TakeRecordings(MissingFiles missing_files, RecordingList list,
                    Dataset* dataset) {
  for (TaggedRecording& tagged : list.recordings) {
    Recording& recording = tagged.recording;
    std::vector<AudioClip> found;
    for (const AudioClip& clip : recording.clips) {
      if (clip.size_bytes.has_value()) {
        found.push_back(clip);
      } else {
        dataset->missing_files.push_back(clip.path);
      }
    }
    if (!tagged.missing_metadata.empty()) {
      dataset->missing_files.push_back(tagged.missing_metadata);
    }
    if (missing_files == MissingFiles::kDrop) {
      if (found.empty() || !tagged.missing_metadata.empty()) continue;
      recording.clips = std::move(found);
    }
    dataset->recordings.push_back(std::move(recording));
  }
}

absl::Status MissingError(const Dataset& dataset) {
  const std::vector<std::string>& missing = dataset.missing_files;
  std::string text = absl::StrCat(
      missing.size(),
      missing.size() == 1 ? " file is missing" : " files are missing",
      " below ", dataset.folder, ":");
  for (std::size_t i = 0; i < std::min(missing.size(), kNamedFiles); ++i) {
    absl::StrAppend(&text, i == 0 ? " " : ", ", QuoteForMessage(missing[i]));
  }
  if (missing.size() > kNamedFiles) {
    absl::StrAppend(&text, " and ", missing.size() - kNamedFiles, " more");
  }
  return absl::NotFoundError(text);
}

}  // namespace

absl::StatusOr<DatasetOptions> CheckOptions(const DatasetFacts& facts,
                                            DatasetOptions options) {
  const Variant* variant = FindVariant(facts, options.variant);
  if (variant == nullptr) {
    std::vector<std::string> names;
    for (const Variant& known : facts.variants) names.push_back(known.name);
    std::string list;
    for (const std::string& name : names) {
      absl::StrAppend(&list, list.empty() ? "\"" : ", \"", name, "\"");
    }
    return absl::InvalidArgumentError(absl::StrCat(
        facts.name, " has no variant ", QuoteForMessage(options.variant),
        DidYouMean(options.variant, names), "; expected ", list));
  }
  options.variant = variant->name;
  if (options.split_seed > std::numeric_limits<std::uint32_t>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the split seed is ", options.split_seed,
                     ", expected at most 4294967295"));
  }
  if (!IsFraction(options.train_fraction) ||
      !IsFraction(options.valid_fraction) ||
      !IsFraction(options.train_fraction + options.valid_fraction)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the training and validation fractions are ", options.train_fraction,
        " and ", options.valid_fraction,
        ", expected two numbers from 0 to 1 whose sum is at most 1"));
  }
  return options;
}

absl::StatusOr<Dataset> AssembleDataset(const ReadRequest& request,
                                        RecordingList list) {
  if (list.recordings.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the metadata in ", request.folder,
                     " list no recordings, expected at least one"));
  }
  RETURN_IF_ERROR(CheckSplits(list));
  Dataset dataset;
  dataset.facts = request.facts;
  dataset.variant = request.options.variant;
  dataset.folder = request.folder;
  dataset.tags = ChooseTags(request.facts, list);
  SetLabels(dataset.tags, &list);
  dataset.notes = std::move(list.notes);
  TakeRecordings(request.options.missing_files, std::move(list), &dataset);
  if (request.options.missing_files == MissingFiles::kRefuse &&
      !dataset.missing_files.empty()) {
    return MissingError(dataset);
  }
  if (request.options.missing_files == MissingFiles::kDrop &&
      dataset.recordings.empty()) {
    return MissingError(dataset);
  }
  return dataset;
}

}  // namespace culturemert
