#include "experiments/actions/prepared_set.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxTags = 100000;

json ToJson(const PreparedRecording& recording) {
  return {{"id", recording.id},
          {"split", std::string(NameOf(recording.split))},
          {"labels", recording.labels},
          {"clips", recording.clips}};
}

json DescriptionOf(const PreparedSet& set) {
  json tags = json::array();
  for (const PreparedTag& tag : set.tags) {
    tags.push_back({{"name", tag.name}, {"group", tag.group}});
  }
  return {{"version", kPreparedSetVersion},
          {"name", set.name},
          {"culture", set.culture},
          {"synthetic", set.is_synthetic ? 1 : 0},
          {"duration_cap_seconds", set.duration_cap_seconds},
          {"tags", std::move(tags)},
          {"recordings", set.recordings.size()},
          {"notes", set.notes}};
}

absl::StatusOr<std::vector<std::string>> Texts(const json& list,
                                               absl::string_view place) {
  std::vector<std::string> texts;
  for (const json& text : list) {
    if (!text.is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, " has to hold texts, found ", text.dump()));
    }
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

absl::StatusOr<std::vector<std::size_t>> Labels(const json& list,
                                                std::size_t tags,
                                                absl::string_view place) {
  std::vector<std::size_t> labels;
  for (const json& label : list) {
    if (!label.is_number_unsigned() || label.get<std::uint64_t>() >= tags ||
        (!labels.empty() && label.get<std::uint64_t>() <= labels.back())) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": labels have to be ascending numbers below ",
                       tags, ", found ", label.dump()));
    }
    labels.push_back(label.get<std::size_t>());
  }
  return labels;
}

absl::StatusOr<PreparedRecording> ParseRecording(const json& record,
                                                 std::size_t tags,
                                                 const std::string& place) {
  JsonFields fields(record, place);
  PreparedRecording recording;
  recording.id = fields.Text("id");
  const std::string split = fields.Text("split");
  const json& labels = fields.List("labels");
  const json& clips = fields.List("clips");
  RETURN_IF_ERROR(fields.Finish());
  ASSIGN_OR_RETURN(recording.split, Annotate(SplitNamed(split), place));
  ASSIGN_OR_RETURN(recording.labels, Labels(labels, tags, place));
  ASSIGN_OR_RETURN(recording.clips,
                   Texts(clips, absl::StrCat(place, ": clips")));
  if (recording.clips.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": recording '", recording.id, "' has no clips"));
  }
  return recording;
}

absl::StatusOr<PreparedSet> ParseDescription(const json& object,
                                             const std::string& path,
                                             std::uint64_t* recordings) {
  JsonFields fields(object, path);
  PreparedSet set;
  const std::uint64_t version = fields.Number("version", 0, 1 << 30);
  set.name = fields.Text("name");
  set.culture = fields.Text("culture");
  set.is_synthetic = fields.Number("synthetic", 0, 1) == 1;
  set.duration_cap_seconds =
      fields.Number("duration_cap_seconds", 0, std::uint64_t{1} << 32);
  const json& tags = fields.List("tags");
  *recordings = fields.Number("recordings", 0, std::uint64_t{1} << 40);
  const json& notes = fields.List("notes");
  RETURN_IF_ERROR(fields.Finish());
  if (version != kPreparedSetVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": version ", version, ", expected ",
                     kPreparedSetVersion, "; prepare the set anew"));
  }
  if (tags.size() > kMaxTags) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", tags.size(), " tags, at most ", kMaxTags));
  }
  for (const json& tag : tags) {
    if (!tag.is_object()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": a tag has to be an object: ", tag.dump()));
    }
    JsonFields tag_fields(tag, absl::StrCat(path, ": tag"));
    PreparedTag parsed = {tag_fields.Text("name"), tag_fields.Text("group")};
    RETURN_IF_ERROR(tag_fields.Finish());
    set.tags.push_back(std::move(parsed));
  }
  ASSIGN_OR_RETURN(set.notes, Texts(notes, absl::StrCat(path, ": notes")));
  return set;
}

}  // namespace

std::vector<std::size_t> PreparedSet::OfSplit(Split split) const {
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    if (recordings[i].split == split) numbers.push_back(i);
  }
  return numbers;
}

absl::Status WritePreparedSet(Files& files, absl::string_view folder,
                              const PreparedSet& set) {
  std::string lines;
  for (const PreparedRecording& recording : set.recordings) {
    ASSIGN_OR_RETURN(const std::string line, CanonicalJson(ToJson(recording)));
    absl::StrAppend(&lines, line, "\n");
  }
  ASSIGN_OR_RETURN(const std::string description,
                   CanonicalJson(DescriptionOf(set), JsonLayout::kIndented));
  RETURN_IF_ERROR(
      files.WriteAtomically(JoinPath(folder, kPreparedLabelsName), lines));
  return files.WriteAtomically(JoinPath(folder, kPreparedSetName),
                               absl::StrCat(description, "\n"));
}

absl::StatusOr<PreparedSet> ReadPreparedSet(Files& files,
                                            absl::string_view folder) {
  const std::string path = JoinPath(folder, kPreparedSetName);
  ASSIGN_OR_RETURN(const std::string text, files.Read(path));
  ASSIGN_OR_RETURN(const json object, ParseJson(text, path));
  std::uint64_t recordings = 0;
  ASSIGN_OR_RETURN(PreparedSet set,
                   ParseDescription(object, path, &recordings));
  const std::string labels_path = JoinPath(folder, kPreparedLabelsName);
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files, labels_path));
  absl::flat_hash_set<std::string> ids;
  for (std::size_t i = 0; i < lines.records.size(); ++i) {
    const std::string place = absl::StrCat(labels_path, ":", i + 1);
    ASSIGN_OR_RETURN(PreparedRecording recording,
                     ParseRecording(lines.records[i], set.tags.size(), place));
    if (!ids.insert(recording.id).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": a second recording '", recording.id, "'"));
    }
    set.recordings.push_back(std::move(recording));
  }
  if (set.recordings.size() != recordings) {
    return absl::InvalidArgumentError(
        absl::StrCat(labels_path, ": ", set.recordings.size(), " recordings, ",
                     path, " tells of ", recordings));
  }
  return set;
}

std::string GroupOfTag(absl::string_view tag) {
  const std::size_t end = std::min(tag.find(':'), tag.find("--"));
  return end == absl::string_view::npos ? std::string()
                                        : std::string(tag.substr(0, end));
}

}  // namespace culturemert
