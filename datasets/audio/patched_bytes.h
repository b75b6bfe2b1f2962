// A file's bytes in memory with a few of them replaced, without a copy.

#ifndef CULTUREMERT_DATASETS_AUDIO_PATCHED_BYTES_H_
#define CULTUREMERT_DATASETS_AUDIO_PATCHED_BYTES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace culturemert {

struct Patch {
  std::uint64_t offset = 0;
  std::string bytes;  // Stand in place of as many at `offset`.
};

class PatchedBytes {
 public:
  // `bytes` must outlive this; patches lie within them.
  PatchedBytes(absl::Span<const std::uint8_t> bytes, std::vector<Patch> patches)
      : bytes_(bytes), patches_(std::move(patches)) {}

  std::uint64_t size() const { return bytes_.size(); }

  // Copies up to `count` bytes from `offset` on; returns how many there were.
  std::size_t Read(std::uint64_t offset, std::size_t count, char* out) const {
    if (offset >= size()) return 0;
    count = std::min<std::uint64_t>(count, size() - offset);
    std::memcpy(out, bytes_.data() + offset, count);
    for (const Patch& patch : patches_) {
      const std::uint64_t begin = std::max(offset, patch.offset);
      const std::uint64_t end = std::min<std::uint64_t>(
          offset + count, patch.offset + patch.bytes.size());
      if (begin >= end) continue;
      std::memcpy(out + (begin - offset),
                  patch.bytes.data() + (begin - patch.offset), end - begin);
    }
    return count;
  }

 private:
  absl::Span<const std::uint8_t> bytes_;
  std::vector<Patch> patches_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_PATCHED_BYTES_H_
