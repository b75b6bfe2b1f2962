// Turkish makam music of the CompMusic collections.

#include "datasets/catalog/dunya_recording.h"
#include "datasets/catalog/registry.h"

namespace culturemert {
namespace {

// github.com/pxaris/ccml: preprocessing/dunya/get_metadata.py.
constexpr DunyaTagField kFields[] = {
    {/*prefix=*/"makam--", /*list=*/"makamlist", /*object=*/"",
     /*name=*/"name"},
    {/*prefix=*/"usul--", /*list=*/"usullist", /*object=*/"", /*name=*/"name"},
    {/*prefix=*/"instrument--", /*list=*/"performers", /*object=*/"instrument",
     /*name=*/"name"},
};

DatasetFacts Facts() {
  return {
      /*name=*/"turkish_makam",
      /*title=*/"Turkish-makam",
      /*culture=*/"turkish",
      // compmusic.upf.edu/corpora.
      /*licence=*/
      "for non-commercial research, given on request; not to be passed on",
      // github.com/pxaris/ccml: README.md; github.com/MTG/pycompmusic.
      /*request=*/
      "register at https://dunya.compmusic.upf.edu, ask there for access to "
      "the "
      "audio of the makam collection, and fetch both with your token "
      "(github.com/MTG/pycompmusic); the id lists are data/makam/split of "
      "https://github.com/pxaris/ccml",
      /*citation=*/
      "B. Uyar, H. S. Atlı, S. Şentürk, B. Bozkurt and X. Serra, \"A corpus "
      "for computational research of Turkish makam music\", in Proc. DLfM, "
      "2014",
      /*layout=*/
      "split/{train,valid,test}.npy  # of CCML; or split.csv: id,split\n"
      "recordings/<mbid>.json ...  # api/makam/recording/<mbid>\n"
      "audios/<mbid>.mp3 ...  # document/by-id/<mbid>/mp3\n",
      /*variants=*/
      {
          // github.com/pxaris/ccml: data/makam/split, counted.
          {/*name=*/"ccml",
           /*description=*/"the random split of \"From West to East\"",
           /*published=*/SplitCounts{3709, 529, 1059}},
      },
      /*tag_rule=*/TagRule::kTopOfTraining,
      /*top_tags=*/30,
      // github.com/pxaris/ccml: evaluation/makam/vgg_ish.txt.
      /*published_tags=*/
      {"instrument--Voice",
       "instrument--Kanun",
       "instrument--Tanbur",
       "instrument--Ney",
       "instrument--performing orchestra",
       "instrument--Oud",
       "instrument--Classical kemençe",
       "instrument--Cello",
       "instrument--Violin",
       "usul--Aksak",
       "makam--Hicaz",
       "instrument--Percussion",
       "usul--Düyek",
       "usul--Aksaksemai",
       "makam--Nihavent",
       "makam--Hüzzam",
       "instrument--Clarinet",
       "usul--Curcuna",
       "makam--Kürdilihicazkar",
       "instrument--Bendir",
       "makam--Uşşak",
       "makam--Rast",
       "instrument--Kudüm",
       "instrument--Viola",
       "usul--Yürüksemai",
       "usul--Sofyan",
       "makam--Segah",
       "usul--Ağıraksak",
       "makam--Hüseyni",
       "usul--Devr-i Kebir"},
      // github.com/pxaris/ccml: config.py, MAX_AUDIO_DURATION.
      /*duration_cap_seconds=*/150,
      /*known_bad=*/{},
      /*published_hours=*/std::nullopt,
  };
}

absl::StatusOr<RecordingList> Read(const ReadRequest& request) {
  return ReadDunyaCollection(request, kFields);
}

const bool registered = RegisterDataset({Facts(), &Read});

}  // namespace
}  // namespace culturemert
