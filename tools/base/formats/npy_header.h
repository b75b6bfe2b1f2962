// The header of NumPy's .npy format: the type and shape of one array.
//
// The format, versions 1.0, 2.0 and 3.0, is defined in numpy/lib/format.py
// ("NumPy Enhancement Proposal 1"): the six bytes "\x93NUMPY", two bytes of
// version, the header's length (little-endian, two bytes in version 1.0 and
// four in the others), and a Python dictionary such as
//
//   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
//
// padded with spaces and closed by a newline. The elements follow.
//
// Most callers want npy.h, which reads and writes whole arrays.

#ifndef CULTUREMERT_TOOLS_BASE_FORMATS_NPY_HEADER_H_
#define CULTUREMERT_TOOLS_BASE_FORMATS_NPY_HEADER_H_

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

// The element types that are read and written.
enum class NpyType : std::uint8_t {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat16,
  kFloat32,
  kFloat64,
};

// All of them, in the order of the enumeration.
absl::Span<const NpyType> AllNpyTypes();

// NumPy's name, for instance "float32".
absl::string_view NpyTypeName(NpyType type);

// What a header calls it, for instance "<f4".
absl::string_view NpyTypeDescriptor(NpyType type);

// The size of one element: 1, 2, 4 or 8.
std::uint64_t NpyTypeSizeBytes(NpyType type);

// The bits of one IEEE 754 half-precision number, for which C++17 has no type.
struct Float16Bits {
  std::uint16_t bits = 0;

  friend bool operator==(Float16Bits a, Float16Bits b) {
    return a.bits == b.bits;
  }
};

// The element type that the C++ type T holds: bool, a fixed-width integer,
// Float16Bits, float or double. Any other T does not compile.
template <typename T>
constexpr NpyType NpyTypeOf();

struct NpyHeader {
  NpyType dtype = NpyType::kFloat32;
  // From the slowest dimension to the fastest (C order). Empty for a scalar.
  std::vector<std::uint64_t> shape;

  friend bool operator==(const NpyHeader& a, const NpyHeader& b) {
    return a.dtype == b.dtype && a.shape == b.shape;
  }
};

// As NumPy limits them.
inline constexpr std::uint64_t kMaxNpyDimensions = 64;

// The size of all elements. kInvalidArgument if there are more than
// kMaxNpyDimensions dimensions, or if the product of the dimensions other than
// zero and the element size is over 2^63 - 1, NumPy's own limit.
absl::StatusOr<std::uint64_t> NpyDataSizeBytes(const NpyHeader& header);

struct ParsedNpyHeader {
  NpyHeader header;
  // Where the elements begin.
  std::uint64_t data_offset_bytes = 0;
};

// Parses the header at the start of `bytes`; what follows it is not looked at.
// `source` names the file in errors. The dictionary may have its keys in any
// order, any spacing, a trailing comma or none, and either kind of quotes.
//
// Errors:
//   kDataLoss          the bytes end before the header does
//   kInvalidArgument   the bytes are no .npy file, or the header breaks the
//                      format: unknown, repeated or missing keys, a malformed
//                      value, a shape whose size overflows
//   kUnimplemented     a .npy file of a kind that is not read: big-endian
//                      numbers, Fortran order, structured types, text, complex
//                      numbers, dates, and Python objects (pickles), which are
//                      never executed. The message says how to convert it.
//
// Fortran order is accepted where it makes no difference, that is where at
// most one dimension is not 1: some writers mark every vector with it.
absl::StatusOr<ParsedNpyHeader> ParseNpyHeader(
    absl::Span<const std::uint8_t> bytes, absl::string_view source);

// The bytes before the elements, equal to those numpy.save writes (NumPy 1.24
// and later): version 1.0, padded to a multiple of 64 bytes. The errors are
// those of NpyDataSizeBytes.
absl::StatusOr<std::string> PrintNpyHeader(const NpyHeader& header);

// "(3, 4)", "(3,)" or "()", as Python prints a tuple.
std::string PrintNpyShape(absl::Span<const std::uint64_t> shape);

// Implementation details only from here on.

namespace npy_internal {
template <typename T>
inline constexpr bool kIsUnsupported = true;
}  // namespace npy_internal

template <typename T>
constexpr NpyType NpyTypeOf() {
  if constexpr (std::is_same_v<T, bool>) {
    return NpyType::kBool;
  } else if constexpr (std::is_same_v<T, std::int8_t>) {
    return NpyType::kInt8;
  } else if constexpr (std::is_same_v<T, std::int16_t>) {
    return NpyType::kInt16;
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return NpyType::kInt32;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return NpyType::kInt64;
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    return NpyType::kUint8;
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    return NpyType::kUint16;
  } else if constexpr (std::is_same_v<T, std::uint32_t>) {
    return NpyType::kUint32;
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return NpyType::kUint64;
  } else if constexpr (std::is_same_v<T, Float16Bits>) {
    return NpyType::kFloat16;
  } else if constexpr (std::is_same_v<T, float>) {
    return NpyType::kFloat32;
  } else if constexpr (std::is_same_v<T, double>) {
    return NpyType::kFloat64;
  } else {
    static_assert(!npy_internal::kIsUnsupported<T>,
                  "an .npy array cannot hold elements of this C++ type");
  }
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FORMATS_NPY_HEADER_H_
