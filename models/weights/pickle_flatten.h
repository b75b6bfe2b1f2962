// The tensors and lists of strings of a pickle, by flat names. Free of
// LibTorch.

#ifndef CULTUREMERT_MODELS_WEIGHTS_PICKLE_FLATTEN_H_
#define CULTUREMERT_MODELS_WEIGHTS_PICKLE_FLATTEN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/weights/pickle_document.h"

namespace culturemert {

// Bounds on how parts that are used several times may unfold.
inline constexpr std::size_t kMaxFlatNameBytes = 4096;
inline constexpr std::size_t kMaxFlattenDepth = 128;

struct FlatPickle {
  // The place in PickleDocument::tensors.
  std::map<std::string, std::uint64_t, std::less<>> tensors;
  // Lists, tuples and sets that are not empty and hold strings only.
  std::map<std::string, std::vector<std::string>> string_lists;
};

// Goes through dictionaries by key, lists, tuples and sets by index, and
// objects by what is in their attributes (or other state) and was added to
// them, without a step of their own: the attribute `symbols` of the first of
// `dictionaries` is "dictionaries.0.symbols". Arguments of an object's call
// are not looked at. Keys that are numbers are printed; others that are not
// strings count as their place, "[2]". What contains itself is not entered
// again inside itself.
//
// kInvalidArgument where two tensors or lists have one name;
// kResourceExhausted where names or depth exceed the bounds above, or shared
// parts unfold to more than eight times the pickle's values, or string lists to
// more than that in characters.
absl::StatusOr<FlatPickle> FlattenPickle(const PickleDocument& document);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_PICKLE_FLATTEN_H_
