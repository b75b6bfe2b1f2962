// Unsigned integers in the byte orders that audio files use. The caller makes
// sure that the bytes are there.

#ifndef CULTUREMERT_DATASETS_AUDIO_BYTE_ORDER_H_
#define CULTUREMERT_DATASETS_AUDIO_BYTE_ORDER_H_

#include <cstddef>
#include <cstdint>

namespace culturemert {

template <std::size_t kBytes>
constexpr std::uint64_t LittleEndian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = kBytes; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

template <std::size_t kBytes>
constexpr std::uint64_t BigEndian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kBytes; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_BYTE_ORDER_H_
