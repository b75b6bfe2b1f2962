// What a composer makes: a score and its labels.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_PIECE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_PIECE_H_

#include <string>
#include <vector>

#include "datasets/synthesis/draws.h"
#include "datasets/synthesis/score.h"

namespace culturemert {

struct Piece {
  std::vector<std::string> tags;  // "group:value", sorted, each once.
  Score score;
};

// A room as recordings have it: what of it varies tells nothing about the
// music.
Room DrawRoom(Draws* draws);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_PIECE_H_
