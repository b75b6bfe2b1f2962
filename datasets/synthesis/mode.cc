#include "datasets/synthesis/mode.h"

#include <cmath>
#include <cstdlib>

namespace culturemert {
namespace {

constexpr double kOctaveCents = 1200;
constexpr double kSameCents = 0.5;
constexpr int kOctavesSearched = 3;

int FloorDivide(int value, int divisor) {
  const int quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

// The `index`-th degree of a ladder that repeats in every octave: upwards for
// the ascent, downwards for the descent.
double DegreeAt(const std::vector<double>& ladder, int index, double octave) {
  const int size = static_cast<int>(ladder.size());
  const int turns = FloorDivide(index, size);
  return ladder[static_cast<std::size_t>(index - turns * size)] +
         octave * turns;
}

// The index nearest to `cents`; of several, the last.
int NearestIndex(const std::vector<double>& ladder, double cents,
                 double octave) {
  const int size = static_cast<int>(ladder.size());
  int best = 0;
  double best_distance = 1e9;
  for (int i = -kOctavesSearched * size; i < kOctavesSearched * size; ++i) {
    const double distance = std::fabs(DegreeAt(ladder, i, octave) - cents);
    if (distance > best_distance) continue;
    best = i;
    best_distance = distance;
  }
  return best;
}

}  // namespace

LadderPosition::LadderPosition(const Mode& mode, double cents)
    : mode_(&mode), cents_(cents) {}

void LadderPosition::MoveUp() {
  if (way_ == Way::kUp) {
    cents_ = DegreeAt(mode_->ascent, ++index_, kOctaveCents);
    return;
  }
  way_ = Way::kUp;
  index_ = NearestIndex(mode_->ascent, cents_, kOctaveCents);
  while (DegreeAt(mode_->ascent, index_, kOctaveCents) <= cents_ + kSameCents) {
    ++index_;
  }
  cents_ = DegreeAt(mode_->ascent, index_, kOctaveCents);
}

void LadderPosition::MoveDown() {
  if (way_ == Way::kDown) {
    cents_ = DegreeAt(mode_->descent, ++index_, -kOctaveCents);
    return;
  }
  way_ = Way::kDown;
  index_ = NearestIndex(mode_->descent, cents_, -kOctaveCents);
  while (DegreeAt(mode_->descent, index_, -kOctaveCents) >=
         cents_ - kSameCents) {
    ++index_;
  }
  cents_ = DegreeAt(mode_->descent, index_, -kOctaveCents);
}

void LadderPosition::JumpTo(double cents) {
  cents_ = cents;
  way_ = Way::kNone;
}

int LadderPosition::StepsTo(double target) const {
  if (std::fabs(target - cents_) < kSameCents) return 0;
  const bool up = target > cents_;
  const std::vector<double>& ladder = up ? mode_->ascent : mode_->descent;
  const double octave = up ? kOctaveCents : -kOctaveCents;
  return std::abs(NearestIndex(ladder, target, octave) -
                  NearestIndex(ladder, cents_, octave));
}

double DegreeAbove(const Mode& mode, double cents) {
  LadderPosition position(mode, cents);
  position.MoveUp();
  return position.cents();
}

double DegreeBelow(const Mode& mode, double cents) {
  LadderPosition position(mode, cents);
  position.MoveDown();
  return position.cents();
}

bool IsOnLadder(const Mode& mode, double cents) {
  for (const std::vector<double>* ladder : {&mode.ascent, &mode.descent}) {
    for (const double degree : *ladder) {
      const double octaves = (cents - degree) / kOctaveCents;
      const double apart = octaves - std::round(octaves);
      if (std::fabs(apart) * kOctaveCents < kSameCents) return true;
    }
  }
  return false;
}

}  // namespace culturemert
