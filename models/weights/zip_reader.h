// Where the files of an uncompressed zip archive lie in memory. Free of
// LibTorch.
//
// torch.save stores tensors in zip archives without compressing them, so that
// they can be used where they are in the mapped file. Packaged libraries copy
// what they read through their own buffers (libzip), or tell where an entry
// lies but check neither its extent against the central directory's nor that
// entries do not overlap (minizip); for stored entries only, the format is
// little more than that check.
//
// The format: PKWARE's APPNOTE.TXT 6.3.10, with the sizes of zip64. The CRCs
// are not checked: torch.save can be told not to compute them, and doing so
// would read every tensor at loading.

#ifndef CULTUREMERT_MODELS_WEIGHTS_ZIP_READER_H_
#define CULTUREMERT_MODELS_WEIGHTS_ZIP_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

struct ZipEntry {
  std::string name;                     // "archive/data/0"
  absl::Span<const std::uint8_t> data;  // borrowed from the archive's bytes
};

// The entries of the archive that `bytes` is the whole of, called `source` in
// errors, in the order of its central directory. Errors name the entry:
//   kDataLoss         the archive's end is missing, or an entry reaches behind
//                     it: the file was cut off
//   kInvalidArgument  central directory, local headers and sizes disagree,
//                     entries overlap, two have one name
//   kUnimplemented    entries compressed or encrypted; archives in several
//                     parts
absl::StatusOr<std::vector<ZipEntry>> ParseStoredZip(
    absl::Span<const std::uint8_t> bytes, absl::string_view source);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_ZIP_READER_H_
