// Makes pieces of Western music, in twelve equal semitones, from the tables of
// styles.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_COMPOSER_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_COMPOSER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/synthesis/piece.h"
#include "datasets/synthesis/repertoire.h"
#include "datasets/synthesis/western_style.h"

namespace culturemert {

// The piece of one recording. The tune decides style, scale, progression and
// melody; the performance who plays, key, tempo, loudness, room. Besides its
// style's tags a piece may be "tempo:slow" (below 80 beats a minute) or
// "tempo:fast" (above 135), "dynamics:quiet" (velocities around 62 or less) or
// "dynamics:loud" (102 or more), "vocals:no vocals", "texture:solo" (all on one
// sound),
// "texture:beat" (drums that keep time).
Piece ComposeWestern(const WesternCorpus& corpus, const Repertoire& repertoire,
                     std::uint64_t recording, double seconds);

// Every tag that ComposeWestern can give for the corpus, sorted.
std::vector<std::string> WesternVocabulary(const WesternCorpus& corpus);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_WESTERN_COMPOSER_H_
