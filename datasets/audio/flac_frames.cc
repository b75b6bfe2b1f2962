#include "datasets/audio/flac_frames.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/byte_order.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

// The longest frame there is: eight channels of 65,535 samples of 32 bits, and
// what stands around them.
constexpr std::uint64_t kMaxFrameBytes = 8 * 65535 * 4 + 1024;

constexpr std::array<std::uint16_t, 256> MakeCrc16Table() {
  std::array<std::uint16_t, 256> table{};
  for (int byte = 0; byte < 256; ++byte) {
    int crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc << 1 ^ (crc & 0x8000 ? 0x8005 : 0);
    }
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr std::array<std::uint16_t, 256> kCrc16Table = MakeCrc16Table();

std::uint16_t NextCrc16(std::uint16_t crc, std::uint8_t byte) {
  return static_cast<std::uint16_t>(crc << 8 ^ kCrc16Table[crc >> 8 ^ byte]);
}

std::uint8_t Crc8(Bytes bytes) {
  std::uint8_t crc = 0;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<std::uint8_t>(crc << 1 ^ (crc & 0x80 ? 0x07 : 0));
    }
  }
  return crc;
}

// Reads the bytes of a frame's header in turn; past the end it gives nothing.
class HeaderReader {
 public:
  explicit HeaderReader(Bytes bytes) : bytes_(bytes) {}

  std::optional<std::uint64_t> Next(std::size_t count) {
    if (bytes_.size() - position_ < count) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value = value << 8 | bytes_[position_++];
    }
    return value;
  }

  // The frame's or sample's number, coded like a character of UTF-8 with up to
  // seven bytes.
  std::optional<std::uint64_t> NextNumber() {
    const std::optional<std::uint64_t> first = Next(1);
    if (!first.has_value() || *first == 0xff) return std::nullopt;
    int ones = 0;
    while ((*first & (0x80u >> ones)) != 0) ++ones;
    if (ones == 1) return std::nullopt;
    std::uint64_t number = *first & (0x7fu >> ones);
    for (int i = 1; i < ones; ++i) {
      const std::optional<std::uint64_t> next = Next(1);
      if (!next.has_value() || (*next & 0xc0) != 0x80) return std::nullopt;
      number = number << 6 | (*next & 0x3f);
    }
    return number;
  }

  Bytes read() const { return bytes_.subspan(0, position_); }

 private:
  const Bytes bytes_;
  std::size_t position_ = 0;
};

struct Header {
  std::uint64_t number = 0;  // Of the frame, or of its first sample.
  bool counts_samples = false;
  std::uint64_t frames = 0;
  std::size_t size_bytes = 0;

  std::uint64_t next_number() const {
    return number + (counts_samples ? frames : 1);
  }
};

// Samples of a block by the code in the header (RFC 9639, table 14), which the
// codes 6 and 7 leave to further bytes.
std::optional<std::uint64_t> BlockFrames(int code, HeaderReader& reader) {
  if (code == 0) return std::nullopt;
  if (code == 1) return 192;
  if (code < 6) return 576u << (code - 2);
  if (code > 7) return 256u << (code - 8);
  const std::optional<std::uint64_t> less_one = reader.Next(code - 5);
  if (!less_one.has_value()) return std::nullopt;
  return *less_one + 1;
}

// The frame header that `bytes` start with, if its checksum is right.
std::optional<Header> ParseHeader(Bytes bytes) {
  if (bytes.size() < 2 || bytes[0] != 0xff || (bytes[1] & 0xfe) != 0xf8) {
    return std::nullopt;
  }
  HeaderReader reader(bytes);
  const std::optional<std::uint64_t> head = reader.Next(4);
  if (!head.has_value()) return std::nullopt;
  Header header;
  header.counts_samples = (*head >> 16 & 1) != 0;
  const std::optional<std::uint64_t> number = reader.NextNumber();
  if (!number.has_value()) return std::nullopt;
  header.number = *number;
  const std::optional<std::uint64_t> frames =
      BlockFrames(*head >> 12 & 15, reader);
  if (!frames.has_value()) return std::nullopt;
  header.frames = *frames;
  const int rate_code = *head >> 8 & 15;
  if (rate_code == 15 ||
      (rate_code >= 12 && !reader.Next(rate_code == 12 ? 1 : 2).has_value())) {
    return std::nullopt;
  }
  const std::uint64_t computed = Crc8(reader.read());
  if (reader.Next(1) != std::optional<std::uint64_t>(computed)) {
    return std::nullopt;
  }
  header.size_bytes = reader.read().size();
  return header;
}

// The size of the frame that `bytes` start with, header included: it ends where
// its checksum comes out right and the next frame, or nothing, follows.
std::optional<std::size_t> FrameBytes(Bytes bytes, const Header& header) {
  const std::size_t limit =
      std::min<std::uint64_t>(bytes.size(), kMaxFrameBytes);
  std::uint16_t crc = 0;
  for (std::size_t i = 0; i < header.size_bytes; ++i) {
    crc = NextCrc16(crc, bytes[i]);
  }
  for (std::size_t i = header.size_bytes; i < limit; ++i) {
    if (crc == 0 && bytes[i] == 0xff && ParseHeader(bytes.subspan(i))) return i;
    crc = NextCrc16(crc, bytes[i]);
  }
  if (crc == 0 && limit == bytes.size()) return limit;
  return std::nullopt;
}

// Where the first frame starts: behind the metadata blocks.
std::uint64_t MetadataEnd(Bytes bytes) {
  std::uint64_t offset = 4;
  while (offset <= bytes.size() && bytes.size() - offset >= 4) {
    const bool is_last = (bytes[offset] & 0x80) != 0;
    offset += 4 + BigEndian<3>(bytes.data() + offset + 1);
    if (is_last) break;
  }
  return std::min<std::uint64_t>(offset, bytes.size());
}

// Whether a whole frame behind `last`, if that is known, starts in `bytes`.
bool HoldsLaterFrame(Bytes bytes, const std::optional<Header>& last) {
  // Headers with a right checksum are rare by chance; many are an attack.
  constexpr int kMaxTries = 64;
  int tries = 0;
  for (std::size_t i = 0; i < bytes.size() && tries < kMaxTries; ++i) {
    if (bytes[i] != 0xff) continue;
    const std::optional<Header> header = ParseHeader(bytes.subspan(i));
    if (!header.has_value() ||
        (last.has_value() && header->number <= last->number)) {
      continue;
    }
    if (FrameBytes(bytes.subspan(i), *header).has_value()) return true;
    ++tries;
  }
  return false;
}

}  // namespace

absl::StatusOr<FlacFrames> WalkFlacFrames(Bytes bytes) {
  FlacFrames walked;
  walked.whole_bytes = MetadataEnd(bytes);
  std::optional<Header> last;
  while (walked.whole_bytes < bytes.size()) {
    const std::uint64_t offset = walked.whole_bytes;
    const Bytes rest = bytes.subspan(offset);
    const std::optional<Header> header = ParseHeader(rest);
    const std::optional<std::size_t> size_bytes =
        header.has_value() ? FrameBytes(rest, *header) : std::nullopt;
    if (!size_bytes.has_value()) {
      if (HoldsLaterFrame(rest.subspan(1),
                          header.has_value() ? header : last)) {
        return absl::DataLossError(
            absl::StrCat("the FLAC frame at byte ", offset,
                         " or the one behind it is damaged (wrong checksum)"));
      }
      const bool begins_like_frame = rest[0] == 0xff;
      (begins_like_frame ? walked.cut_frame_bytes : walked.trailing_bytes) =
          rest.size();
      break;
    }
    if (last.has_value() && header->number != last->next_number()) {
      return absl::DataLossError(
          absl::StrCat("FLAC frames are missing at byte ", offset, ": number ",
                       header->number, " instead of ", last->next_number()));
    }
    last = header;
    walked.frames += header->frames;
    walked.whole_bytes += *size_bytes;
  }
  return walked;
}

}  // namespace culturemert
