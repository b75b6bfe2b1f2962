#include "models/weights/pickle_stack.h"

#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"

namespace culturemert::weights_internal {
namespace {

absl::Status TooFew() {
  return absl::InvalidArgumentError("too few values on the stack");
}

}  // namespace

absl::StatusOr<PickleId> PickleStack::Top() const {
  if (values_.size() == Bottom()) return TooFew();
  return values_.back();
}

absl::StatusOr<PickleId> PickleStack::Pop() {
  ASSIGN_OR_RETURN(const PickleId value, Top());
  values_.pop_back();
  return value;
}

absl::StatusOr<std::vector<PickleId>> PickleStack::PopItems(std::size_t count) {
  if (values_.size() - Bottom() < count) return TooFew();
  std::vector<PickleId> items(values_.end() - count, values_.end());
  values_.resize(values_.size() - count);
  return items;
}

absl::StatusOr<std::vector<PickleId>> PickleStack::PopToMark() {
  if (marks_.empty()) {
    return absl::InvalidArgumentError("there is no mark on the stack");
  }
  ASSIGN_OR_RETURN(std::vector<PickleId> items,
                   PopItems(values_.size() - Bottom()));
  marks_.pop_back();
  return items;
}

absl::Status PickleStack::PopValueOrMark() {
  if (!marks_.empty() && marks_.back() == values_.size()) {
    marks_.pop_back();
    return absl::OkStatus();
  }
  return Pop().status();
}

absl::Status PickleStack::Put(std::uint64_t slot, std::uint64_t limit) {
  ASSIGN_OR_RETURN(const PickleId value, Top());
  if (slot >= limit) {
    return absl::InvalidArgumentError(
        absl::StrCat("memo slot ", slot, " in the first ", limit, " bytes"));
  }
  if (slot >= memo_.size()) memo_.resize(slot + 1, kNothing);
  if (memo_[slot] == kNothing) ++num_slots_;
  memo_[slot] = value;
  return absl::OkStatus();
}

absl::StatusOr<PickleId> PickleStack::Get(std::uint64_t slot) const {
  if (slot >= memo_.size() || memo_[slot] == kNothing) {
    return absl::InvalidArgumentError(
        absl::StrCat("nothing was put into memo slot ", slot));
  }
  return memo_[slot];
}

}  // namespace culturemert::weights_internal
