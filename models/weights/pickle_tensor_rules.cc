#include "models/weights/pickle_tensor_rules.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/base/text/utf8.h"

namespace culturemert::weights_internal {
namespace {

constexpr std::uint64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();

// Storages whose elements are only counted, not used.
struct OtherStorage {
  absl::string_view class_name;
  std::uint64_t element_size_bytes;
};
constexpr OtherStorage kOtherStorages[] = {
    {"ComplexFloatStorage", 8}, {"ComplexDoubleStorage", 16},
    {"QInt8Storage", 1},        {"QUInt8Storage", 1},
    {"QInt32Storage", 4},       {"QUInt4x2Storage", 1},
    {"QUInt2x4Storage", 1},
};

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  return absl::StrCat("(", absl::StrJoin(shape, ", "), ")");
}

// Whether every element lies in a storage of `num_elements`, and how many there
// are; nothing where a number overflows.
struct Extent {
  std::uint64_t end = 0;  // one behind the furthest element
  std::uint64_t num_elements = 1;
};
std::optional<Extent> ExtentOf(const PickleTensor& tensor) {
  const std::optional<std::uint64_t> size_bytes =
      TensorSizeBytes(tensor.type, tensor.shape);
  if (!size_bytes.has_value()) return std::nullopt;
  if (*size_bytes == 0) return Extent{0, 0};
  Extent extent;
  extent.num_elements = *size_bytes / InfoOf(tensor.type).size_bytes;
  std::uint64_t furthest = tensor.offset_elements;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const std::uint64_t size = tensor.shape[i];
    const std::uint64_t stride = tensor.strides[i];
    if (stride == 0) continue;
    if (size - 1 > (kMaxInt64 - furthest) / stride) return std::nullopt;
    furthest += (size - 1) * stride;
  }
  extent.end = furthest + 1;
  return extent;
}

}  // namespace

std::optional<ElementType> TorchTypeNamed(absl::string_view global) {
  if (!absl::ConsumePrefix(&global, "torch.")) return std::nullopt;
  for (const ElementTypeInfo& info : AllElementTypes()) {
    if (info.torch_name == global) return info.type;
  }
  return std::nullopt;
}

bool SetElementSize(PickleStorage* storage) {
  absl::string_view name = storage->class_name;
  if (!absl::ConsumePrefix(&name, "torch.")) return false;
  absl::ConsumePrefix(&name, "cuda.");
  absl::ConsumePrefix(&name, "storage.");
  if (name == "UntypedStorage") name = "ByteStorage";
  for (const ElementTypeInfo& info : AllElementTypes()) {
    if (!name.empty() && info.torch_storage_class == name) {
      storage->type = info.type;
      storage->element_size_bytes = info.size_bytes;
      return true;
    }
  }
  for (const OtherStorage& other : kOtherStorages) {
    if (other.class_name == name) {
      storage->element_size_bytes = other.element_size_bytes;
      return true;
    }
  }
  return false;
}

absl::Status CheckInside(const PickleTensor& tensor,
                         const PickleStorage& storage) {
  const std::uint64_t available = storage.num_elements *
                                  storage.element_size_bytes /
                                  InfoOf(tensor.type).size_bytes;
  const std::optional<Extent> extent = ExtentOf(tensor);
  if (!extent.has_value() || extent->end > available) {
    return absl::InvalidArgumentError(
        absl::StrCat("the shape ", ShapeText(tensor.shape), " with strides ",
                     ShapeText(tensor.strides), " from ",
                     tensor.offset_elements, " reaches beyond the ", available,
                     " elements of storage ", QuoteForMessage(storage.key)));
  }
  if (extent->num_elements > std::max(available, kMaxRepeatedElements)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the shape ", ShapeText(tensor.shape), " repeats the ",
                     available, " elements of its storage too often"));
  }
  return absl::OkStatus();
}

}  // namespace culturemert::weights_internal
