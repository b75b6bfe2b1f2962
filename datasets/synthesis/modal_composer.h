// Makes pieces of a modal tradition from its tables.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_MODAL_COMPOSER_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_MODAL_COMPOSER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/synthesis/piece.h"
#include "datasets/synthesis/repertoire.h"
#include "datasets/synthesis/tradition.h"

namespace culturemert {

// The piece of one recording. The tune decides form, rhythm, mode and melody;
// the performance who plays, tonic, tempo, where the recording begins, room.
Piece ComposeModal(const Tradition& tradition, const Repertoire& repertoire,
                   std::uint64_t recording, double seconds);

// Every tag that ComposeModal can give, sorted.
std::vector<std::string> ModalVocabulary(const Tradition& tradition);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_MODAL_COMPOSER_H_
