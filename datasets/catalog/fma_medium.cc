// FMA-medium: 25 000 clips of 30 s from the Free Music Archive and their
// genres.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/audio_tree.h"
#include "datasets/catalog/fma_tables.h"
#include "datasets/catalog/id_lists.h"
#include "datasets/catalog/registry.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kOfficial[] = "official";
constexpr double kClipSeconds = 30;  // github.com/mdeff/fma: README.md.

// The folder is the first three of the six digits (github.com/mdeff/fma:
// utils.py, get_audio_path).
std::string AudioPath(absl::string_view id) {
  return absl::StrCat("fma_medium/", id.substr(0, 3), "/", id, ".mp3");
}

std::vector<KnownBad> KnownBadTracks() {
  // github.com/mdeff/fma, issue 8; these and no others are missing from CCML's
  // lists (github.com/pxaris/ccml: data/fma/split).
  constexpr absl::string_view kIds[] = {
      "001486", "005574", "065753", "080391", "098558", "098559", "098560",
      "098565", "098566", "098567", "098568", "098569", "098571", "099134",
      "105247", "108925", "126981", "127336", "133297", "143992"};
  std::vector<KnownBad> known_bad;
  for (const absl::string_view id : kIds) {
    known_bad.push_back({AudioPath(id), "trimmed wrongly, not 30 s long"});
  }
  return known_bad;
}

DatasetFacts Facts() {
  return {
      /*name=*/"fma_medium",
      /*title=*/"FMA-medium",
      /*culture=*/"western",
      // github.com/mdeff/fma: README.md, "Acknowledgments and Licenses".
      /*licence=*/
      "metadata CC BY 4.0, each track under the Creative Commons licence its "
      "artist chose",
      // github.com/mdeff/fma: README.md; github.com/pxaris/ccml: README.md.
      /*request=*/
      "download https://os.unil.cloud.switch.ch/fma/fma_metadata.zip (SHA-1 "
      "f0df49ffe5f2a6008d7dc83c6915b31835dfe733) and "
      "https://os.unil.cloud.switch.ch/fma/fma_medium.zip (SHA-1 "
      "c67b69ea232021025fca9231fc1c7c1a063ab50b); for the variant ccml also "
      "data/fma/split of https://github.com/pxaris/ccml",
      /*citation=*/
      "M. Defferrard, K. Benzi, P. Vandergheynst and X. Bresson, \"FMA: A "
      "dataset for music analysis\", in Proc. ISMIR, 2017",
      /*layout=*/
      "fma_metadata/tracks.csv  # of fma_metadata.zip\n"
      "fma_metadata/genres.csv  # of fma_metadata.zip\n"
      "fma_medium/000/000002.mp3 ...  # the unpacked fma_medium.zip\n"
      "split/{train,valid,test}.npy  # of CCML; or split.csv: id,split\n",
      /*variants=*/
      {
          // github.com/pxaris/ccml: README.md and data/fma/split, counted.
          {/*name=*/"ccml",
           /*description=*/"the random split of \"From West to East\"",
           /*published=*/SplitCounts{17486, 2498, 4996}},
          // No source was found that states its sizes without the 20 tracks
          // left out.
          {/*name=*/kOfficial,
           /*description=*/"the split of tracks.csv, by artist",
           /*published=*/std::nullopt},
      },
      /*tag_rule=*/TagRule::kTopOfTraining,
      /*top_tags=*/20,
      // github.com/pxaris/ccml: evaluation/fma/vgg_ish.txt.
      /*published_tags=*/
      {"Rock",          "Electronic", "Punk",       "Experimental",
       "Hip-Hop",       "Folk",       "Garage",     "Instrumental",
       "Indie-Rock",    "Pop",        "Chip Music", "Ambient Electronic",
       "International", "IDM",        "Techno",     "Downtempo",
       "Soundtrack",    "Chiptune",   "House",      "Hardcore"},
      /*duration_cap_seconds=*/std::nullopt,
      /*known_bad=*/KnownBadTracks(),
      /*published_hours=*/std::nullopt,
  };
}

// All titles of the track's genres.
absl::StatusOr<std::vector<std::string>> TitlesOf(
    const FmaTrack& track, const std::map<std::int64_t, std::string>& titles) {
  std::vector<std::string> tags;
  for (const std::int64_t genre : track.genres) {
    const auto title = titles.find(genre);
    if (title == titles.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the track ", track.id, " has the genre ", genre,
                       ", which genres.csv does not list"));
    }
    tags.push_back(title->second);
  }
  return tags;
}

absl::StatusOr<std::vector<FmaTrack>> ReadTracks(const ReadRequest& request) {
  const std::string path =
      JoinPath(request.folder, "fma_metadata", "tracks.csv");
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file,
                   request.files.Map(path, MapAccess::kSequential));
  return ParseFmaMediumTracks(
      absl::string_view(reinterpret_cast<const char*>(file->bytes().data()),
                        file->bytes().size()),
      path);
}

// The tracks that CCML's lists name, in their order and with their split.
absl::StatusOr<std::vector<FmaTrack>> SelectListed(
    const ReadRequest& request, const std::vector<FmaTrack>& tracks) {
  ASSIGN_OR_RETURN(const std::vector<ListedId> ids,
                   ReadIdLists(request.files, request.folder, "[0-9]{6}"));
  absl::flat_hash_map<absl::string_view, const FmaTrack*> by_id;
  for (const FmaTrack& track : tracks) by_id.emplace(track.id, &track);
  std::vector<FmaTrack> selected;
  selected.reserve(ids.size());
  for (const ListedId& listed : ids) {
    const auto found = by_id.find(listed.id);
    if (found == by_id.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(listed.place, ": no track ", listed.id,
                       " in the subset \"medium\" of fma_metadata/tracks.csv"));
    }
    selected.push_back(*found->second);
    selected.back().split = listed.split;
  }
  return selected;
}

absl::StatusOr<RecordingList> Read(const ReadRequest& request) {
  const std::string genres_path =
      JoinPath(request.folder, "fma_metadata", "genres.csv");
  ASSIGN_OR_RETURN(std::string genres, request.files.Read(genres_path));
  ASSIGN_OR_RETURN(const auto titles,
                   ParseFmaGenres(std::move(genres), genres_path));
  ASSIGN_OR_RETURN(std::vector<FmaTrack> tracks, ReadTracks(request));
  if (request.options.variant != kOfficial) {
    ASSIGN_OR_RETURN(tracks, SelectListed(request, tracks));
  }
  absl::flat_hash_set<std::string> known_bad;
  for (const KnownBad& bad : request.facts.known_bad)
    known_bad.insert(bad.path);
  AudioTree audio(request.files, request.folder);
  RecordingList list;
  for (const FmaTrack& track : tracks) {
    const std::string path = AudioPath(track.id);
    if (known_bad.contains(path)) continue;
    TaggedRecording tagged;
    tagged.recording.id = tagged.recording.group = track.id;
    tagged.recording.culture = request.facts.culture;
    tagged.recording.split = track.split;
    ASSIGN_OR_RETURN(AudioClip clip, audio.Whole(path));
    clip.duration_seconds = kClipSeconds;
    tagged.recording.clips.push_back(std::move(clip));
    ASSIGN_OR_RETURN(tagged.tags, TitlesOf(track, titles));
    list.recordings.push_back(std::move(tagged));
  }
  return list;
}

const bool registered = RegisterDataset({Facts(), &Read});

}  // namespace
}  // namespace culturemert
