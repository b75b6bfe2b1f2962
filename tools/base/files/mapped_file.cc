#include "tools/base/files/mapped_file.h"

#include <limits>

#include "absl/memory/memory.h"
#include "tools/base/files/descriptor.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<std::unique_ptr<MappedFile>> MappedFile::Open(
    SystemCalls& calls, absl::string_view path, MapAccess access) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenToRead(calls, "map", path));
  const std::uint64_t size_bytes = file.status.size_bytes;
  if (size_bytes > std::numeric_limits<std::size_t>::max() / 2) {
    return FileError(EFBIG, "map", path);
  }
  const std::uint8_t* address = nullptr;
  if (size_bytes > 0) {
    const int result =
        calls.Map(file.descriptor.number(), size_bytes, access, &address);
    if (result < 0) return FileError(-result, "map", path);
  }
  return absl::WrapUnique(new MappedFile(calls, address, size_bytes));
}

MappedFile::~MappedFile() {
  if (address_ != nullptr) calls_.Unmap(address_, size_bytes_);
}

}  // namespace culturemert
