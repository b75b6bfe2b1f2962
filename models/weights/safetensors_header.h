// The header of a safetensors file: which tensors it holds, and where. Free of
// LibTorch.
//
// The format (github.com/huggingface/safetensors, "Format"): eight bytes, the
// header's length as a little-endian integer; the header, one JSON object,
//
//   {"__metadata__":{"format":"pt"},
//    "bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
//
// padded with spaces; the tensors' elements, little-endian and in C order, at
// `data_offsets` counted from the end of the header.
//
// Most callers want safetensors.h, which reads and writes tensors.

#ifndef CULTUREMERT_MODELS_WEIGHTS_SAFETENSORS_HEADER_H_
#define CULTUREMERT_MODELS_WEIGHTS_SAFETENSORS_HEADER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/weights/element_type.h"

namespace culturemert {

// As the safetensors library limits it.
inline constexpr std::uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;

struct SafetensorsEntry {
  std::string name;
  ElementType type = ElementType::kFloat32;
  std::vector<std::int64_t> shape;
  // Of the elements, counted from the end of the header.
  std::uint64_t begin_bytes = 0;
  std::uint64_t end_bytes = 0;
};

struct SafetensorsHeader {
  // In the order of the elements in the file; of entries without elements at
  // one place, by name.
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
  // Where the elements begin in the file.
  std::uint64_t data_offset_bytes = 0;
};

// Parses the header of the file that `file` is the whole of, called `source` in
// errors, and checks every rule of the format:
//   kDataLoss         the file ends before its header or its last element does
//   kInvalidArgument  the header is longer than 100 MB, does not begin with
//                     "{", is not JSON by the rules of strict_json.h (so a
//                     name twice is an error); a tensor lacks one of the three
//                     keys or has others; an unknown dtype; a shape that is
//                     not a list of at most 64 integers from 0 to 2^63 - 1, or
//                     whose size is above 2^63 - 1; offsets that do not fit
//                     dtype and shape, overlap, leave a hole, or do not end
//                     with the file; metadata that are not strings
absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(
    absl::Span<const std::uint8_t> file, absl::string_view source);

// The bytes before the elements of a file with these tensors, equal to those
// the safetensors library (0.4 to 0.8) writes for Python: tensors by descending
// type, then by name; the header padded with spaces to a multiple of 8 bytes.
// The library writes metadata in an order that changes from run to run, here
// they are sorted; without metadata there is no such entry.
//
// Sets the offsets, and the order, of `header`. kInvalidArgument for names or
// metadata that are not UTF-8, a name twice or "__metadata__", more than 64
// dimensions, sizes above 2^63 - 1, or a header longer than 100 MB.
absl::StatusOr<std::string> PrintSafetensorsHeader(SafetensorsHeader* header);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_SAFETENSORS_HEADER_H_
