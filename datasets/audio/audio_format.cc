#include "datasets/audio/audio_format.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/byte_order.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kId3HeaderBytes = 10;
constexpr std::uint64_t kId3v1Bytes = 128;
constexpr std::uint64_t kApeFooterBytes = 32;

struct Signature {
  std::size_t offset;
  absl::string_view bytes;
  absl::string_view meaning;
};

// What data sets are known to hold by mistake, and neighbours of the formats
// that are read here.
const Signature kOthers[] = {
    {4, "ftyp", "an MP4 or QuickTime file (AAC, ALAC)"},
    {0, "caff", "a Core Audio file"},
    {0, ".snd", "a Sun AU file"},
    {0, "MAC ", "a Monkey's Audio file"},
    {0, "wvpk", "a WavPack file"},
    {0, "riff\x2e\x91\xcf\x11", "a Sony Wave64 file"},
    {0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"},
    {0, "\x1a\x45\xdf\xa3", "a Matroska or WebM file"},
    {0, "ADIF", "an AAC file"},
    {0, "MThd", "a MIDI file"},
    {0, "#!AMR", "an AMR file"},
    {0, "%PDF", "a PDF file"},
    {0, "PK\x03\x04", "a ZIP archive"},
    {0, "\x1f\x8b", "a gzip archive"},
    {0, "\x89PNG", "a PNG picture"},
    {0, "\xff\xd8\xff", "a JPEG picture"},
    {0, "version https://git-lfs", "a Git LFS pointer, not the file itself"},
    {0,
     "\x7f"
     "ELF",
     "a program"},
};

// The first bytes hold no control characters and are UTF-8.
bool LooksLikeText(absl::Span<const std::uint8_t> bytes) {
  constexpr std::size_t kLook = 512;
  const absl::string_view head(reinterpret_cast<const char*>(bytes.data()),
                               std::min(bytes.size(), kLook));
  const bool has_control =
      std::any_of(head.begin(), head.end(), [](char character) {
        const auto byte = static_cast<unsigned char>(character);
        return byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
      });
  // A character may be cut in two at the end of the head.
  return !has_control && ValidUtf8Length(head) + 3 >= head.size() &&
         ValidUtf8Length(head) > 0;
}

absl::Status NotAudio(absl::string_view found) {
  return absl::InvalidArgumentError(absl::StrCat(
      "found ", found, ", expected WAV, AIFF, FLAC, Ogg Vorbis or MP3"));
}

absl::StatusOr<AudioFormat> DetectContainer(
    absl::Span<const std::uint8_t> bytes, absl::string_view kind_name) {
  if (HasSignature(bytes, 8, "WAVE")) return AudioFormat::kWav;
  return NotAudio(absl::StrCat("a ", kind_name, " file of another kind than ",
                               kind_name == "FORM" ? "AIFF" : "WAVE"));
}

bool IsAdts(absl::Span<const std::uint8_t> bytes) {
  return bytes.size() >= 2 && bytes[0] == 0xff && (bytes[1] & 0xf6) == 0xf0;
}

}  // namespace

bool HasSignature(absl::Span<const std::uint8_t> bytes, std::uint64_t offset,
                  absl::string_view signature) {
  return offset <= bytes.size() && signature.size() <= bytes.size() - offset &&
         std::memcmp(bytes.data() + offset, signature.data(),
                     signature.size()) == 0;
}

std::uint64_t LeadingId3Bytes(absl::Span<const std::uint8_t> bytes) {
  std::uint64_t offset = 0;
  while (bytes.size() - offset >= kId3HeaderBytes &&
         HasSignature(bytes, offset, "ID3")) {
    const std::uint8_t* tag = bytes.data() + offset;
    std::uint64_t size_bytes = 0;
    for (int i = 6; i < 10; ++i) {
      if (tag[i] >= 0x80) return offset;  // Not a size: not a tag.
      size_bytes = size_bytes << 7 | tag[i];
    }
    const bool has_footer = (tag[5] & 0x10) != 0;
    size_bytes += kId3HeaderBytes * (has_footer ? 2 : 1);
    offset = std::min<std::uint64_t>(offset + size_bytes, bytes.size());
  }
  return offset;
}

absl::Span<const std::uint8_t> WithoutTags(
    absl::Span<const std::uint8_t> bytes) {
  bytes.remove_prefix(LeadingId3Bytes(bytes));
  if (bytes.size() >= kId3v1Bytes &&
      HasSignature(bytes, bytes.size() - kId3v1Bytes, "TAG")) {
    bytes.remove_suffix(kId3v1Bytes);
  }
  if (bytes.size() >= kApeFooterBytes &&
      HasSignature(bytes, bytes.size() - kApeFooterBytes, "APETAGEX")) {
    const std::uint8_t* footer = bytes.data() + bytes.size() - kApeFooterBytes;
    const bool has_header = (footer[23] & 0x80) != 0;
    const std::uint64_t size_bytes =
        LittleEndian<4>(footer + 12) + (has_header ? kApeFooterBytes : 0);
    if (size_bytes <= bytes.size()) bytes.remove_suffix(size_bytes);
  }
  return bytes;
}

absl::StatusOr<AudioFormat> DetectFormat(absl::Span<const std::uint8_t> bytes) {
  if (bytes.empty()) return NotAudio("an empty file");
  for (const absl::string_view kind : {"RIFF", "RIFX", "RF64"}) {
    if (HasSignature(bytes, 0, kind)) return DetectContainer(bytes, kind);
  }
  if (HasSignature(bytes, 0, "FORM")) {
    if (HasSignature(bytes, 8, "AIFF") || HasSignature(bytes, 8, "AIFC")) {
      return AudioFormat::kAiff;
    }
    return DetectContainer(bytes, "FORM");
  }
  if (HasSignature(bytes, 0, "fLaC")) return AudioFormat::kFlac;
  if (HasSignature(bytes, 0, "OggS")) return AudioFormat::kOggVorbis;
  for (const Signature& other : kOthers) {
    if (HasSignature(bytes, other.offset, other.bytes)) {
      return NotAudio(other.meaning);
    }
  }
  if (LooksLikeText(bytes)) {
    const absl::string_view head(reinterpret_cast<const char*>(bytes.data()),
                                 std::min<std::size_t>(bytes.size(), 40));
    return NotAudio(absl::StrCat("text, ", QuoteForMessage(head, 40)));
  }
  if (IsAdts(bytes)) return NotAudio("an AAC stream (ADTS)");
  return AudioFormat::kMp3;
}

}  // namespace culturemert
