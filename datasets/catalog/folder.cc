// Any folder with a labels.csv (labels_table.h): how a user brings another
// tradition.
//
// A recording's clips are the rows that name it, in their order; its tags are
// those of any of them. Without a column "split" the split is drawn for each
// recording by itself, so that new recordings move no others: with
//   u = RandomStream(split_seed, StreamId("folder split"))
//           .Substream(StreamId(recording)).UniformDouble(0)
// it is for training if u < train_fraction, for validation if
// u < train_fraction + valid_fraction, and for testing otherwise.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/audio_tree.h"
#include "datasets/catalog/labels_table.h"
#include "datasets/catalog/registry.h"
#include "tools/base/files/paths.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

DatasetFacts Facts() {
  return {
      /*name=*/std::string(kFolderName),
      /*title=*/"a folder with a labels.csv",
      /*culture=*/"",  // That of its recordings, "mixed" if they differ.
      /*licence=*/"as whoever made the folder says",
      /*request=*/
      "from whoever made it; datasets/catalog/README.md says how one is made",
      /*citation=*/"as whoever made the folder says",
      /*layout=*/
      "labels.csv  # path,culture,tags,recording[,split][,duration_s]\n"
      "...  # the audio files it names\n",
      /*variants=*/
      {{/*name=*/"labels",
        /*description=*/
        "the column \"split\"; without one, drawn by recording",
        /*published=*/std::nullopt}},
      /*tag_rule=*/TagRule::kTopOfTraining,
      /*top_tags=*/0,
      /*published_tags=*/{},
      /*duration_cap_seconds=*/std::nullopt,
      /*known_bad=*/{},
      /*published_hours=*/std::nullopt,
  };
}

Split DrawSplit(absl::string_view recording, const DatasetOptions& options) {
  const double u = RandomStream(options.split_seed, StreamId("folder split"))
                       .Substream(StreamId(recording))
                       .UniformDouble(0);
  if (u < options.train_fraction) return Split::kTrain;
  return u < options.train_fraction + options.valid_fraction ? Split::kValid
                                                             : Split::kTest;
}

// The recordings in the order of their first rows.
absl::StatusOr<std::vector<TaggedRecording>> GroupByRecording(
    const ReadRequest& request, LabelsTable table) {
  AudioTree audio(request.files, request.folder);
  std::vector<TaggedRecording> recordings;
  absl::flat_hash_map<std::string, std::size_t> indices;
  for (LabelsRow& row : table.rows) {
    const auto [found, is_new] =
        indices.emplace(row.recording, recordings.size());
    if (is_new) {
      Recording& recording = recordings.emplace_back().recording;
      recording.id = recording.group = row.recording;
      recording.culture = row.culture;
      recording.split =
          row.split.value_or(DrawSplit(row.recording, request.options));
    }
    TaggedRecording& tagged = recordings[found->second];
    ASSIGN_OR_RETURN(AudioClip clip, audio.Whole(row.path));
    clip.duration_seconds = row.duration_seconds;
    tagged.recording.clips.push_back(std::move(clip));
    for (std::string& tag : row.tags) {
      if (std::find(tagged.tags.begin(), tagged.tags.end(), tag) ==
          tagged.tags.end()) {
        tagged.tags.push_back(std::move(tag));
      }
    }
  }
  return recordings;
}

std::vector<std::string> NotesOn(const LabelsTable& table,
                                 const ReadRequest& request) {
  std::vector<std::string> notes;
  if (!table.has_split) {
    notes.push_back(
        absl::StrCat("labels.csv has no column \"split\": drawn by recording, ",
                     request.options.train_fraction, " for training and ",
                     request.options.valid_fraction, " for validation, seed ",
                     request.options.split_seed));
  }
  if (!table.other_columns.empty()) {
    notes.push_back(
        absl::StrCat("columns of labels.csv that are not looked at: ",
                     absl::StrJoin(table.other_columns, ", ")));
  }
  return notes;
}

absl::StatusOr<RecordingList> Read(const ReadRequest& request) {
  const std::string path = JoinPath(request.folder, kLabelsFile);
  ASSIGN_OR_RETURN(const std::string text, request.files.Read(path));
  ASSIGN_OR_RETURN(LabelsTable table, ParseLabels(text, path));
  RecordingList list;
  list.notes = NotesOn(table, request);
  ASSIGN_OR_RETURN(list.recordings,
                   GroupByRecording(request, std::move(table)));
  return list;
}

const bool registered = RegisterDataset({Facts(), &Read});

}  // namespace
}  // namespace culturemert
