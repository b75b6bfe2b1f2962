// The stack, marks and memo of the unpickler. Internal to it.

#ifndef CULTUREMERT_MODELS_WEIGHTS_PICKLE_STACK_H_
#define CULTUREMERT_MODELS_WEIGHTS_PICKLE_STACK_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/weights/pickle_document.h"

namespace culturemert::weights_internal {

// Errors are kInvalidArgument.
class PickleStack {
 public:
  bool empty() const { return values_.empty() && marks_.empty(); }
  std::size_t size() const { return values_.size(); }

  void Push(PickleId value) { values_.push_back(value); }
  void Mark() { marks_.push_back(values_.size()); }

  // What lies below the last mark can be neither seen nor popped.
  absl::StatusOr<PickleId> Top() const;
  absl::StatusOr<PickleId> Pop();
  absl::StatusOr<std::vector<PickleId>> PopItems(std::size_t count);
  // All above the last mark, and the mark.
  absl::StatusOr<std::vector<PickleId>> PopToMark();
  // The last value or, if it is the last, the mark.
  absl::Status PopValueOrMark();

  // Puts the last value into a slot of the memo. Writers number the slots one
  // by one, so that no number is above the bytes they have written; `limit`,
  // that number of bytes, bounds the memo.
  absl::Status Put(std::uint64_t slot, std::uint64_t limit);
  // The same for the next slot.
  absl::Status PutNext(std::uint64_t limit) { return Put(num_slots_, limit); }
  absl::StatusOr<PickleId> Get(std::uint64_t slot) const;

 private:
  static constexpr PickleId kNothing = std::numeric_limits<PickleId>::max();

  std::size_t Bottom() const { return marks_.empty() ? 0 : marks_.back(); }

  std::vector<PickleId> values_;
  std::vector<std::size_t> marks_;
  std::vector<PickleId> memo_;
  std::size_t num_slots_ = 0;  // that are not empty
};

}  // namespace culturemert::weights_internal

#endif  // CULTUREMERT_MODELS_WEIGHTS_PICKLE_STACK_H_
