// What a pickle may say of tensors and their storages. Internal to the
// unpickler.

#ifndef CULTUREMERT_MODELS_WEIGHTS_PICKLE_TENSOR_RULES_H_
#define CULTUREMERT_MODELS_WEIGHTS_PICKLE_TENSOR_RULES_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/weights/element_type.h"
#include "models/weights/pickle_document.h"

namespace culturemert::weights_internal {

// A tensor may repeat its elements (strides of zero), but has no more than this
// number or that of its storage's elements.
inline constexpr std::uint64_t kMaxRepeatedElements = std::uint64_t{1} << 24;

// The element type of "torch.float8_e5m2"; nothing if it is none.
std::optional<ElementType> TorchTypeNamed(absl::string_view global);

// Sets the type and size of the elements that `storage->class_name` stands for,
// and returns whether it is a storage's class.
bool SetElementSize(PickleStorage* storage);

// OK if all elements of the tensor, whose numbers are not negative, lie inside
// its storage; otherwise kInvalidArgument. kResourceExhausted if it repeats
// them too often.
absl::Status CheckInside(const PickleTensor& tensor,
                         const PickleStorage& storage);

}  // namespace culturemert::weights_internal

#endif  // CULTUREMERT_MODELS_WEIGHTS_PICKLE_TENSOR_RULES_H_
