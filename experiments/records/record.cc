#include "experiments/records/record.h"

#include <algorithm>

namespace culturemert {

Hash128 HashOfIds(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  Hasher hasher;
  for (const std::string& id : ids) hasher.UpdateField(id);
  return hasher.Digest();
}

Record WithoutTiming(Record record) {
  record.timing.reset();
  return record;
}

}  // namespace culturemert
