#include "datasets/audio/announced_length.h"

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "datasets/audio/audio_format.h"
#include "datasets/audio/byte_order.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

constexpr std::uint64_t kFirstChunk = 12;
constexpr std::uint64_t kChunkHeaderBytes = 8;

bool IsUnknownSize(std::uint64_t size) {
  return size == 0x7ffff000 || size == 0x7fffffff || size == 0x80000000 ||
         size >= 0xffffff00;
}

std::string ToBytes(std::uint64_t value, bool big_endian) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(
        static_cast<char>(value >> (big_endian ? 24 - 8 * i : 8 * i)));
  }
  return bytes;
}

struct Chunk {
  std::uint64_t offset = 0;  // Of its contents.
  std::uint64_t size = 0;    // As announced.
};

// The first chunk of the name.
std::optional<Chunk> FindChunk(Bytes bytes, absl::string_view name,
                               bool big_endian) {
  std::uint64_t offset = kFirstChunk;
  while (offset <= bytes.size() && bytes.size() - offset >= kChunkHeaderBytes) {
    const std::uint8_t* header = bytes.data() + offset;
    const Chunk chunk{
        offset + kChunkHeaderBytes,
        big_endian ? BigEndian<4>(header + 4) : LittleEndian<4>(header + 4)};
    if (HasSignature(bytes, offset, name)) return chunk;
    offset = chunk.offset + chunk.size + chunk.size % 2;
  }
  return std::nullopt;
}

}  // namespace

std::optional<AnnouncedLength> WavLength(Bytes bytes) {
  const bool big_endian = HasSignature(bytes, 0, "RIFX");
  const std::optional<Chunk> data = FindChunk(bytes, "data", big_endian);
  if (!data.has_value()) return std::nullopt;
  AnnouncedLength length;
  length.available_bytes = bytes.size() - data->offset;
  if (HasSignature(bytes, 0, "RF64") && data->size == 0xffffffff) {
    const std::optional<Chunk> sizes = FindChunk(bytes, "ds64", false);
    if (sizes.has_value() && bytes.size() - sizes->offset >= 16) {
      length.data_bytes = LittleEndian<8>(bytes.data() + sizes->offset + 8);
      return length;
    }
  }
  const std::uint64_t riff_bytes = big_endian
                                       ? BigEndian<4>(bytes.data() + 4)
                                       : LittleEndian<4>(bytes.data() + 4);
  const bool never_finished = data->size == 0 && length.available_bytes > 0 &&
                              (riff_bytes == 0 || IsUnknownSize(riff_bytes));
  const bool unknown =
      IsUnknownSize(data->size) && data->size > length.available_bytes;
  if (!never_finished && !unknown) {
    length.data_bytes = data->size;
    return length;
  }
  length.patches.push_back(
      {data->offset - 4,
       ToBytes(std::min<std::uint64_t>(length.available_bytes, 0xffffffff),
               big_endian)});
  return length;
}

std::optional<AnnouncedLength> AiffLength(Bytes bytes) {
  const std::optional<Chunk> common = FindChunk(bytes, "COMM", true);
  const std::optional<Chunk> sound = FindChunk(bytes, "SSND", true);
  constexpr std::uint64_t kSoundHeaderBytes = 8;
  if (!common.has_value() || !sound.has_value() ||
      bytes.size() - common->offset < 6 ||
      bytes.size() - sound->offset < kSoundHeaderBytes) {
    return std::nullopt;
  }
  AnnouncedLength length;
  length.frames = BigEndian<4>(bytes.data() + common->offset + 2);
  length.available_bytes = bytes.size() - sound->offset - kSoundHeaderBytes;
  return length;
}

std::optional<AnnouncedLength> FlacLength(Bytes bytes) {
  constexpr std::uint64_t kStreamInfoEnd = 42;
  constexpr std::uint64_t kTotalOffset = 21;  // Four bits here, 32 behind.
  if (bytes.size() < kStreamInfoEnd || (bytes[4] & 0x7f) != 0) {
    return std::nullopt;
  }
  AnnouncedLength length;
  const std::uint64_t total =
      (bytes[kTotalOffset] & 0x0fu) * (std::uint64_t{1} << 32) +
      BigEndian<4>(bytes.data() + kTotalOffset + 1);
  if (total == 0) return length;
  length.frames = total;
  std::string unknown(5, '\0');
  unknown[0] = static_cast<char>(bytes[kTotalOffset] & 0xf0);
  length.patches.push_back({kTotalOffset, unknown});
  return length;
}

}  // namespace culturemert
