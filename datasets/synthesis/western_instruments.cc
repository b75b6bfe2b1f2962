// The General MIDI programs that stand for the instruments and voices of the
// Western styles (MIDI Manufacturers Association, "General MIDI system level
// 1").

#include <string>
#include <vector>

#include "datasets/synthesis/western_style.h"

namespace culturemert {

const std::vector<WesternInstrument>& WesternInstruments() {
  const std::string vocal = "vocals:vocal";
  static const auto& instruments = *new std::vector<WesternInstrument>{
      {"piano", {"instrument:piano"}, {0, 1}, 0, 0},
      {"electric piano", {"instrument:piano"}, {4, 5}, 0, -1},
      {"harpsichord", {"instrument:harpsichord"}, {6}, 0, -2},
      {"organ", {}, {19, 16}, 0, -4},
      {"nylon guitar", {"instrument:guitar"}, {24}, 0, 0},
      {"steel guitar", {"instrument:guitar"}, {25}, 0, -1},
      {"clean guitar", {"instrument:guitar"}, {27, 26}, 0, -2},
      {"overdriven guitar", {"instrument:guitar"}, {29, 30}, 0, -4},
      {"distorted guitar", {"instrument:guitar"}, {30, 29}, -1, -4},
      {"banjo", {}, {105}, 0, -2},
      {"bass", {"instrument:bass"}, {33, 34, 32}, -1, 0},
      {"synth bass", {"instrument:bass"}, {38, 39}, -1, -1},
      {"square bass", {"instrument:synth"}, {80}, -1, -6},
      {"violin", {"instrument:violin", "instrument:strings"}, {40}, 0, -2},
      {"fiddle", {"instrument:violin"}, {110, 40}, 0, -2},
      {"cello", {"instrument:cello", "instrument:strings"}, {42}, -1, -1},
      {"strings", {"instrument:strings"}, {48, 44}, 0, -4},
      {"warm strings", {"instrument:strings"}, {49, 48}, 0, -3},
      {"harp", {"instrument:harp"}, {46}, 0, 0},
      {"flute", {"instrument:flute"}, {73, 74}, 0, -1},
      {"horn", {}, {60, 61, 57}, 0, -2},
      {"choir", {"instrument:choir", vocal}, {52}, 0, -3},
      {"high choir", {"instrument:choir", vocal}, {52}, 0, -2},
      {"female voice", {"vocals:female", vocal}, {53, 54}, 0, 0},
      {"male voice", {"vocals:male", vocal}, {53, 54}, -1, 0},
      {"low voice", {"vocals:male", vocal}, {54, 85}, -1, -1},
      {"saw lead", {"instrument:synth"}, {81, 84}, 0, -6},
      {"square lead", {"instrument:synth"}, {80, 82}, 0, -6},
      {"synth stab", {"instrument:synth"}, {90, 62}, 0, -5},
      {"pad", {"instrument:synth"}, {89, 91, 95}, 0, -2},
      {"glass", {"instrument:synth"}, {92, 98}, 0, -2},
      {"sitar", {"instrument:sitar"}, {104}, 0, 0},
      {"sitar drone", {"instrument:sitar"}, {104}, -1, -4},
  };
  return instruments;
}

const std::vector<std::string>& WesternGuests() {
  static const auto& guests = *new std::vector<std::string>{
      "piano", "clean guitar", "steel guitar", "strings", "pad"};
  return guests;
}

const std::vector<int>& WesternKits() {
  static const auto& kits = *new std::vector<int>{0, 8, 16, 24, 25};
  return kits;
}

}  // namespace culturemert
