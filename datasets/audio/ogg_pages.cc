#include "datasets/audio/ogg_pages.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_format.h"
#include "datasets/audio/byte_order.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

constexpr std::size_t kHeaderBytes = 27;
constexpr std::size_t kChecksumOffset = 22;
constexpr std::uint8_t kFirstPage = 2;
constexpr std::uint8_t kLastPage = 4;
constexpr std::uint64_t kNoPosition = ~std::uint64_t{0};

// For the remainders of bytes 0 to 7 places behind the current one by the
// polynomial 0x04C11DB7, most significant bit first: eight bytes a step.
std::array<std::array<std::uint32_t, 256>, 8> MakeCrcTables() {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte << 24;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc << 1 ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
    }
    tables[0][byte] = crc;
  }
  for (std::size_t behind = 1; behind < tables.size(); ++behind) {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t crc = tables[behind - 1][byte];
      tables[behind][byte] = crc << 8 ^ tables[0][crc >> 24];
    }
  }
  return tables;
}

std::uint32_t Crc(std::uint32_t crc, Bytes bytes) {
  static const auto& tables = *new auto(MakeCrcTables());
  while (bytes.size() >= 8) {
    const std::uint32_t head =
        crc ^ static_cast<std::uint32_t>(BigEndian<4>(bytes.data()));
    crc = tables[7][head >> 24] ^ tables[6][head >> 16 & 255] ^
          tables[5][head >> 8 & 255] ^ tables[4][head & 255] ^
          tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^
          tables[0][bytes[7]];
    bytes.remove_prefix(8);
  }
  for (const std::uint8_t byte : bytes) {
    crc = crc << 8 ^ tables[0][crc >> 24 ^ byte];
  }
  return crc;
}

// The checksum of a page, whose own four bytes count as zeros.
std::uint32_t PageCrc(Bytes page) {
  constexpr std::uint8_t kZeros[4] = {};
  std::uint32_t crc = Crc(0, page.subspan(0, kChecksumOffset));
  crc = Crc(crc, kZeros);
  return Crc(crc, page.subspan(kChecksumOffset + 4));
}

// The size of the page that starts at `bytes`, if all of it is there.
std::optional<std::size_t> PageSize(Bytes bytes) {
  if (bytes.size() < kHeaderBytes) return std::nullopt;
  const std::size_t segments = bytes[kHeaderBytes - 1];
  std::size_t size = kHeaderBytes + segments;
  if (bytes.size() < size) return std::nullopt;
  for (std::size_t i = 0; i < segments; ++i) size += bytes[kHeaderBytes + i];
  if (bytes.size() < size) return std::nullopt;
  return size;
}

class Walker {
 public:
  absl::StatusOr<OggPages> Walk(Bytes bytes) {
    while (HasSignature(bytes, pages_.whole_bytes, "OggS")) {
      const Bytes rest = bytes.subspan(pages_.whole_bytes);
      const std::optional<std::size_t> size = PageSize(rest);
      if (!size.has_value()) break;
      RETURN_IF_ERROR(Take(rest.subspan(0, *size)));
    }
    const Bytes rest = bytes.subspan(pages_.whole_bytes);
    if (HasSignature(rest, 0, "OggS")) {
      pages_.cut_page_bytes = rest.size();
      return pages_;
    }
    pages_.trailing_bytes = rest.size();
    // A page behind other bytes: the stream goes on after a gap.
    for (std::size_t i = 0; i + kHeaderBytes <= rest.size(); ++i) {
      if (rest[i] != 'O' || !HasSignature(rest, i, "OggS")) continue;
      const std::optional<std::size_t> size = PageSize(rest.subspan(i));
      if (!size.has_value() || !IsIntact(rest.subspan(i, *size))) continue;
      return absl::DataLossError(
          absl::StrCat(i, " bytes at byte ", pages_.whole_bytes,
                       " are no Ogg page, and pages follow behind them"));
    }
    return pages_;
  }

 private:
  static bool IsIntact(Bytes page) {
    return PageCrc(page) == LittleEndian<4>(&page[kChecksumOffset]);
  }

  absl::Status Take(Bytes page) {
    const std::uint64_t offset = pages_.whole_bytes;
    if (!IsIntact(page)) {
      return absl::DataLossError(absl::StrCat("the Ogg page at byte ", offset,
                                              " is damaged (wrong checksum)"));
    }
    const std::uint64_t position = LittleEndian<8>(&page[6]);
    const std::uint32_t serial = LittleEndian<4>(&page[14]);
    const std::uint32_t number = LittleEndian<4>(&page[18]);
    if (pages_.pages == 0) {
      serial_ = serial;
    } else if (serial != serial_ || (page[5] & kFirstPage) != 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a second stream starts at byte ", offset,
          ", expected one Vorbis stream; split the file or encode it again"));
    } else if (number != number_ + 1) {
      return absl::DataLossError(absl::StrCat("at byte ", offset, " Ogg page ",
                                              number, " follows page ", number_,
                                              ": pages are missing"));
    }
    number_ = number;
    if (position != kNoPosition) pages_.frames = position;
    pages_.is_ended = (page[5] & kLastPage) != 0;
    pages_.whole_bytes += page.size();
    ++pages_.pages;
    // A packet is cut into segments of 255 bytes and ends with a shorter one.
    const Bytes segments = page.subspan(kHeaderBytes, page[kHeaderBytes - 1]);
    pages_.packets += std::count_if(
        segments.begin(), segments.end(),
        [](std::uint8_t segment_bytes) { return segment_bytes < 255; });
    return absl::OkStatus();
  }

  OggPages pages_;
  std::uint32_t serial_ = 0;
  std::uint32_t number_ = 0;
};

}  // namespace

absl::StatusOr<OggPages> WalkOggPages(Bytes bytes) {
  return Walker().Walk(bytes);
}

}  // namespace culturemert
