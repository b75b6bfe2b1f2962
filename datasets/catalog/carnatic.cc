// Carnatic music of the CompMusic collections.

#include "datasets/catalog/dunya_recording.h"
#include "datasets/catalog/registry.h"

namespace culturemert {
namespace {

// github.com/pxaris/ccml: preprocessing/dunya/get_metadata.py.
constexpr DunyaTagField kFields[] = {
    {/*prefix=*/"raga--", /*list=*/"raaga", /*object=*/"",
     /*name=*/"common_name"},
    {/*prefix=*/"tala--", /*list=*/"taala", /*object=*/"",
     /*name=*/"common_name"},
    {/*prefix=*/"instrument--", /*list=*/"artists", /*object=*/"instrument",
     /*name=*/"name"},
    {/*prefix=*/"form--", /*list=*/"form", /*object=*/"", /*name=*/"name"},
};

DatasetFacts Facts() {
  return {
      /*name=*/"carnatic",
      /*title=*/"Carnatic",
      /*culture=*/"carnatic",
      // compmusic.upf.edu/corpora.
      /*licence=*/
      "for non-commercial research, given on request; not to be passed on",
      // github.com/pxaris/ccml: README.md; github.com/MTG/pycompmusic.
      /*request=*/
      "register at https://dunya.compmusic.upf.edu, ask there for access to "
      "the "
      "audio of the carnatic collection, and fetch both with your token "
      "(github.com/MTG/pycompmusic); the id lists are data/carnatic/split of "
      "https://github.com/pxaris/ccml",
      /*citation=*/
      "A. Srinivasamurthy, G. K. Koduri, S. Gulati, V. Ishwar and X. Serra, "
      "\"Corpora for music information research in Indian art music\", in "
      "Proc. ICMC/SMC, 2014",
      /*layout=*/
      "split/{train,valid,test}.npy  # of CCML; or split.csv: id,split\n"
      "recordings/<mbid>.json ...  # api/carnatic/recording/<mbid>\n"
      "audios/<mbid>.mp3 ...  # document/by-id/<mbid>/mp3\n",
      /*variants=*/
      {
          // github.com/pxaris/ccml: data/carnatic/split, counted.
          {/*name=*/"ccml",
           /*description=*/"the random split of \"From West to East\"",
           /*published=*/SplitCounts{1829, 261, 522}},
      },
      /*tag_rule=*/TagRule::kTopOfTraining,
      /*top_tags=*/20,
      // github.com/pxaris/ccml: evaluation/carnatic/vgg_ish.txt.
      /*published_tags=*/
      {"instrument--Voice",
       "instrument--Violin",
       "instrument--Mridangam",
       "form--Kriti",
       "tala--adi",
       "instrument--Ghatam",
       "instrument--Khanjira",
       "tala--rupaka",
       "tala--mishra chapu",
       "form--Varnam - Tana Varnam",
       "form--Alapana",
       "form--Pallavi",
       "raga--ragamalika",
       "tala--khanda chapu",
       "instrument--Morsing",
       "raga--thodi",
       "form--Thillana",
       "form--Mangalam",
       "raga--bhairavi",
       "raga--kalyani"},
      // github.com/pxaris/ccml: config.py, MAX_AUDIO_DURATION.
      /*duration_cap_seconds=*/330,
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
