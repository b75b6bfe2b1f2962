// MagnaTagATune: clips of 29 s of Western music and its tags by players of a
// game.

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/audio_tree.h"
#include "datasets/catalog/mtat_annotations.h"
#include "datasets/catalog/registry.h"
#include "re2/re2.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kFiltered[] = "filtered";

DatasetFacts Facts() {
  return {
      /*name=*/"mtat",
      /*title=*/"MagnaTagATune",
      /*culture=*/"western",
      // The set's page, tagatune.org/Magnatagatune.html.
      /*licence=*/
      "CC BY-NC-SA 3.0 (annotations; audio of magnatune.com, for research)",
      /*request=*/
      "download mp3.zip.001 to .003 (join them with cat) and "
      "annotations_final.csv from "
      "https://mirg.city.ac.uk/codeapps/the-magnatagatune-dataset",
      /*citation=*/
      "E. Law, K. West, M. Mandel, M. Bay and J. S. Downie, \"Evaluation of "
      "algorithms using games: the case of music tagging\", in Proc. ISMIR, "
      "2009",
      // The page's archive unpacks to the folders 0 to f.
      /*layout=*/
      "annotations_final.csv  # 25 863 clips, 188 tags, separated by tabs\n"
      "mp3/0/*.mp3 ... mp3/f/*.mp3  # the unpacked archive\n",
      /*variants=*/
      {
          // github.com/jongpillee/music_dataset_split (MTAT_split),
          // github.com/pxaris/ccml (data/magnatagatune/split): the clips of
          // more than 29.1 s that have one of the 50 tags. In the validation
          // and test parts the tags alone give exactly those ids; only the
          // empty files, all in the training part, are known to be shorter.
          {/*name=*/kFiltered,
           /*description=*/"clips with at least one of the 50 tags",
           /*published=*/SplitCounts{15244, 1529, 4332}},
          // github.com/a43992899/MARBLE-Benchmark
          // (benchmark/tasks/MTT/preprocess.py), whose filter is commented out.
          {/*name=*/"unfiltered",
           /*description=*/"all clips, those without any of the 50 tags too",
           /*published=*/SplitCounts{18706, 1825, 5329}},
      },
      /*tag_rule=*/TagRule::kPublishedList,
      /*top_tags=*/50,
      // github.com/pxaris/ccml: data/magnatagatune/split/tags.npy.
      /*published_tags=*/
      {"guitar",       "classical", "slow",        "techno",
       "strings",      "drums",     "electronic",  "rock",
       "fast",         "piano",     "ambient",     "beat",
       "violin",       "vocal",     "synth",       "female",
       "indian",       "opera",     "male",        "singing",
       "vocals",       "no vocals", "harpsichord", "loud",
       "quiet",        "flute",     "woman",       "male vocal",
       "no vocal",     "pop",       "soft",        "sitar",
       "solo",         "man",       "classic",     "choir",
       "voice",        "new age",   "dance",       "male voice",
       "female vocal", "beats",     "harp",        "cello",
       "no voice",     "weird",     "country",     "metal",
       "female voice", "choral"},
      /*duration_cap_seconds=*/std::nullopt,
      // Named by many users' code. Leaving them out, and nothing else, turns
      // 25 863 clips into the 25 860 of the unfiltered variant.
      /*known_bad=*/
      {{"mp3/6/norine_braun-now_and_zen-08-gently-117-146.mp3", "empty file"},
       {"mp3/8/jacob_heringman-josquin_des_prez_lute_settings-19-gintzler__"
        "pater_noster-204-233.mp3",
        "empty file"},
       {"mp3/9/american_baroque-dances_and_suites_of_rameau_and_couperin-25-le_"
        "petit_rien_xiveme_ordre_couperin-88-117.mp3",
        "empty file"}},
      /*published_hours=*/std::nullopt,
  };
}

// What the path says: "-117-146.mp3" is 29 s.
std::optional<double> SecondsOf(const std::string& path) {
  static const RE2& form = *new RE2(R"(.*-(\d{1,9})-(\d{1,9})\.mp3)");
  int from = 0;
  int to = 0;
  if (!RE2::FullMatch(path, form, &from, &to) || to <= from) {
    return std::nullopt;
  }
  return to - from;
}

absl::StatusOr<RecordingList> Read(const ReadRequest& request) {
  const DatasetFacts& facts = request.facts;
  ASSIGN_OR_RETURN(
      const std::unique_ptr<CsvTable> table,
      CsvTable::Read(request.files,
                     JoinPath(request.folder, "annotations_final.csv"),
                     MtatTableOptions()));
  ASSIGN_OR_RETURN(std::vector<MtatClip> clips,
                   ReadMtatClips(*table, facts.published_tags));
  absl::flat_hash_set<std::string> known_bad;
  for (const KnownBad& bad : facts.known_bad) known_bad.insert(bad.path);
  AudioTree audio(request.files, request.folder);
  RecordingList list;
  for (MtatClip& clip : clips) {
    const std::string path = absl::StrCat("mp3/", clip.path);
    if (known_bad.contains(path)) continue;
    if (request.options.variant == kFiltered && clip.tags.empty()) continue;
    TaggedRecording tagged;
    tagged.recording.id = std::move(clip.id);
    tagged.recording.group = std::move(clip.track);
    tagged.recording.culture = facts.culture;
    tagged.recording.split = MtatSplit(clip.path);
    ASSIGN_OR_RETURN(AudioClip file, audio.Whole(path));
    file.duration_seconds = SecondsOf(clip.path);
    tagged.recording.clips.push_back(std::move(file));
    tagged.tags = std::move(clip.tags);
    list.recordings.push_back(std::move(tagged));
  }
  return list;
}

const bool registered = RegisterDataset({Facts(), &Read});

}  // namespace
}  // namespace culturemert
