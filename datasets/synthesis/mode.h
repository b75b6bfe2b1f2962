// A mode (makam, raga, dromos, scale): the ladder that melodies climb, and
// where on it they start, rest and end.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_MODE_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_MODE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace culturemert {

// The order in which a melody shows the ladder; makam theory's seyir.
enum class Contour { kAscending, kArched, kDescending };

struct Mode {
  std::string name;    // The value of its tag.
  double tonic_cents;  // The conventional tonic, cents above MIDI key 0.
  Contour contour;
  // Cents above the tonic in the order in which they are played: `ascent` from
  // 0 and below 1200, `descent` from 1200 and above 0. Crooked (vakra) ladders
  // turn back on the way.
  std::vector<double> ascent;
  std::vector<double> descent;
  double dominant;  // Where half cadences rest, cents above the tonic.
  // Degrees that are dwelt on besides tonic and dominant.
  std::vector<double> dwelt_on;
  // Degrees played with an oscillation (gamaka), within an octave.
  std::vector<double> oscillated;
};

// A place on a mode's ladder that remembers on which way it came, so that
// crooked ladders are followed to their end.
class LadderPosition {
 public:
  // `mode` outlives the position.
  LadderPosition(const Mode& mode, double cents);

  double cents() const { return cents_; }

  // To the next degree of the ascent or descent.
  void MoveUp();
  void MoveDown();
  // Straight to a degree.
  void JumpTo(double cents);

  // Degrees from here to `target`, by the ladder that leads there.
  int StepsTo(double target) const;

 private:
  enum class Way { kNone, kUp, kDown };

  const Mode* mode_;
  double cents_;
  Way way_ = Way::kNone;
  int index_ = 0;  // On the ladder of way_, counted through the octaves.
};

// The degree of the mode's ascent next above `cents`, and of its descent next
// below.
double DegreeAbove(const Mode& mode, double cents);
double DegreeBelow(const Mode& mode, double cents);

// Whether `cents` is on the mode's ascent or descent in any octave, to within
// half a cent.
bool IsOnLadder(const Mode& mode, double cents);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_MODE_H_
