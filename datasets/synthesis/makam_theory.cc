// Turkish makam music as data.
//
// Ladders, tonics, dominants (güçlü) and seyir after İ. H. Özkan, "Türk
// Mûsıkîsi Nazariyatı ve Usûlleri" (Ötüken, 1984), in commas of the 53-tone
// octave of the Arel-Ezgi-Uzdilek system. Usuls: the same book. Which
// instruments play together, and how often: a rough picture of the corpus
// described by B. Uyar et al., "A corpus for computational research of Turkish
// makam music" (DLfM 2014). The tonic of each makam is its written one with
// dügâh (A) at 220 Hz.

#include <string>
#include <vector>

#include "datasets/synthesis/tradition.h"

namespace culturemert {
namespace {

constexpr double kCommaCents = 1200.0 / 53;
constexpr double kDugahCents = 5700;  // 220 Hz.

// A makam in commas. `tonic` is above dügâh; the others are above the tonic.
Mode Makam(const char* name, int tonic, Contour contour,
           const std::vector<int>& ascent, const std::vector<int>& descent,
           int dominant, const std::vector<int>& dwelt_on) {
  Mode mode = {name,    kDugahCents + tonic * kCommaCents,
               contour, {},
               {},      dominant * kCommaCents,
               {},      {}};
  for (const int commas : ascent) mode.ascent.push_back(commas * kCommaCents);
  for (const int commas : descent) {
    mode.descent.push_back(commas * kCommaCents);
  }
  for (const int commas : dwelt_on) {
    mode.dwelt_on.push_back(commas * kCommaCents);
  }
  return mode;
}

std::vector<Mode> Makams() {
  constexpr int kAcemasiran = -18;  // F.
  constexpr int kRast = -9;         // G.
  constexpr int kDugah = 0;         // A.
  constexpr int kSegah = 8;         // B, one comma flat.
  constexpr Contour kUp = Contour::kAscending;
  constexpr Contour kArch = Contour::kArched;
  constexpr Contour kDown = Contour::kDescending;
  return {
      Makam("Rast", kRast, kUp, {0, 9, 17, 22, 31, 40, 48},
            {53, 44, 40, 31, 22, 17, 9}, 31, {17}),
      Makam("Mahur", kRast, kDown, {0, 9, 18, 22, 31, 40, 49},
            {53, 49, 40, 31, 22, 18, 9}, 31, {53}),
      Makam("Nihavent", kRast, kArch, {0, 9, 13, 22, 31, 35, 48},
            {53, 44, 35, 31, 22, 13, 9}, 31, {13}),
      Makam("Kürdilihicazkar", kRast, kDown, {0, 4, 13, 22, 31, 35, 44},
            {53, 44, 35, 31, 22, 13, 4}, 31, {53}),
      Makam("Hicazkar", kRast, kDown, {0, 5, 17, 22, 31, 36, 48},
            {53, 48, 36, 31, 22, 17, 5}, 31, {53}),
      Makam("Uşşak", kDugah, kUp, {0, 8, 13, 22, 31, 35, 44},
            {53, 44, 35, 31, 22, 13, 8}, 22, {-9}),
      Makam("Hüseyni", kDugah, kArch, {0, 8, 13, 22, 31, 39, 44},
            {53, 44, 35, 31, 22, 13, 8}, 31, {31}),
      Makam("Hicaz", kDugah, kArch, {0, 5, 17, 22, 31, 39, 44},
            {53, 44, 35, 31, 22, 17, 5}, 22, {22}),
      Makam("Saba", kDugah, kUp, {0, 8, 13, 18, 31, 36},
            {49, 44, 31, 18, 13, 8}, 13, {13}),
      Makam("Karcığar", kDugah, kArch, {0, 8, 13, 22, 27, 39, 44},
            {53, 44, 39, 27, 22, 13, 8}, 22, {22}),
      Makam("Segah", kSegah, kUp, {0, 5, 14, 22, 31, 36, 45},
            {53, 45, 36, 31, 22, 14, 5}, 14, {0}),
      Makam("Hüzzam", kSegah, kArch, {0, 5, 14, 19, 31, 36, 49},
            {53, 45, 36, 31, 19, 14, 5}, 14, {14}),
      Makam("Acemaşiran", kAcemasiran, kDown, {0, 9, 18, 22, 31, 40, 49},
            {53, 49, 40, 31, 22, 18, 9}, 31, {53}),
  };
}

// Düm is the bass stroke (D), tek and ke the treble ones (t, k).
std::vector<Rhythm> Usuls() {
  return {
      MakeRhythm("Sofyan", 105, 130, "D - t k"),
      MakeRhythm("Düyek", 190, 230, "D t - t D - t -"),
      MakeRhythm("Aksak", 250, 300, "D - t k D - t - t"),
      MakeRhythm("Curcuna", 340, 400, "D - t D - D - t - t"),
      MakeRhythm("Aksaksemai", 150, 185, "D - t D - D - t - t"),
      MakeRhythm("Yürüksemai", 220, 270, "D t t D t -"),
      MakeRhythm("Devr-i Hindi", 200, 240, "D t k D - t -"),
      MakeRhythm("Türkaksağı", 140, 175, "D - t - t"),
  };
}

std::vector<Instrument> Instruments() {
  return {
      {"Ney", {77, 75, 76}, 0, 0.3, Touch::kBowedOrBlown, 0},
      {"Kanun", {107, 15}, 0, 0.3, Touch::kPlucked, 0},
      {"Oud", {24, 25}, -1, 0, Touch::kPlucked, 0},
      {"Tanbur", {106, 105}, -1, 0, Touch::kPlucked, 0},
      {"Classical kemençe", {110, 40}, 0, 0.3, Touch::kBowedOrBlown, -2},
      {"Violin", {40, 41}, 0, 0.2, Touch::kBowedOrBlown, -2},
      {"Clarinet", {71, 68}, 0, 0.3, Touch::kBowedOrBlown, -2},
      {"Cello", {42, 43}, -1, 0, Touch::kBowedOrBlown, -2},
      {"Voice", {53, 52, 54}, 0, 0.4, Touch::kBowedOrBlown, 0},
  };
}

std::vector<Drum> Drums() {
  constexpr SoundSource kKit = SoundSource::kDrumKit;
  return {
      {"Bendir",
       0,
       {{"D", {{kKit, 41, 0, 1.0}}},
        {"t", {{kKit, 62, 0, 0.8}}},
        {"k", {{kKit, 62, 0, 0.6}}}}},
      {"Kudüm",
       -2,
       {{"D", {{kKit, 66, 0, 0.9}}},
        {"t", {{kKit, 65, 0, 0.75}}},
        {"k", {{kKit, 65, 0, 0.55}}}}},
      {"Percussion",
       -2,
       {{"D", {{kKit, 64, 0, 1.0}}},
        {"t", {{kKit, 60, 0, 0.8}, {kKit, 54, 0, 0.6}}},
        {"k", {{kKit, 60, 0, 0.6}}}}},
  };
}

std::vector<Form> Forms() {
  const std::vector<Choice> all = {
      {"Ney", 1},   {"Kanun", 1},    {"Oud", 1},    {"Tanbur", 1},
      {"Cello", 1}, {"Clarinet", 1}, {"Violin", 1}, {"Classical kemençe", 1}};
  const std::vector<Choice> drums = {
      {"Kudüm", 2}, {"Bendir", 2}, {"Percussion", 2}, {"", 1}};
  return {
      {"Taksim",
       {"form:Taksim"},
       {},
       all,
       0,
       0,
       {},
       {},
       {},
       {},
       {},
       0,
       1,
       1,
       {1.0, 0.12, 0.05}},
      {"Peşrev",
       {"form:Peşrev"},
       {},
       all,
       1,
       2,
       all,
       {},
       {},
       {},
       {{"Kudüm", 3}, {"Bendir", 1}, {"", 1}},
       0,
       0.85,
       1.0,
       {1.1, 0.1, 0.05}},
      {"Saz semaisi",
       {"form:Saz semaisi"},
       {},
       all,
       1,
       2,
       all,
       {},
       {},
       {},
       {{"Kudüm", 1}, {"Bendir", 1}, {"", 1}},
       0,
       0.95,
       1.05,
       {1.1, 0.1, 0.05}},
      {"Şarkı",
       {"form:Şarkı"},
       {},
       {{"Voice", 1}},
       1,
       2,
       all,
       {},
       {},
       {},
       drums,
       0,
       0.95,
       1.05,
       {0.9, 0.15, 0.05}},
      {"İlahi",
       {"form:İlahi"},
       {},
       {{"Voice", 1}},
       0,
       1,
       {{"Ney", 2}, {"Kanun", 1}},
       {},
       {},
       {},
       {{"Bendir", 3}, {"Kudüm", 1}},
       0,
       0.9,
       1.0,
       {0.6, 0.3, 0.02}},
      {"Yürük semai",
       {"form:Yürük semai"},
       {},
       {{"Voice", 1}},
       1,
       2,
       all,
       {},
       {},
       {},
       drums,
       0,
       0.95,
       1.05,
       {0.9, 0.15, 0.05}},
      {"Köçekçe",
       {"form:Köçekçe"},
       {},
       {{"Clarinet", 1}, {"Violin", 1}, {"Classical kemençe", 1}},
       0,
       1,
       {{"Kanun", 1}, {"Oud", 1}},
       {},
       {},
       {},
       {{"Percussion", 1}},
       0,
       1.0,
       1.1,
       {1.5, 0.2, 0.05}},
  };
}

}  // namespace

const Tradition& MakamTradition() {
  static const auto& tradition =
      *new Tradition{"makam",
                     "makam",
                     "usul",
                     Ornament::kMakam,
                     100,
                     Makams(),
                     Usuls(),
                     Instruments(),
                     Drums(),
                     Forms(),
                     {{"Taksim", "", 4},
                      {"Peşrev", "Düyek", 2},
                      {"Peşrev", "Sofyan", 1},
                      {"Saz semaisi", "Aksaksemai", 3},
                      {"Şarkı", "Aksak", 1},
                      {"Şarkı", "Düyek", 1},
                      {"Şarkı", "Curcuna", 1},
                      {"Şarkı", "Devr-i Hindi", 1},
                      {"Şarkı", "Türkaksağı", 3},
                      {"İlahi", "Sofyan", 2},
                      {"İlahi", "Devr-i Hindi", 2},
                      {"Yürük semai", "Yürüksemai", 3},
                      {"Köçekçe", "Aksak", 2},
                      {"Köçekçe", "Curcuna", 2}}};
  return tradition;
}

}  // namespace culturemert
