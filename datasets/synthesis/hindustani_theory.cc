// Hindustani music as data.
//
// Ragas (aroha, avaroha, vadi, samvadi) and thekas after J. Bor (ed.), "The
// Raga Guide" (Nimbus, 1999) and V. N. Bhatkhande, "Hindustani Sangit
// Paddhati". Shrutis in the five-limit values of A. Daniélou, "The Ragas of
// Northern Indian Music" (1968). Sa at C sharp, a customary pitch of male
// singers and of the sitar.

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "datasets/synthesis/tabla.h"
#include "datasets/synthesis/tradition.h"

namespace culturemert {
namespace {

constexpr double kSaCents = 6100;  // C sharp 4.

// Cents of a swara; capitals are the natural or sharp ones, and M the raised
// fourth (tivra madhyam): S r R g G m M P d D n N.
double Swara(char name) {
  switch (name) {
    case 'r':
      return 112;
    case 'R':
      return 204;
    case 'g':
      return 316;
    case 'G':
      return 386;
    case 'm':
      return 498;
    case 'M':
      return 590;
    case 'P':
      return 702;
    case 'd':
      return 814;
    case 'D':
      return 884;
    case 'n':
      return 996;
    case 'N':
      return 1088;
    default:
      return 0;
  }
}

// `aroha` from Sa up, without the upper Sa; `avaroha` from the upper Sa, which
// is left out, down to before Sa.
Mode Raga(const char* name, Contour contour, absl::string_view aroha,
          absl::string_view avaroha, char vadi, char samvadi) {
  Mode mode = {name,   kSaCents,    contour,          {},
               {1200}, Swara(vadi), {Swara(samvadi)}, {}};
  for (const char swara : aroha) mode.ascent.push_back(Swara(swara));
  for (const char swara : avaroha) mode.descent.push_back(Swara(swara));
  return mode;
}

std::vector<Mode> Ragas() {
  constexpr Contour kUp = Contour::kAscending;
  constexpr Contour kArch = Contour::kArched;
  constexpr Contour kDown = Contour::kDescending;
  return {
      Raga("Yaman", kUp, "SRGMPDN", "NDPMGR", 'G', 'N'),
      Raga("Bhairav", kArch, "SrGmPdN", "NdPmGr", 'd', 'r'),
      Raga("Bhairabi", kArch, "SrgmPdn", "ndPmgr", 'm', 'P'),
      Raga("Bageshree", kArch, "SgmDn", "nDmgR", 'm', 'D'),
      Raga("Bhoop", kUp, "SRGPD", "DPGR", 'G', 'D'),
      Raga("Todi", kUp, "SrgMdN", "NdPMgr", 'd', 'g'),
      Raga("Malkauns", kArch, "Sgmdn", "ndmg", 'm', 'd'),
      Raga("Marwa", kUp, "SrGMDN", "NDMGr", 'D', 'r'),
      Raga("Des", kArch, "SRmPN", "nDPmGR", 'P', 'R'),
      Raga("Bihag", kArch, "SGmPN", "NDPmGR", 'G', 'N'),
      Raga("Durga", kArch, "SRmPD", "DPmR", 'm', 'D'),
      Raga("Darbari Kanada", kDown, "SRgmPdn", "dnPmPgmR", 'R', 'P'),
  };
}

// The thekas. Syllables with an open bass are upper-case.
std::vector<Rhythm> Talas() {
  return {
      MakeRhythm("Teentaal", 190, 240,
                 "Dha Dhin Dhin Dha | Dha Dhin Dhin Dha | "
                 "Dha tin tin ta | ta Dhin Dhin Dha"),
      MakeRhythm("Ektaal", 85, 110,
                 "Dhin Dhin | Dha.Ge ti.ra.ki.ta | tu na | kat ta | "
                 "Dha.Ge ti.ra.ki.ta | Dhin na"),
      MakeRhythm("Jhaptaal", 115, 140,
                 "Dhin na | Dhin Dhin na | tin na | Dhin Dhin na"),
      MakeRhythm("Rupak", 140, 170, "tin tin na | Dhin na | Dhin na"),
      MakeRhythm("Dadra", 230, 280, "Dha Dhin na | Dha tu na"),
      MakeRhythm("Keherwa", 270, 330, "Dha Ge na ti | na ka Dhin na"),
      MakeRhythm("Chautaal", 150, 185,
                 "Dha Dha | Din ta | kat Dha | Din ta | ti.ta kat | "
                 "Ga.di Ga.na"),
  };
}

std::vector<Instrument> Instruments() {
  return {
      {"Voice", {53, 52, 54}, 0, 0.5, Touch::kBowedOrBlown, 0},
      {"Sitar", {104, 107}, -1, 0.2, Touch::kPulled, 0},
      {"Sarod", {105, 106, 24}, -1, 0.2, Touch::kPulled, 0},
      {"Santoor", {15, 107}, 0, 0.2, Touch::kPlucked, 0},
      {"Bansuri", {73, 74, 75}, 0, 0.3, Touch::kBowedOrBlown, 0},
      {"Sarangi", {110, 40, 41}, 0, 0.4, Touch::kBowedOrBlown, -2},
      {"Harmonium", {20, 21, 23}, 0, 0.2, Touch::kBowedOrBlown, -4},
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

// The bols of a pair of drums `cents` above the samples' pitch.
std::vector<Drum::Entry> Bols(double cents, int open_treble) {
  constexpr SoundSource kTabla = SoundSource::kTabla;
  const DrumHit bass = {kTabla, kTablaGhe, cents, 0.9};
  const DrumHit rim = {kTabla, kTablaNa, cents, 0.8};
  const DrumHit open = {kTabla, open_treble, cents, 0.7};
  const DrumHit damped = {kTabla, kTablaTe, cents, 0.6};
  const DrumHit soft = {kTabla, kTablaRe, cents, 0.5};
  const DrumHit closed = {kTabla, kTablaKe, cents, 0.8};
  return {{"Dha", {bass, rim}},  {"Dhin", {bass, open}},
          {"Din", {bass, open}}, {"Ge", {bass}},
          {"Ga", {bass}},        {"tin", {open}},
          {"tu", {open}},        {"na", {rim}},
          {"ta", {rim}},         {"kat", {closed, damped}},
          {"ka", {closed}},      {"ki", {closed}},
          {"ti", {damped}},      {"ra", {soft}},
          {"di", {soft}}};
}

std::vector<Drum> Drums() {
  return {{"Tabla", 0, Bols(0, kTablaTun)},
          {"Pakhavaj", 0, Bols(-700, kTablaTas)}};
}

std::vector<Form> Forms() {
  const std::vector<Choice> drones = {{"Tambura", 3}, {"Shruti box", 2}};
  const std::vector<Choice> tabla = {{"Tabla", 1}};
  return {
      {"Alap",
       {"form:Alap"},
       {},
       {{"Voice", 3},
        {"Sitar", 2},
        {"Bansuri", 2},
        {"Sarangi", 2},
        {"Sarod", 2}},
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
       {0.8, 0.1, 0.05}},
      {"Khayal",
       {"form:Khayal"},
       {},
       {{"Voice", 1}},
       1,
       1,
       {{"Harmonium", 2}, {"Sarangi", 2}},
       {},
       {},
       drones,
       tabla,
       0,
       0.95,
       1.05,
       {0.9, 0.1, 0.05}},
      {"Tarana",
       {"form:Tarana"},
       {},
       {{"Voice", 1}},
       0,
       1,
       {{"Harmonium", 1}},
       {},
       {},
       drones,
       tabla,
       0,
       1.1,
       1.3,
       {1.8, 0.45, 0.05}},
      {"Dhrupad",
       {"form:Dhrupad"},
       {},
       {{"Voice", 1}},
       0,
       0,
       {},
       {},
       {},
       {{"Tambura", 1}},
       {{"Pakhavaj", 1}},
       0,
       0.95,
       1.05,
       {0.7, 0.1, 0.02}},
      {"Thumri",
       {"form:Thumri"},
       {},
       {{"Voice", 1}},
       1,
       1,
       {{"Sarangi", 1}},
       {},
       {},
       drones,
       tabla,
       0,
       0.8,
       0.9,
       {0.8, 0.1, 0.08}},
      {"Bhajan",
       {"form:Bhajan"},
       {},
       {{"Voice", 1}},
       1,
       1,
       {{"Harmonium", 1}},
       {},
       {},
       {{"", 1}},
       tabla,
       0,
       0.95,
       1.05,
       {0.8, 0.3, 0.05}},
      {"Gat",
       {"form:Gat"},
       {},
       {{"Sitar", 2}, {"Sarod", 2}, {"Santoor", 3}, {"Bansuri", 2}},
       0,
       0,
       {},
       {},
       {},
       drones,
       tabla,
       0,
       0.95,
       1.1,
       {1.3, 0.2, 0.06}},
  };
}

}  // namespace

const Tradition& HindustaniTradition() {
  static const auto& tradition = *new Tradition{"hindustani",
                                                "raga",
                                                "tala",
                                                Ornament::kMeend,
                                                100,
                                                Ragas(),
                                                Talas(),
                                                Instruments(),
                                                Drums(),
                                                Forms(),
                                                {{"Alap", "", 4},
                                                 {"Khayal", "Ektaal", 3},
                                                 {"Khayal", "Jhaptaal", 1},
                                                 {"Khayal", "Rupak", 1},
                                                 {"Tarana", "Teentaal", 2},
                                                 {"Dhrupad", "Chautaal", 3},
                                                 {"Thumri", "Dadra", 1},
                                                 {"Thumri", "Keherwa", 1},
                                                 {"Bhajan", "Keherwa", 2},
                                                 {"Bhajan", "Dadra", 1},
                                                 {"Gat", "Teentaal", 2},
                                                 {"Gat", "Rupak", 2},
                                                 {"Gat", "Jhaptaal", 2}}};
  return tradition;
}

}  // namespace culturemert
