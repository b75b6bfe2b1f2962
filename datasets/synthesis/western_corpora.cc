// Which styles make up each Western corpus.

#include <vector>

#include "datasets/synthesis/western_style.h"

namespace culturemert {

const WesternCorpus& WesternTagsCorpus() {
  static const auto& corpus = *new WesternCorpus{"western_tags",
                                                 {{"harpsichord", 2},
                                                  {"piano", 2},
                                                  {"chamber strings", 2},
                                                  {"cello", 2},
                                                  {"flute and harp", 1},
                                                  {"solo guitar", 2},
                                                  {"opera", 2},
                                                  {"choral", 2},
                                                  {"rock", 2},
                                                  {"metal", 2},
                                                  {"pop", 2},
                                                  {"country", 2},
                                                  {"folk", 2},
                                                  {"techno", 2},
                                                  {"house", 2},
                                                  {"ambient", 2},
                                                  {"new age", 2},
                                                  {"indian", 2}},
                                                 /*has_tags=*/true,
                                                 /*has_genres=*/false};
  return corpus;
}

const WesternCorpus& WesternGenresCorpus() {
  static const auto& corpus = *new WesternCorpus{"western_genres",
                                                 {{"rock", 1},
                                                  {"punk", 1},
                                                  {"pop", 1},
                                                  {"folk", 1},
                                                  {"hip-hop", 1},
                                                  {"techno", 1},
                                                  {"house", 1},
                                                  {"ambient", 1},
                                                  {"chiptune", 1},
                                                  {"soundtrack", 1}},
                                                 /*has_tags=*/false,
                                                 /*has_genres=*/true};
  return corpus;
}

const WesternCorpus& WesternPretrainingCorpus() {
  static const auto& corpus =
      *new WesternCorpus{"western",
                         [] {
                           std::vector<WesternCorpus::Share> shares;
                           for (const WesternStyle& style : WesternStyles()) {
                             shares.push_back({style.name, 1});
                           }
                           return shares;
                         }(),
                         /*has_tags=*/true, /*has_genres=*/true};
  return corpus;
}

}  // namespace culturemert
