// The types of tensor elements that files of weights hold. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_WEIGHTS_ELEMENT_TYPE_H_
#define CULTUREMERT_MODELS_WEIGHTS_ELEMENT_TYPE_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

enum class ElementType : std::uint8_t {
  kBool,
  kUint8,
  kInt8,
  kFloat8E5m2,
  kFloat8E4m3,  // without infinities, torch.float8_e4m3fn
  kInt16,
  kUint16,
  kFloat16,
  kBfloat16,
  kInt32,
  kUint32,
  kFloat32,
  kFloat64,
  kInt64,
  kUint64,
};

struct ElementTypeInfo {
  ElementType type;
  std::uint64_t size_bytes;               // 1, 2, 4 or 8
  absl::string_view torch_name;           // "float32", of torch.float32
  absl::string_view safetensors_name;     // "F32"
  absl::string_view torch_storage_class;  // "FloatStorage"; may be empty
};

// All of them in the order of the enumeration, which is that of the
// safetensors library too: it decides where a tensor lies in a file.
absl::Span<const ElementTypeInfo> AllElementTypes();

const ElementTypeInfo& InfoOf(ElementType type);

// The product of the dimensions and the element's size. Nothing if a dimension
// is negative or the product is above 2^63 - 1; a dimension of zero makes it
// zero only if the others' product is in range.
std::optional<std::uint64_t> TensorSizeBytes(
    ElementType type, absl::Span<const std::int64_t> shape);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_ELEMENT_TYPE_H_
