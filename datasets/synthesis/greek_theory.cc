// Greek traditional and urban folk music as data.
//
// Genres, places and the instruments of each follow the hierarchy and the
// statistics of C. Papaioannou et al., "A dataset for Greek traditional and
// folk music: Lyra" (ISMIR 2022). Dances and their metres after Y. Hunt,
// "Traditional dance in Greek culture" (1996), and S. Baud-Bovy, "Essai sur la
// chanson populaire grecque" (1983); dromoi after R. P. Pennanen, "The
// development of chordal harmony in Greek rebetika and laika music" (British
// Journal of Ethnomusicology, 1997): tempered in the cities, untempered
// elsewhere.

#include <string>
#include <vector>

#include "datasets/synthesis/tradition.h"

namespace culturemert {
namespace {

constexpr double kTonicCents = 6200;  // D4.

Mode Dromos(const char* name, Contour contour,
            const std::vector<double>& ascent,
            const std::vector<double>& descent, double dominant) {
  return {name, kTonicCents, contour, ascent, descent, dominant, {}, {}};
}

std::vector<Mode> Dromoi() {
  constexpr Contour kUp = Contour::kAscending;
  constexpr Contour kArch = Contour::kArched;
  constexpr Contour kDown = Contour::kDescending;
  return {
      Dromos("Major", kUp, {0, 200, 400, 500, 700, 900, 1100},
             {1200, 1100, 900, 700, 500, 400, 200}, 700),
      Dromos("Minor", kArch, {0, 200, 300, 500, 700, 800, 1100},
             {1200, 1000, 800, 700, 500, 300, 200}, 700),
      Dromos("Hitzaz", kArch, {0, 100, 400, 500, 700, 900, 1000},
             {1200, 1000, 800, 700, 500, 400, 100}, 500),
      Dromos("Piraiotikos", kDown, {0, 100, 400, 600, 700, 800, 1100},
             {1200, 1100, 800, 700, 600, 400, 100}, 700),
      Dromos("Ousak", kUp, {0, 160, 290, 498, 702, 794, 996},
             {1200, 996, 794, 702, 498, 290, 160}, 498),
      Dromos("Rast", kUp, {0, 204, 370, 498, 702, 906, 1075},
             {1200, 996, 906, 702, 498, 370, 204}, 702),
      Dromos("Hitzaz with commas", kArch, {0, 113, 385, 498, 702, 883, 996},
             {1200, 996, 794, 702, 498, 385, 113}, 498),
      Dromos("Sabah", kUp, {0, 170, 290, 408, 702, 800},
             {1110, 996, 702, 408, 290, 170}, 290),
      Dromos("Pentatonic", kDown, {0, 300, 500, 700, 1000},
             {1200, 1000, 700, 500, 300}, 700),
      Dromos("Pentatonic with sixth", kDown, {0, 204, 498, 702, 906},
             {1200, 906, 702, 498, 204}, 702),
  };
}

std::vector<Rhythm> Dances() {
  return {
      MakeRhythm("Syrtos", 400, 460, "D - - t - - t -"),
      MakeRhythm("Kalamatianos", 255, 300, "D - - t - t -"),
      MakeRhythm("Karsilamas", 300, 350, "D - t - D - t t t"),
      MakeRhythm("Zeibekiko", 85, 110, "D.- t.t D.- t.t D.- t.t D.- t.t t.-"),
      MakeRhythm("Sousta", 330, 390, "D t D t"),
      MakeRhythm("Tsamikos", 190, 230, "D - - t t -"),
      MakeRhythm("Hasapiko", 150, 185, "D - t - D - t -"),
      MakeRhythm("Pogonisios", 210, 250, "D - t D - t t -"),
  };
}

std::vector<Instrument> Instruments() {
  return {
      {"Voice", {53, 52, 54}, 0, 0.4, Touch::kBowedOrBlown, 0},
      {"Violin", {40, 41}, 0, 0.2, Touch::kBowedOrBlown, -2},
      {"Klarino", {71, 64}, 0, 0.2, Touch::kBowedOrBlown, -2},
      {"Lyra", {110, 41}, 0, 0.1, Touch::kBowedOrBlown, -2},
      {"Gaida", {109, 111}, 0, 0, Touch::kBowedOrBlown, -4},
      {"Accordion", {21, 23, 22}, 0, 0.2, Touch::kBowedOrBlown, -4},
      {"Bouzouki", {105, 25, 27}, 0, 0.1, Touch::kTremolo, -1},
      {"Santouri", {15, 46}, 0, 0, Touch::kTremolo, 0},
      {"Oud", {24, 106}, -1, 0, Touch::kPlucked, 0},
      {"Kanonaki", {107, 46}, 0, 0.2, Touch::kPlucked, 0},
      {"Laouto", {25, 105, 24}, -1, 0, Touch::kPlucked, -3},
      {"Guitar", {24, 25, 26}, -1, 0, Touch::kPlucked, -3},
      {"Piano", {0, 1, 3}, -1, 0, Touch::kPlucked, -4},
      {"Bass", {33, 32, 35}, -2, 0, Touch::kPlucked, 0},
      {"Gaida drone",
       {109, 111},
       -1,
       0,
       Touch::kBowedOrBlown,
       -9,
       /*tagged=*/false},
  };
}

std::vector<Drum> Drums() {
  constexpr SoundSource kKit = SoundSource::kDrumKit;
  return {{"Percussion",
           -1,
           {{"D", {{kKit, 64, 0, 1.0}}}, {"t", {{kKit, 60, 0, 0.75}}}}}};
}

// A genre of the countryside: it also carries the tag Traditional.
std::vector<std::string> Rural(const std::string& genre,
                               const std::string& place) {
  return {"genre:" + genre, "genre:Traditional", "place:" + place};
}

std::vector<Form> RuralForms() {
  const std::vector<Choice> drums = {{"Percussion", 2}, {"", 1}};
  const std::vector<Choice> laouto = {{"Laouto", 3}, {"", 1}};
  return {
      {"Nisiotiko",
       Rural("Nisiotiko", "Aegean-sea"),
       {"Major", "Rast", "Ousak", "Hitzaz with commas"},
       {{"Violin", 3}, {"Voice", 1}},
       0,
       1,
       {{"Santouri", 3}, {"Voice", 1}},
       laouto,
       {},
       {},
       drums,
       0,
       0.95,
       1.05,
       {1.2, 0.15, 0.06}},
      {"Epirotic",
       Rural("Epirotic", "Epirus"),
       {"Pentatonic", "Pentatonic with sixth"},
       {{"Klarino", 3}, {"Voice", 1}},
       0,
       1,
       {{"Violin", 2}, {"Voice", 1}},
       laouto,
       {},
       {},
       drums,
       0,
       0.9,
       1.0,
       {1.0, 0.12, 0.06}},
      {"Mikrasiatiko",
       Rural("Mikrasiatiko", "Asia-minor"),
       {"Ousak", "Hitzaz with commas", "Sabah", "Rast"},
       {{"Oud", 2}, {"Kanonaki", 3}, {"Violin", 1}, {"Voice", 1}},
       0,
       1,
       {{"Oud", 2}, {"Kanonaki", 3}, {"Voice", 1}},
       {},
       {},
       {},
       drums,
       0,
       0.95,
       1.05,
       {1.2, 0.15, 0.05}},
      {"Macedonian",
       Rural("Macedonian", "Macedonia"),
       {"Ousak", "Pentatonic with sixth", "Major"},
       {{"Gaida", 3}, {"Voice", 1}},
       0,
       0,
       {},
       {},
       {},
       {{"Gaida drone", 1}},
       {{"Percussion", 3}, {"", 1}},
       0,
       0.95,
       1.05,
       {1.3, 0.15, 0.03}},
      {"Peloponnesian",
       Rural("Peloponnesian", "Peloponnese"),
       {"Minor", "Hitzaz", "Major"},
       {{"Klarino", 2}, {"Voice", 3}, {"Violin", 1}},
       0,
       1,
       {{"Klarino", 1}, {"Violin", 1}},
       {{"Guitar", 2}, {"Laouto", 2}},
       {},
       {},
       drums,
       0,
       0.95,
       1.05,
       {1.0, 0.15, 0.06}},
      {"Cretan",
       Rural("Cretan", "Crete"),
       {"Ousak", "Major", "Rast"},
       {{"Lyra", 4}, {"Voice", 1}},
       0,
       1,
       {{"Voice", 1}, {"Lyra", 1}},
       {{"Laouto", 1}},
       {},
       {},
       {{"", 1}},
       0,
       0.95,
       1.05,
       {1.7, 0.2, 0.05}},
  };
}

std::vector<Form> Forms() {
  std::vector<Form> forms = RuralForms();
  forms.push_back({"Rebetiko",
                   {"genre:Rebetiko"},
                   {"Minor", "Hitzaz", "Piraiotikos"},
                   {{"Bouzouki", 3}, {"Voice", 1}},
                   0,
                   1,
                   {{"Bouzouki", 1}, {"Voice", 2}},
                   {{"Guitar", 1}},
                   {},
                   {},
                   {{"", 1}},
                   0,
                   0.95,
                   1.05,
                   {1.1, 0.15, 0.06}});
  forms.push_back({"Laiko",
                   {"genre:Laiko"},
                   {"Minor", "Hitzaz", "Major"},
                   {{"Voice", 2}, {"Bouzouki", 1}, {"Accordion", 1}},
                   0,
                   1,
                   {{"Accordion", 2}, {"Bouzouki", 1}},
                   {{"Piano", 2}, {"Guitar", 1}},
                   {{"Bass", 1}},
                   {},
                   {{"Percussion", 3}, {"", 1}},
                   0,
                   0.95,
                   1.1,
                   {0.9, 0.15, 0.06}});
  return forms;
}

}  // namespace

const Tradition& GreekTradition() {
  static const auto& tradition =
      *new Tradition{"greek",
                     "",
                     "dance",
                     Ornament::kGreek,
                     100,
                     Dromoi(),
                     Dances(),
                     Instruments(),
                     Drums(),
                     Forms(),
                     {{"Nisiotiko", "Syrtos", 2},
                      {"Nisiotiko", "Karsilamas", 1},
                      {"Nisiotiko", "Sousta", 1},
                      {"Epirotic", "Pogonisios", 3},
                      {"Epirotic", "", 1},
                      {"Mikrasiatiko", "Karsilamas", 2},
                      {"Mikrasiatiko", "Zeibekiko", 1},
                      {"Mikrasiatiko", "", 1},
                      {"Macedonian", "Kalamatianos", 1},
                      {"Macedonian", "Sousta", 1},
                      {"Macedonian", "", 1},
                      {"Peloponnesian", "Kalamatianos", 2},
                      {"Peloponnesian", "Tsamikos", 3},
                      {"Cretan", "Sousta", 2},
                      {"Cretan", "Syrtos", 1},
                      {"Rebetiko", "Zeibekiko", 2},
                      {"Rebetiko", "Hasapiko", 2},
                      {"Laiko", "Zeibekiko", 1},
                      {"Laiko", "Hasapiko", 2}}};
  return tradition;
}

}  // namespace culturemert
