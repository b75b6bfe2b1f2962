// A lock's text is read as the one owner it was written for, or refused.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tools/base/files/lock_owner.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto owner = culturemert::ParseLockOwner(text);
  if (owner.ok()) {
    if (culturemert::FormatLockOwner(*owner) != text) std::abort();
    if (size > culturemert::kMaxLockBytes) std::abort();
  } else if (owner.status().message().size() > 400) {
    std::abort();
  }
  return 0;
}
