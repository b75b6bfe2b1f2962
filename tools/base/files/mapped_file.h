// A whole file as memory to read.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_MAPPED_FILE_H_
#define CULTUREMERT_TOOLS_BASE_FILES_MAPPED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// Made by Files::Map, which it must not outlive. The bytes stay valid when the
// file is replaced or removed. Who shortens the file in place meanwhile makes
// reading past its new end kill the process (SIGBUS); Files itself never
// shortens a file in place.
class MappedFile {
 public:
  static absl::StatusOr<std::unique_ptr<MappedFile>> Open(
      SystemCalls& calls, absl::string_view path, MapAccess access);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // The file as it was long when opened; empty for an empty file.
  absl::Span<const std::uint8_t> bytes() const {
    return absl::MakeConstSpan(address_, size_bytes_);
  }

 private:
  MappedFile(SystemCalls& calls, const std::uint8_t* address,
             std::size_t size_bytes)
      : calls_(calls), address_(address), size_bytes_(size_bytes) {}

  SystemCalls& calls_;
  const std::uint8_t* const address_;
  const std::size_t size_bytes_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_MAPPED_FILE_H_
