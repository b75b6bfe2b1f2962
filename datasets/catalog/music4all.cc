// Music4All: clips of 30 s of Western popular music, a corpus for replay.

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/audio_tree.h"
#include "datasets/catalog/columns.h"
#include "datasets/catalog/registry.h"
#include "re2/re2.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

// Each clip is 30 s long (the data set's paper).
constexpr double kClipSeconds = 30;

// The files of the data set could not be looked at. That its tables are
// separated by tabs, that id_genres.csv has the columns "id" and "genres", and
// that audio is audios/<id>.mp3, is what several public loaders agree on: very
// likely, not certain. id_genres.csv is read for its ids because, unlike
// id_information.csv, it holds no titles, whose quotes could be misread.
DatasetFacts Facts() {
  return {
      /*name=*/"music4all",
      /*title=*/"Music4All",
      /*culture=*/"western",
      /*licence=*/
      "for academic research, given on request; not to be passed on",
      /*request=*/
      "ask with the form at https://sites.google.com/view/contact4music4all",
      /*citation=*/
      "I. A. Pegoraro Santana, F. Pinhelli, J. Donini, L. Catharin, R. B. "
      "Mangolin, Y. M. e G. da Costa, V. D. Feltrim and M. A. Domingues, "
      "\"Music4All: A new music database and its applications\", in Proc. "
      "IWSSIP, 2020",
      /*layout=*/
      "id_genres.csv  # separated by tabs, with the column id\n"
      "audios/<id>.mp3 ...  # 109 269 clips\n",
      /*variants=*/
      {
          // The data set's paper, by way of others that cite it.
          {/*name=*/"all",
           /*description=*/"all clips, for pre-training",
           /*published=*/SplitCounts{109269, 0, 0}},
      },
      /*tag_rule=*/TagRule::kNone,
      /*top_tags=*/0,
      /*published_tags=*/{},
      /*duration_cap_seconds=*/std::nullopt,
      /*known_bad=*/{},
      /*published_hours=*/std::nullopt,
  };
}

CsvTableOptions TableOptions() {
  CsvTableOptions options;
  options.delimiter = '\t';
  options.quotes_are_text = true;
  return options;
}

absl::StatusOr<RecordingList> Read(const ReadRequest& request) {
  const std::string path = JoinPath(request.folder, "id_genres.csv");
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> table,
                   CsvTable::Read(request.files, path, TableOptions()));
  ASSIGN_OR_RETURN(const std::size_t column, RequiredColumn(*table, "id"));
  static const RE2& form = *new RE2(R"([A-Za-z0-9_-]{1,64})");
  AudioTree audio(request.files, request.folder);
  RecordingList list;
  list.recordings.reserve(table->num_rows());
  for (std::size_t i = 0; i < table->num_rows(); ++i) {
    TaggedRecording tagged;
    Recording& recording = tagged.recording;
    recording.id = recording.group = std::string(table->Row(i)[column]);
    if (!RE2::FullMatch(recording.id, form)) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ":", table->LineOfRow(i), ": found the id ",
          QuoteForMessage(recording.id), ", expected letters and digits"));
    }
    recording.culture = request.facts.culture;
    ASSIGN_OR_RETURN(AudioClip clip, audio.Whole(absl::StrCat(
                                         "audios/", recording.id, ".mp3")));
    clip.duration_seconds = kClipSeconds;
    recording.clips.push_back(std::move(clip));
    list.recordings.push_back(std::move(tagged));
  }
  return list;
}

const bool registered = RegisterDataset({Facts(), &Read});

}  // namespace
}  // namespace culturemert
