#include "datasets/synthesis/piece.h"

namespace culturemert {

Room DrawRoom(Draws* draws) {
  Room room;
  room.reverb_seconds = draws->Between(0.3, 1.8);
  room.reverb_db = draws->Between(-24, -9);
  room.tilt_db = draws->Around0(6);
  room.noise_db = draws->Between(-50, -30);
  room.level_dbfs = draws->Between(-28, -16);
  return room;
}

}  // namespace culturemert
