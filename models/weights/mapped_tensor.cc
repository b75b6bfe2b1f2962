#include "models/weights/mapped_tensor.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstddef>
#include <cstring>

namespace culturemert::weights_internal {
namespace {

// In the order of ElementType.
constexpr at::ScalarType kScalarTypes[] = {
    at::kBool,   at::kByte,   at::kChar,   at::kFloat8_e5m2, at::kFloat8_e4m3fn,
    at::kShort,  at::kUInt16, at::kHalf,   at::kBFloat16,    at::kInt,
    at::kUInt32, at::kFloat,  at::kDouble, at::kLong,        at::kUInt64,
};

bool IsAligned(const std::uint8_t* address, std::uint64_t alignment_bytes) {
  return reinterpret_cast<std::uintptr_t>(address) % alignment_bytes == 0;
}

}  // namespace

at::ScalarType ToScalarType(ElementType type) {
  return kScalarTypes[static_cast<std::size_t>(type)];
}

std::optional<ElementType> FromScalarType(at::ScalarType type) {
  for (const ElementTypeInfo& info : AllElementTypes()) {
    if (ToScalarType(info.type) == type) return info.type;
  }
  return std::nullopt;
}

at::Storage MappedStorage(const std::shared_ptr<const MappedFile>& file,
                          absl::Span<const std::uint8_t> bytes,
                          std::uint64_t alignment_bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (bytes.empty() || !IsAligned(bytes.data(), alignment_bytes)) {
    const at::Tensor copy = at::empty({size}, at::kByte);
    if (!bytes.empty()) {
      std::memcpy(copy.mutable_data_ptr(), bytes.data(), bytes.size());
    }
    return copy.storage();
  }
  return at::from_blob(
             const_cast<std::uint8_t*>(bytes.data()), {size}, [file](void*) {},
             at::kByte)
      .storage();
}

at::Tensor ViewStorage(const at::Storage& storage, ElementType type,
                       std::int64_t offset_elements,
                       absl::Span<const std::int64_t> shape,
                       absl::Span<const std::int64_t> strides) {
  return at::empty({0}, ToScalarType(type))
      .set_(storage, offset_elements,
            at::IntArrayRef(shape.data(), shape.size()),
            at::IntArrayRef(strides.data(), strides.size()));
}

}  // namespace culturemert::weights_internal
