// Carnatic music as data.
//
// Arohana, avarohana and melakarta numbers after W. Kaufmann, "The Ragas of
// South India" (Indiana University Press, 1976); which swaras oscillate is a
// rough reading of G. K. Koduri et al., "Intonation analysis of ragas in
// Carnatic music" (Journal of New Music Research, 2014). Talas after
// P. Sambamoorthy, "South Indian Music"; the sollukattu are plain fillings of
// their sections. Sa at D, between the customary pitches of male and female
// singers.

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "datasets/synthesis/tabla.h"
#include "datasets/synthesis/tradition.h"

namespace culturemert {
namespace {

constexpr double kSaCents = 6200;  // D4.

// Cents of a swara such as R2, after the sixteen names of the melakarta system.
double Swara(absl::string_view name) {
  struct Value {
    const char* name;
    double cents;
  };
  static constexpr Value kValues[] = {
      {"S", 0},     {"R1", 112},  {"R2", 204}, {"G1", 204}, {"R3", 316},
      {"G2", 316},  {"G3", 386},  {"M1", 498}, {"M2", 590}, {"P", 702},
      {"D1", 814},  {"D2", 884},  {"N1", 884}, {"D3", 996}, {"N2", 996},
      {"N3", 1088}, {"S^", 1200},
  };
  for (const Value& value : kValues) {
    if (name == value.name) return value.cents;
  }
  return 0;
}

std::vector<double> Swaras(absl::string_view names) {
  std::vector<double> cents;
  for (const absl::string_view name :
       absl::StrSplit(names, ' ', absl::SkipEmpty())) {
    cents.push_back(Swara(name));
  }
  return cents;
}

Mode Raga(const char* name, Contour contour, absl::string_view arohana,
          absl::string_view avarohana, absl::string_view dominant,
          absl::string_view oscillated) {
  return {name,
          kSaCents,
          contour,
          Swaras(arohana),
          Swaras(avarohana),
          Swara(dominant),
          {},
          Swaras(oscillated)};
}

std::vector<Mode> Ragas() {
  constexpr Contour kUp = Contour::kAscending;
  constexpr Contour kArch = Contour::kArched;
  constexpr Contour kDown = Contour::kDescending;
  return {
      Raga("kalyani", kUp, "S R2 G3 M2 P D2 N3", "S^ N3 D2 P M2 G3 R2", "P",
           "G3 M2 N3"),
      Raga("sankarabharanam", kUp, "S R2 G3 M1 P D2 N3", "S^ N3 D2 P M1 G3 R2",
           "P", "R2 M1 D2"),
      Raga("kharaharapriya", kArch, "S R2 G2 M1 P D2 N2", "S^ N2 D2 P M1 G2 R2",
           "P", "R2 G2 N2"),
      Raga("thodi", kArch, "S R1 G2 M1 P D1 N2", "S^ N2 D1 P M1 G2 R1", "M1",
           "G2 M1 D1 N2"),
      Raga("mayamalavagowla", kUp, "S R1 G3 M1 P D1 N3", "S^ N3 D1 P M1 G3 R1",
           "P", "R1 D1"),
      Raga("mohanam", kUp, "S R2 G3 P D2", "S^ D2 P G3 R2", "G3", "R2 D2"),
      Raga("hamsadhwani", kUp, "S R2 G3 P N3", "S^ N3 P G3 R2", "P", "R2 N3"),
      Raga("hindolam", kArch, "S G2 M1 D1 N2", "S^ N2 D1 M1 G2", "M1",
           "G2 D1 N2"),
      Raga("abhogi", kArch, "S R2 G2 M1 D2", "S^ D2 M1 G2 R2", "M1", "G2 D2"),
      Raga("shanmukhapriya", kArch, "S R2 G2 M2 P D1 N2", "S^ N2 D1 P M2 G2 R2",
           "P", "G2 M2 D1"),
      Raga("saveri", kDown, "S R1 M1 P D1", "S^ N3 D1 P M1 G3 R1", "P",
           "R1 D1"),
      Raga("kamboji", kArch, "S R2 G3 M1 P D2", "S^ N2 D2 P M1 G3 R2", "D2",
           "M1 D2"),
  };
}

std::vector<Rhythm> Talas() {
  return {
      MakeRhythm("adi", 90, 110,
                 "Thom.- ta.ka Dhi.mi ta.ka | Thom.ta Dhi.mi | Thom.ta ka.ta"),
      MakeRhythm("rupaka", 190, 230, "Thom ta Dhi mi ta ka"),
      MakeRhythm("mishra chapu", 290, 350, "Thom ki ta | Tha ka Dhi mi"),
      MakeRhythm("khanda chapu", 240, 290, "Thom ka | Tha ki ta"),
      MakeRhythm("atta", 140, 170,
                 "Thom - ta ka ta | Thom - ta ka ta | Dhi mi | Dhi mi"),
  };
}

std::vector<Instrument> Instruments() {
  return {
      {"Voice", {53, 52, 54}, 0, 0.4, Touch::kBowedOrBlown, 0},
      {"Violin", {40, 41, 110}, 0, 0.3, Touch::kBowedOrBlown, -2},
      {"Vina", {107, 104, 25}, -1, 0.1, Touch::kPulled, 0},
      {"Flute", {75, 74, 73}, 0, 0.2, Touch::kBowedOrBlown, 0},
      {"Nadaswaram", {111, 68}, 0, 0.2, Touch::kBowedOrBlown, -4},
      {"Tambura", {104, 107, 106}, -1, 0, Touch::kPulled, -4},
      {"Shruti box",
       {20, 23, 21},
       -1,
       0,
       Touch::kBowedOrBlown,
       -14,
       /*tagged=*/false},
  };
}

std::vector<Drum> Drums() {
  constexpr SoundSource kTabla = SoundSource::kTabla;
  constexpr SoundSource kKit = SoundSource::kDrumKit;
  const DrumHit thom = {kTabla, kTablaGhe2, 300, 0.9};
  const DrumHit nam = {kTabla, kTablaNa, -300, 0.8};
  const DrumHit dhin = {kTabla, kTablaTun, -300, 0.7};
  const DrumHit ta = {kTabla, kTablaTe, -200, 0.7};
  const DrumHit ka = {kTabla, kTablaRe, -200, 0.5};
  return {
      {"Mridangam",
       0,
       {{"Thom", {thom}},
        {"Tha", {thom, nam}},
        {"Dhi", {dhin, thom}},
        {"ta", {nam}},
        {"ki", {ta}},
        {"ka", {ka}},
        {"mi", {ta}}}},
      {"Ghatam",
       -4,
       {{"Thom", {{kKit, 77, 0, 1.0}}},
        {"Tha", {{kKit, 77, 0, 0.9}}},
        {"Dhi", {{kKit, 76, 0, 0.8}}},
        {"ta", {{kKit, 76, 0, 0.7}}},
        {"ki", {{kKit, 76, 0, 0.5}}},
        {"ka", {{kKit, 76, 0, 0.6}}},
        {"mi", {{kKit, 76, 0, 0.5}}}}},
      {"Khanjira",
       -4,
       {{"Thom", {{kKit, 61, 0, 1.0}, {kKit, 54, 0, 0.5}}},
        {"Tha", {{kKit, 61, 0, 0.9}, {kKit, 54, 0, 0.5}}},
        {"Dhi", {{kKit, 61, 0, 0.8}}},
        {"ta", {{kKit, 54, 0, 0.9}}},
        {"ka", {{kKit, 54, 0, 0.6}}}}},
  };
}

std::vector<Form> Forms() {
  const std::vector<Choice> drones = {{"Tambura", 3}, {"Shruti box", 2}};
  const std::vector<Choice> drums = {{"Mridangam", 1}};
  const std::vector<Choice> ensemble = {
      {"Mridangam", 5}, {"Ghatam", 1}, {"Khanjira", 1}};
  return {
      {"Alapana",
       {"form:Alapana"},
       {},
       {{"Voice", 3},
        {"Violin", 2},
        {"Vina", 2},
        {"Flute", 2},
        {"Nadaswaram", 2}},
       0,
       0,
       {},
       {},
       {},
       drones,
       {},
       0,
       1,
       1,
       {1.0, 0.08, 0.04}},
      {"Kriti",
       {"form:Kriti"},
       {},
       {{"Voice", 4}, {"Vina", 2}, {"Flute", 2}, {"Nadaswaram", 1}},
       0,
       1,
       {{"Violin", 1}},
       {},
       {},
       drones,
       ensemble,
       0.3,
       0.95,
       1.05,
       {0.9, 0.1, 0.04}},
      {"Varnam",
       {"form:Varnam"},
       {},
       {{"Voice", 2}, {"Vina", 2}, {"Violin", 2}},
       0,
       0,
       {},
       {},
       {},
       drones,
       drums,
       0.1,
       0.95,
       1.1,
       {2.2, 0.05, 0.04}},
      {"Thillana",
       {"form:Thillana"},
       {},
       {{"Voice", 2}, {"Flute", 1}},
       0,
       1,
       {{"Violin", 1}},
       {},
       {},
       drones,
       ensemble,
       0.4,
       1.35,
       1.55,
       {1.9, 0.45, 0.06}},
      {"Tani avartanam",
       {"form:Tani avartanam"},
       {},
       {},
       0,
       0,
       {},
       {},
       {},
       drones,
       {{"Mridangam", 2}, {"Ghatam", 2}, {"Khanjira", 2}},
       0.4,
       1.0,
       1.15,
       {}},
  };
}

}  // namespace

const Tradition& CarnaticTradition() {
  static const auto& tradition =
      *new Tradition{"carnatic",
                     "raga",
                     "tala",
                     Ornament::kGamaka,
                     100,
                     Ragas(),
                     Talas(),
                     Instruments(),
                     Drums(),
                     Forms(),
                     {{"Alapana", "", 4},
                      {"Kriti", "adi", 1},
                      {"Kriti", "rupaka", 3},
                      {"Kriti", "mishra chapu", 3},
                      {"Kriti", "khanda chapu", 3},
                      {"Varnam", "adi", 1},
                      {"Varnam", "atta", 3},
                      {"Thillana", "adi", 3},
                      {"Tani avartanam", "adi", 1},
                      {"Tani avartanam", "mishra chapu", 1},
                      {"Tani avartanam", "khanda chapu", 1}}};
  return tradition;
}

}  // namespace culturemert
