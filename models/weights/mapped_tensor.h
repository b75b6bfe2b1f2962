// Tensors over the bytes of a mapped file, which they keep mapped.

#ifndef CULTUREMERT_MODELS_WEIGHTS_MAPPED_TENSOR_H_
#define CULTUREMERT_MODELS_WEIGHTS_MAPPED_TENSOR_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/types/span.h"
#include "models/weights/element_type.h"
#include "tools/base/files/files.h"

namespace culturemert::weights_internal {

at::ScalarType ToScalarType(ElementType type);
// Nothing for complex and quantized numbers, and for types of no file.
std::optional<ElementType> FromScalarType(at::ScalarType type);

// The storage that `bytes`, a part of `file`, are: in place, holding on to
// `file`, where they are aligned to `alignment_bytes`, and a copy otherwise.
// Throws LibTorch's exceptions.
at::Storage MappedStorage(const std::shared_ptr<const MappedFile>& file,
                          absl::Span<const std::uint8_t> bytes,
                          std::uint64_t alignment_bytes);

// The tensor that starts `offset_elements` of its type into the storage, and
// must lie inside it. Throws LibTorch's exceptions.
at::Tensor ViewStorage(const at::Storage& storage, ElementType type,
                       std::int64_t offset_elements,
                       absl::Span<const std::int64_t> shape,
                       absl::Span<const std::int64_t> strides);

}  // namespace culturemert::weights_internal

#endif  // CULTUREMERT_MODELS_WEIGHTS_MAPPED_TENSOR_H_
