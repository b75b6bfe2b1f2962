#include "models/weights/element_type.h"

#include <cstddef>
#include <limits>

namespace culturemert {
namespace {

constexpr ElementTypeInfo kTypes[] = {
    {ElementType::kBool, 1, "bool", "BOOL", "BoolStorage"},
    {ElementType::kUint8, 1, "uint8", "U8", "ByteStorage"},
    {ElementType::kInt8, 1, "int8", "I8", "CharStorage"},
    {ElementType::kFloat8E5m2, 1, "float8_e5m2", "F8_E5M2", ""},
    {ElementType::kFloat8E4m3, 1, "float8_e4m3fn", "F8_E4M3", ""},
    {ElementType::kInt16, 2, "int16", "I16", "ShortStorage"},
    {ElementType::kUint16, 2, "uint16", "U16", ""},
    {ElementType::kFloat16, 2, "float16", "F16", "HalfStorage"},
    {ElementType::kBfloat16, 2, "bfloat16", "BF16", "BFloat16Storage"},
    {ElementType::kInt32, 4, "int32", "I32", "IntStorage"},
    {ElementType::kUint32, 4, "uint32", "U32", ""},
    {ElementType::kFloat32, 4, "float32", "F32", "FloatStorage"},
    {ElementType::kFloat64, 8, "float64", "F64", "DoubleStorage"},
    {ElementType::kInt64, 8, "int64", "I64", "LongStorage"},
    {ElementType::kUint64, 8, "uint64", "U64", ""},
};

}  // namespace

absl::Span<const ElementTypeInfo> AllElementTypes() { return kTypes; }

const ElementTypeInfo& InfoOf(ElementType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

std::optional<std::uint64_t> TensorSizeBytes(
    ElementType type, absl::Span<const std::int64_t> shape) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  std::uint64_t size_bytes = InfoOf(type).size_bytes;
  bool is_empty = false;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    if (dimension == 0) {
      is_empty = true;
      continue;
    }
    if (size_bytes > kMax / static_cast<std::uint64_t>(dimension)) {
      return std::nullopt;
    }
    size_bytes *= static_cast<std::uint64_t>(dimension);
  }
  return is_empty ? 0 : size_bytes;
}

}  // namespace culturemert
