#include "datasets/synthesis/ornaments.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace culturemert {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kWidestGlideCents = 750;
constexpr int kPointsPerTurn = 8;

// A glide from `from_cents` (against the note) that arrives after `seconds`.
void AddGlide(double from_cents, double seconds,
              std::vector<PitchPoint>* curve) {
  curve->push_back({0, from_cents});
  curve->push_back({seconds * 0.5, from_cents * 0.45});
  curve->push_back({seconds, 0});
}

void AddOscillation(double begin, double end, double rate_hz, double centre,
                    double depth_cents, std::vector<PitchPoint>* curve) {
  const double step = 1 / (rate_hz * kPointsPerTurn);
  for (double at = begin; at < end; at += step) {
    curve->push_back({at, centre + depth_cents * std::sin(2 * kPi * rate_hz *
                                                          (at - begin))});
  }
}

void AddVibrato(double seconds, double depth_cents, Draws* draws,
                std::vector<PitchPoint>* curve) {
  const double begin =
      std::max(0.18, curve->empty() ? 0.0 : curve->back().seconds + 0.02);
  if (seconds < begin + 0.25) return;
  if (curve->empty()) curve->push_back({0, 0});
  AddOscillation(begin, seconds, draws->Between(5, 6.2), 0, depth_cents, curve);
}

// A touch of a neighbouring degree before the note itself.
void AddGrace(double neighbour_cents, double seconds,
              std::vector<PitchPoint>* curve) {
  curve->push_back({0, neighbour_cents});
  curve->push_back({seconds, neighbour_cents});
  curve->push_back({seconds + 0.02, 0});
}

bool IsOscillated(const Mode& mode, double cents) {
  const double in_octave = cents - 1200 * std::floor(cents / 1200);
  return std::any_of(
      mode.oscillated.begin(), mode.oscillated.end(),
      [&](double degree) { return std::fabs(degree - in_octave) < 0.5; });
}

std::vector<PitchPoint> ShapeMakam(const NoteContext& note, double from_cents,
                                   double up_cents, Draws* draws) {
  std::vector<PitchPoint> curve;
  if (note.seconds > 0.2 && draws->Chance(0.25)) {
    AddGrace(up_cents, 0.06, &curve);
  } else if (from_cents != 0 && draws->Chance(0.4)) {
    AddGlide(from_cents, 0.07, &curve);
  }
  AddVibrato(note.seconds, draws->Between(8, 20), draws, &curve);
  return curve;
}

std::vector<PitchPoint> ShapeMeend(const NoteContext& note, double from_cents,
                                   Draws* draws) {
  std::vector<PitchPoint> curve;
  if (from_cents != 0 && note.seconds > 0.15 && draws->Chance(0.6)) {
    AddGlide(from_cents, note.seconds * draws->Between(0.25, 0.45), &curve);
  }
  return curve;
}

std::vector<PitchPoint> ShapeGamaka(const NoteContext& note, double from_cents,
                                    double up_cents, Draws* draws) {
  std::vector<PitchPoint> curve;
  if (IsOscillated(*note.mode, note.cents) && note.seconds > 0.18) {
    const double depth = std::min(95.0, 0.4 * up_cents);
    AddOscillation(0, note.seconds, draws->Between(5, 6.5), 0.3 * depth, depth,
                   &curve);
  } else if (from_cents != 0 && draws->Chance(0.35)) {
    AddGlide(from_cents, std::min(0.12, note.seconds / 2), &curve);
  }
  return curve;
}

std::vector<PitchPoint> ShapeGreek(const NoteContext& note, double from_cents,
                                   double up_cents, Draws* draws) {
  std::vector<PitchPoint> curve;
  if (note.seconds > 0.2 && draws->Chance(0.3)) {
    curve.push_back({0, 0});
    curve.push_back({0.05, 0});
    curve.push_back({0.06, up_cents});
    curve.push_back({0.11, up_cents});
    curve.push_back({0.12, 0});
  } else if (from_cents != 0 && draws->Chance(0.25)) {
    AddGlide(from_cents, std::min(0.1, note.seconds / 2), &curve);
  }
  AddVibrato(note.seconds, draws->Between(10, 25), draws, &curve);
  return curve;
}

}  // namespace

std::vector<PitchPoint> ShapePitch(Ornament ornament, Touch touch,
                                   const NoteContext& note, Draws* draws) {
  const bool can_bend =
      touch == Touch::kBowedOrBlown || touch == Touch::kPulled;
  if (!can_bend || ornament == Ornament::kPlain) return {};
  double from_cents = note.previous_cents - note.cents;
  if (std::fabs(from_cents) > kWidestGlideCents) from_cents = 0;
  const double up_cents = DegreeAbove(*note.mode, note.cents) - note.cents;
  switch (ornament) {
    case Ornament::kMakam:
      return ShapeMakam(note, from_cents, up_cents, draws);
    case Ornament::kMeend:
      return ShapeMeend(note, from_cents, draws);
    case Ornament::kGamaka:
      return ShapeGamaka(note, from_cents, up_cents, draws);
    case Ornament::kGreek:
      return ShapeGreek(note, from_cents, up_cents, draws);
    case Ornament::kPlain:
      break;
  }
  return {};
}

}  // namespace culturemert
