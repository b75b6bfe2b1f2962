// Hindustani music of the CompMusic collections.

#include "datasets/catalog/dunya_recording.h"
#include "datasets/catalog/registry.h"

namespace culturemert {
namespace {

// github.com/pxaris/ccml: preprocessing/dunya/get_metadata.py.
constexpr DunyaTagField kFields[] = {
    {/*prefix=*/"raga--", /*list=*/"raags", /*object=*/"",
     /*name=*/"common_name"},
    {/*prefix=*/"tala--", /*list=*/"taals", /*object=*/"",
     /*name=*/"common_name"},
    {/*prefix=*/"instrument--", /*list=*/"artists", /*object=*/"instrument",
     /*name=*/"name"},
    {/*prefix=*/"form--", /*list=*/"forms", /*object=*/"",
     /*name=*/"common_name"},
};

DatasetFacts Facts() {
  return {
      /*name=*/"hindustani",
      /*title=*/"Hindustani",
      /*culture=*/"hindustani",
      // compmusic.upf.edu/corpora.
      /*licence=*/
      "for non-commercial research, given on request; not to be passed on",
      // github.com/pxaris/ccml: README.md; github.com/MTG/pycompmusic.
      /*request=*/
      "register at https://dunya.compmusic.upf.edu, ask there for access to "
      "the "
      "audio of the hindustani collection, and fetch both with your token "
      "(github.com/MTG/pycompmusic); the id lists are data/hindustani/split of "
      "https://github.com/pxaris/ccml",
      /*citation=*/
      "A. Srinivasamurthy, G. K. Koduri, S. Gulati, V. Ishwar and X. Serra, "
      "\"Corpora for music information research in Indian art music\", in "
      "Proc. ICMC/SMC, 2014",
      /*layout=*/
      "split/{train,valid,test}.npy  # of CCML; or split.csv: id,split\n"
      "recordings/<mbid>.json ...  # api/hindustani/recording/<mbid>\n"
      "audios/<mbid>.mp3 ...  # document/by-id/<mbid>/mp3\n",
      /*variants=*/
      {
          // github.com/pxaris/ccml: data/hindustani/split, counted.
          {/*name=*/"ccml",
           /*description=*/"the random split of \"From West to East\"",
           /*published=*/SplitCounts{844, 120, 240}},
      },
      /*tag_rule=*/TagRule::kTopOfTraining,
      /*top_tags=*/20,
      // github.com/pxaris/ccml: evaluation/hindustani/vgg_ish.txt.
      /*published_tags=*/
      {"instrument--Voice",     "instrument--Tabla",   "form--Khayal",
       "instrument--Harmonium", "tala--Teentaal",      "instrument--Tambura",
       "tala--Ektaal",          "instrument--Sarangi", "instrument--Pakhavaj",
       "form--Dhrupad",         "tala--Jhaptaal",      "form--Thumri",
       "form--Bhajan",          "instrument--Sitar",   "raga--Bhairabi",
       "form--Tarana",          "instrument--Bansuri", "raga--Yaman kalyan",
       "tala--Rupak",           "raga--Bageshree"},
      // github.com/pxaris/ccml: config.py, MAX_AUDIO_DURATION.
      /*duration_cap_seconds=*/780,
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
