// Lyra: Greek traditional and folk music.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/audio_tree.h"
#include "datasets/catalog/lyra_table.h"
#include "datasets/catalog/numpy_shuffle.h"
#include "datasets/catalog/registry.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

DatasetFacts Facts() {
  return {
      /*name=*/"lyra",
      /*title=*/"Lyra",
      /*culture=*/"greek",
      // github.com/pxaris/lyra-dataset: README.md.
      /*licence=*/
      "metadata CC BY-NC-SA 4.0; audio is not distributed, each video has its "
      "own terms",
      /*request=*/
      "copy data/raw.tsv and data/split of "
      "https://github.com/pxaris/lyra-dataset; for the audio, ask its authors, "
      "or cut the pieces from the videos that the tables name, as far as you "
      "may",
      /*citation=*/
      "C. Papaioannou, I. Valiantzas, T. Giannakopoulos, M. "
      "Kaliakatsos-Papakostas and A. Potamianos, \"A dataset for Greek "
      "traditional and folk music: Lyra\", in Proc. ISMIR, 2022",
      /*layout=*/
      "split/training.tsv  # 1240 pieces\n"
      "split/test.tsv  # 330 pieces\n"
      "raw.tsv  # optional: both together, to be checked against them\n"
      "audios/<id>.mp3 ...  # a piece a file; or audios/<youtube-id>.mp3, a "
      "whole video\n",
      /*variants=*/
      {
          // github.com/pxaris/lyra-dataset: data/split, counted; and
          // github.com/pxaris/ccml: training/datasets/lyra.py,
          // torch_train_val_split: the first tenth of the training part,
          // shuffled by NumPy with the seed 10, is for validation.
          {/*name=*/"ccml",
           /*description=*/
           "the official parts; a tenth of the first, drawn with split_seed, "
           "for validation",
           /*published=*/SplitCounts{1116, 124, 330}},
      },
      // All 1240 pieces of the training part count (lyra.py, get_ids_labels).
      /*tag_rule=*/TagRule::kTopOfTrainingAndValid,
      /*top_tags=*/30,
      // github.com/pxaris/ccml: evaluation/lyra/vgg_ish.txt.
      /*published_tags=*/
      {"instruments--Voice",
       "genres--Traditional",
       "instruments--Violin",
       "instruments--Percussion",
       "instruments--Laouto",
       "instruments--Guitar",
       "instruments--Klarino",
       "genres--Nisiotiko",
       "place--None",
       "instruments--Bass",
       "instruments--Accordion",
       "instruments--Santouri",
       "genres--Aegean",
       "place--Aegean-sea",
       "genres--Epirotic",
       "place--Epirus",
       "instruments--Bouzouki",
       "genres--Mikrasiatiko",
       "place--Asia-minor",
       "genres--Rebetiko",
       "genres--Laiko",
       "instruments--Piano",
       "instruments--Lyra",
       "instruments--Oud",
       "genres--Macedonian",
       "place--Macedonia",
       "genres--Peloponnesian",
       "place--Peloponnese",
       "instruments--Mandolin",
       "instruments--Kanonaki"},
      /*duration_cap_seconds=*/std::nullopt,
      /*known_bad=*/{},
      // Summed from raw.tsv: end-ts less start-ts.
      /*published_hours=*/79.96,
  };
}

absl::StatusOr<std::vector<LyraPiece>> ReadTable(const ReadRequest& request,
                                                 absl::string_view name) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> table,
                   CsvTable::Read(request.files, JoinPath(request.folder, name),
                                  LyraTableOptions()));
  return ReadLyraPieces(*table);
}

// raw.tsv, where it is there, lists the same ids as the two parts.
absl::Status CheckAgainstRaw(const ReadRequest& request,
                             const std::vector<LyraPiece>& training,
                             const std::vector<LyraPiece>& test) {
  const std::string path = JoinPath(request.folder, "raw.tsv");
  if (!request.files.Exists(path)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<LyraPiece> raw,
                   ReadTable(request, "raw.tsv"));
  absl::flat_hash_set<std::string> ids;
  for (const LyraPiece& piece : raw) ids.insert(piece.id);
  for (const auto* part : {&training, &test}) {
    for (const LyraPiece& piece : *part) {
      if (ids.erase(piece.id) == 0) {
        return absl::InvalidArgumentError(absl::StrCat(
            path, ": does not list ", QuoteForMessage(piece.id),
            ", which split/training.tsv or split/test.tsv does, or the two "
            "list it twice"));
      }
    }
  }
  if (ids.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": lists ", ids.size(),
      " pieces that neither split/training.tsv nor split/test.tsv does"));
}

// A file of the piece alone, or else the piece's stretch of the whole video.
absl::StatusOr<AudioClip> FindAudio(const LyraPiece& piece, AudioTree* audio) {
  ASSIGN_OR_RETURN(std::optional<std::string> path,
                   audio->Find("audios", piece.id));
  std::optional<std::string> video;
  if (!path.has_value()) {
    ASSIGN_OR_RETURN(video, audio->Find("audios", piece.youtube_id));
  }
  const std::string expected = absl::StrCat("audios/", piece.id, ".mp3");
  ASSIGN_OR_RETURN(
      AudioClip clip,
      audio->Whole(video.has_value() ? *video : path.value_or(expected)));
  if (video.has_value()) {
    clip.start_seconds = piece.start_seconds;
    clip.end_seconds = piece.end_seconds;
  }
  clip.duration_seconds = piece.end_seconds - piece.start_seconds;
  return clip;
}

absl::Status AddPieces(const ReadRequest& request,
                       std::vector<LyraPiece> pieces,
                       const std::vector<Split>& splits, AudioTree* audio,
                       RecordingList* list) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    TaggedRecording tagged;
    tagged.recording.id = tagged.recording.group = pieces[i].id;
    tagged.recording.culture = request.facts.culture;
    tagged.recording.split = splits[i];
    ASSIGN_OR_RETURN(AudioClip clip, FindAudio(pieces[i], audio));
    tagged.recording.clips.push_back(std::move(clip));
    tagged.tags = std::move(pieces[i].tags);
    list->recordings.push_back(std::move(tagged));
  }
  return absl::OkStatus();
}

// lyra.py: val_split = floor(0.1 * n), validation = indices[:val_split].
std::vector<Split> DrawValidation(std::size_t pieces, std::uint64_t seed) {
  std::vector<Split> splits(pieces, Split::kTrain);
  const std::vector<std::uint32_t> shuffled = NumpyShuffledIndices(
      static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(pieces));
  for (std::size_t i = 0; i < pieces / 10; ++i) {
    splits[shuffled[i]] = Split::kValid;
  }
  return splits;
}

absl::StatusOr<RecordingList> Read(const ReadRequest& request) {
  ASSIGN_OR_RETURN(std::vector<LyraPiece> training,
                   ReadTable(request, "split/training.tsv"));
  ASSIGN_OR_RETURN(std::vector<LyraPiece> test,
                   ReadTable(request, "split/test.tsv"));
  RETURN_IF_ERROR(CheckAgainstRaw(request, training, test));
  AudioTree audio(request.files, request.folder);
  RecordingList list;
  const std::vector<Split> drawn =
      DrawValidation(training.size(), request.options.split_seed);
  const std::vector<Split> all_test(test.size(), Split::kTest);
  RETURN_IF_ERROR(
      AddPieces(request, std::move(training), drawn, &audio, &list));
  RETURN_IF_ERROR(AddPieces(request, std::move(test), all_test, &audio, &list));
  return list;
}

const bool registered = RegisterDataset({Facts(), &Read});

}  // namespace
}  // namespace culturemert
