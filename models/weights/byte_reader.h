// Reads bytes from front to back and never past their end. Internal to this
// folder.

#ifndef CULTUREMERT_MODELS_WEIGHTS_BYTE_READER_H_
#define CULTUREMERT_MODELS_WEIGHTS_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "numbers are copied as they lie in the file, little-endian");

class ByteReader {
 public:
  explicit ByteReader(absl::Span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  // Each returns whether there were enough bytes; otherwise nothing is read.

  // A little-endian number.
  template <typename Number>
  bool Read(Number* value) {
    absl::string_view bytes;
    if (!ReadBytes(sizeof(Number), &bytes)) return false;
    std::memcpy(value, bytes.data(), sizeof(Number));
    return true;
  }

  bool ReadBytes(std::uint64_t size, absl::string_view* bytes) {
    if (size > remaining()) return false;
    *bytes = absl::string_view(
        reinterpret_cast<const char*>(bytes_.data()) + position_, size);
    position_ += size;
    return true;
  }

  bool Skip(std::uint64_t size) {
    absl::string_view skipped;
    return ReadBytes(size, &skipped);
  }

  // Up to the next line feed, which is read but not part of the line.
  bool ReadLine(absl::string_view* line) {
    const absl::string_view rest(
        reinterpret_cast<const char*>(bytes_.data()) + position_, remaining());
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) return false;
    *line = rest.substr(0, end);
    position_ += end + 1;
    return true;
  }

 private:
  absl::Span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_BYTE_READER_H_
