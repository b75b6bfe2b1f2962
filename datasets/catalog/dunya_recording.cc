#include "datasets/catalog/dunya_recording.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/audio_tree.h"
#include "datasets/catalog/id_lists.h"
#include "re2/re2.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using Json = nlohmann::json;

// A recording's JSON takes a few kilobytes.
constexpr std::uint64_t kMaxJsonBytes = 4 << 20;

re2::StringPiece Piece(absl::string_view text) {
  return re2::StringPiece(text.data(), text.size());
}

// The value under `key`, null where there is none.
const Json* Member(const Json& object, absl::string_view key) {
  const auto found = object.find(std::string(key));
  return found == object.end() ? nullptr : &*found;
}

absl::Status WrongType(absl::string_view key, const Json& value,
                       absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", key, "\" is of type ", value.type_name(), ", expected ", expected));
}

// The name that one element of a list gives, "" for none.
absl::StatusOr<std::string> NameIn(const Json& element,
                                   const DunyaTagField& field) {
  const Json* holder = &element;
  if (!element.is_object()) {
    return WrongType(field.list, element, "a list of objects");
  }
  if (!field.object.empty()) {
    holder = Member(element, field.object);
    if (holder == nullptr || holder->is_null()) return std::string();
    if (!holder->is_object()) {
      return WrongType(field.object, *holder, "an object");
    }
  }
  const Json* name = Member(*holder, field.name);
  if (name == nullptr || name->is_null()) return std::string();
  if (!name->is_string()) return WrongType(field.name, *name, "a string");
  return name->get_ref<const std::string&>();
}

absl::Status AddTags(const Json& json, const DunyaTagField& field,
                     std::vector<std::string>* tags) {
  const Json* list = Member(json, field.list);
  if (list == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no list \"", field.list,
        "\"; expected what Dunya's API gives for a recording of this "
        "collection, in full detail"));
  }
  if (!list->is_array()) return WrongType(field.list, *list, "a list");
  for (const Json& element : *list) {
    ASSIGN_OR_RETURN(const std::string name, NameIn(element, field));
    if (!name.empty()) tags->push_back(absl::StrCat(field.prefix, name));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<double>> ReadLength(const Json& json) {
  const Json* length = Member(json, "length");
  if (length == nullptr || length->is_null()) return std::optional<double>();
  if (!length->is_number_unsigned()) {
    return absl::InvalidArgumentError(
        "\"length\" is no whole number of milliseconds from 0 on");
  }
  const auto milliseconds = length->get<std::uint64_t>();
  if (milliseconds == 0) return std::optional<double>();
  return std::optional<double>(static_cast<double>(milliseconds) / 1000);
}

absl::StatusOr<DunyaRecording> ReadRecording(
    const Json& json, absl::Span<const DunyaTagField> fields) {
  if (!json.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("found a value of type ", json.type_name(),
                     ", expected the object of one recording"));
  }
  DunyaRecording recording;
  const Json* mbid = Member(json, "mbid");
  if (mbid == nullptr || !mbid->is_string() ||
      !RE2::FullMatch(mbid->get_ref<const std::string&>(),
                      RE2(Piece(kMusicBrainzIdPattern)))) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"mbid\" is ",
                     mbid == nullptr ? "missing"
                     : mbid->is_string()
                         ? QuoteForMessage(mbid->get_ref<const std::string&>())
                         : absl::StrCat("of type ", mbid->type_name()),
                     ", expected a MusicBrainz id in lower case"));
  }
  recording.mbid = mbid->get_ref<const std::string&>();
  for (const DunyaTagField& field : fields) {
    RETURN_IF_ERROR(AddTags(json, field, &recording.tags));
  }
  std::vector<std::string>& tags = recording.tags;
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  ASSIGN_OR_RETURN(recording.duration_seconds, ReadLength(json));
  return recording;
}

absl::StatusOr<TaggedRecording> ReadOne(const ReadRequest& request,
                                        const ListedId& listed,
                                        absl::Span<const DunyaTagField> fields,
                                        AudioTree* audio) {
  TaggedRecording tagged;
  Recording& recording = tagged.recording;
  recording.id = recording.group = listed.id;
  recording.culture = request.facts.culture;
  recording.split = listed.split;
  ASSIGN_OR_RETURN(const std::optional<std::string> path,
                   audio->Find("audios", listed.id));
  ASSIGN_OR_RETURN(
      AudioClip clip,
      audio->Whole(path.value_or(absl::StrCat("audios/", listed.id, ".mp3"))));
  const std::string json_path = absl::StrCat("recordings/", listed.id, ".json");
  const std::string full_path = JoinPath(request.folder, json_path);
  const absl::StatusOr<std::string> text =
      request.files.Read(full_path, kMaxJsonBytes);
  if (absl::IsNotFound(text.status())) {
    tagged.missing_metadata = json_path;
  } else {
    RETURN_IF_ERROR(text);
    ASSIGN_OR_RETURN(DunyaRecording read,
                     ParseDunyaRecording(*text, full_path, fields));
    if (read.mbid != listed.id) {
      return absl::InvalidArgumentError(
          absl::StrCat(full_path, ": \"mbid\" is ", read.mbid,
                       ", expected the one of the file's name"));
    }
    tagged.tags = std::move(read.tags);
    clip.duration_seconds = read.duration_seconds;
  }
  recording.clips.push_back(std::move(clip));
  return tagged;
}

}  // namespace

absl::StatusOr<DunyaRecording> ParseDunyaRecording(
    absl::string_view text, absl::string_view source,
    absl::Span<const DunyaTagField> fields) {
  ASSIGN_OR_RETURN(const Json json, ParseJson(text, source));
  return Annotate(ReadRecording(json, fields), source);
}

absl::StatusOr<RecordingList> ReadDunyaCollection(
    const ReadRequest& request, absl::Span<const DunyaTagField> fields) {
  ASSIGN_OR_RETURN(
      const std::vector<ListedId> ids,
      ReadIdLists(request.files, request.folder, kMusicBrainzIdPattern));
  AudioTree audio(request.files, request.folder);
  RecordingList list;
  list.recordings.reserve(ids.size());
  for (const ListedId& id : ids) {
    ASSIGN_OR_RETURN(TaggedRecording tagged,
                     ReadOne(request, id, fields, &audio));
    list.recordings.push_back(std::move(tagged));
  }
  return list;
}

}  // namespace culturemert
