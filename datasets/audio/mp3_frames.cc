#include "datasets/audio/mp3_frames.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_format.h"
#include "datasets/audio/byte_order.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

constexpr std::size_t kHeaderBytes = 4;
constexpr int kStartChain = 3;
constexpr int kResumeChain = 2;
constexpr std::uint32_t kDecoderDelaySamples = 529;

constexpr int kBitratesMpeg1[15] = {0,   32,  40,  48,  56,  64,  80, 96,
                                    112, 128, 160, 192, 224, 256, 320};
constexpr int kBitratesMpeg2[15] = {0,  8,  16, 24,  32,  40,  48, 56,
                                    64, 80, 96, 112, 128, 144, 160};
constexpr int kRatesHz[3] = {44100, 48000, 32000};

// The bits of any MPEG audio header that say what kind it is.
struct Kind {
  int version = 0;  // 0: MPEG-2.5, 2: MPEG-2, 3: MPEG-1
  int layer = 0;    // 1: Layer III, 2: II, 3: I
  int bitrate = 0;
  int rate = 0;
};

std::optional<Kind> ParseKind(Bytes bytes) {
  if (bytes.size() < kHeaderBytes || bytes[0] != 0xff ||
      (bytes[1] & 0xe0) != 0xe0) {
    return std::nullopt;
  }
  const Kind kind{bytes[1] >> 3 & 3, bytes[1] >> 1 & 3, bytes[2] >> 4,
                  bytes[2] >> 2 & 3};
  if (kind.version == 1 || kind.layer == 0 || kind.bitrate == 15 ||
      kind.rate == 3) {
    return std::nullopt;
  }
  return kind;
}

// Headers in a row at their distances, all of one stream with `like`, up to
// `limit`.
struct Chain {
  int headers = 0;
  int whole_frames = 0;
  bool reaches_end = false;  // It stopped for want of bytes.
};

Chain FollowChain(Bytes bytes, std::uint64_t offset, const Mp3Header& like,
                  int limit) {
  Chain chain;
  while (chain.headers < limit) {
    if (bytes.size() - offset < kHeaderBytes) {
      chain.reaches_end = true;
      break;
    }
    const std::optional<Mp3Header> header =
        ParseMp3Header(bytes.subspan(offset));
    if (!header.has_value() || header->size_bytes == 0 ||
        !header->IsOneStreamWith(like)) {
      break;
    }
    ++chain.headers;
    if (header->size_bytes > bytes.size() - offset) {
      chain.reaches_end = true;
      break;
    }
    ++chain.whole_frames;
    offset += header->size_bytes;
  }
  return chain;
}

std::string Describe(const Mp3Header& header) {
  return absl::StrCat(header.rate_hz, " Hz, ", header.channels,
                      header.channels == 1 ? " channel" : " channels");
}

// Bytes of the tag at the start of `bytes`, 0 if there is none.
std::uint64_t TagBytes(Bytes bytes) {
  constexpr std::uint64_t kId3v1Bytes = 128;
  constexpr std::uint64_t kApeHeaderBytes = 32;
  // A tag that reaches the end may be a chance match that would hide audio.
  const std::uint64_t id3 = LeadingId3Bytes(bytes);
  if (id3 > 0 && id3 < bytes.size()) return id3;
  if (HasSignature(bytes, 0, "TAG") && bytes.size() >= kId3v1Bytes) {
    return kId3v1Bytes;
  }
  if (HasSignature(bytes, 0, "APETAGEX") && bytes.size() >= kApeHeaderBytes) {
    const std::uint64_t size =
        kApeHeaderBytes + LittleEndian<4>(bytes.data() + 12);
    if (size <= bytes.size()) return size;
  }
  return 0;
}

// Reads the information frame; false if `frame` is none.
bool ReadInformation(Bytes frame, const Mp3Header& header, Mp3Layout* layout) {
  const std::size_t side_bytes = header.version_times_ten == 10
                                     ? (header.channels == 1 ? 17 : 32)
                                     : (header.channels == 1 ? 9 : 17);
  constexpr std::size_t kVbriOffset = 36;
  if (HasSignature(frame, kVbriOffset, "VBRI")) {
    constexpr std::size_t kFramesOffset = kVbriOffset + 14;
    if (frame.size() >= kFramesOffset + 4) {
      layout->announced_frames = BigEndian<4>(&frame[kFramesOffset]);
    }
    return true;
  }
  std::size_t offset = kHeaderBytes + side_bytes;
  if (!HasSignature(frame, offset, "Xing") &&
      !HasSignature(frame, offset, "Info")) {
    return false;
  }
  // The tag, the flags, and by their bits: frames, bytes, contents, quality.
  constexpr std::size_t kFieldBytes[4] = {4, 4, 100, 4};
  if (frame.size() < offset + 8) return true;
  const std::uint64_t flags = BigEndian<4>(&frame[offset + 4]);
  offset += 8;
  for (int field = 0; field < 4; ++field) {
    if ((flags >> field & 1) == 0) continue;
    if (frame.size() < offset + kFieldBytes[field]) return true;
    if (field == 0) layout->announced_frames = BigEndian<4>(&frame[offset]);
    offset += kFieldBytes[field];
  }
  // The encoder's extension: its name (9 bytes) and what it did (12), then
  // delay and padding in 12 bits each.
  constexpr std::size_t kDelayOffset = 21;
  if (frame.size() < offset + kDelayOffset + 3 || frame[offset] == 0) {
    return true;
  }
  const std::uint64_t both = BigEndian<3>(&frame[offset + kDelayOffset]);
  layout->delay_samples = both >> 12;
  layout->padding_samples = both & 0xfff;
  return true;
}

class Finder {
 public:
  explicit Finder(Bytes bytes) : bytes_(bytes) {}

  absl::StatusOr<Mp3Layout> Find() {
    RETURN_IF_ERROR(FindStart());
    while (true) {
      RETURN_IF_ERROR(TakeFrames());
      if (offset_ == bytes_.size() || layout_.cut_frame_bytes > 0) break;
      ASSIGN_OR_RETURN(const bool goes_on, CrossGap());
      if (!goes_on) break;
    }
    if (layout_.frames == 0) {
      return absl::InvalidArgumentError(
          "the file holds no whole MP3 frame of audio");
    }
    return std::move(layout_);
  }

 private:
  absl::Status FindStart() {
    const std::uint64_t limit =
        std::min<std::uint64_t>(bytes_.size(), kMaxGapBytes + 1);
    for (offset_ = 0; offset_ < limit; ++offset_) {
      const Bytes rest = bytes_.subspan(offset_);
      if (rest[0] != 0xff) continue;
      const std::optional<Mp3Header> header = ParseMp3Header(rest);
      if (!header.has_value() || header->size_bytes == 0) continue;
      const Chain chain = FollowChain(bytes_, offset_, *header, kStartChain);
      const bool short_file =
          chain.reaches_end &&
          (offset_ == 0 || chain.whole_frames == kStartChain - 1);
      if (chain.headers < kStartChain && !short_file) continue;
      layout_.first = *header;
      CountGap(0, offset_);
      return absl::OkStatus();
    }
    return NoStart();
  }

  absl::Status NoStart() const {
    const std::optional<Kind> kind = ParseKind(bytes_);
    if (kind.has_value() && kind->layer != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("found MPEG audio Layer ", kind->layer == 2 ? "II" : "I",
                       ", expected Layer III (MP3)"));
    }
    if (kind.has_value() && kind->bitrate == 0) {
      return absl::InvalidArgumentError(
          "a free-format MP3 stream, whose frames tell no bit rate; encode it "
          "again");
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "found neither the signature of WAV, AIFF, FLAC or Ogg nor MP3 frames "
        "in the first ",
        std::min<std::uint64_t>(bytes_.size(), kMaxGapBytes), " bytes"));
  }

  // Takes frames from offset_ on up to the first byte that is none.
  absl::Status TakeFrames() {
    while (bytes_.size() - offset_ >= kHeaderBytes) {
      const std::optional<Mp3Header> header =
          ParseMp3Header(bytes_.subspan(offset_));
      if (!header.has_value() || header->size_bytes == 0) break;
      if (!header->IsOneStreamWith(layout_.first)) {
        if (IsOtherStream(offset_)) return Changed(*header);
        break;
      }
      if (header->size_bytes > bytes_.size() - offset_) {
        layout_.cut_frame_bytes = bytes_.size() - offset_;
        break;
      }
      Take(*header);
    }
    is_first_ = false;
    return absl::OkStatus();
  }

  void Take(const Mp3Header& header) {
    const std::uint64_t offset = offset_;
    offset_ += header.size_bytes;
    const bool is_first = std::exchange(is_first_, false);
    if (is_first && ReadInformation(bytes_.subspan(offset, header.size_bytes),
                                    header, &layout_)) {
      return;
    }
    if (layout_.runs.empty() ||
        layout_.runs.back().offset + layout_.runs.back().size_bytes != offset) {
      layout_.runs.push_back({offset, 0});
    }
    layout_.runs.back().size_bytes += header.size_bytes;
    if (layout_.frames == 0) {
      layout_.first = header;
      layout_.min_bitrate_kbps = header.bitrate_kbps;
      layout_.max_bitrate_kbps = header.bitrate_kbps;
    }
    layout_.min_bitrate_kbps =
        std::min(layout_.min_bitrate_kbps, header.bitrate_kbps);
    layout_.max_bitrate_kbps =
        std::max(layout_.max_bitrate_kbps, header.bitrate_kbps);
    ++layout_.frames;
  }

  // From the first byte that is no frame to the next one that is; false at the
  // end of the file.
  absl::StatusOr<bool> CrossGap() {
    while (const std::uint64_t tag = TagBytes(bytes_.subspan(offset_))) {
      offset_ += tag;
    }
    const std::uint64_t begin = offset_;
    for (; offset_ < bytes_.size(); ++offset_) {
      if (offset_ - begin > kMaxGapBytes) {
        return absl::DataLossError(absl::StrCat(
            "more than ", kMaxGapBytes, " bytes from byte ", begin,
            " on are no MP3 frames; is this two files in one, or damaged?"));
      }
      if (TagBytes(bytes_.subspan(offset_)) > 0) break;
      if (bytes_[offset_] != 0xff) continue;
      if (Resumes(offset_)) break;
      if (IsOtherStream(offset_)) {
        return Changed(*ParseMp3Header(bytes_.subspan(offset_)));
      }
    }
    CountGap(begin, offset_);
    return offset_ < bytes_.size();
  }

  bool Resumes(std::uint64_t offset) const {
    const Chain chain =
        FollowChain(bytes_, offset, layout_.first, kResumeChain);
    return chain.headers == kResumeChain ||
           (chain.reaches_end && chain.whole_frames == 1);
  }

  // Whether frames of a stream other than the first begin here.
  bool IsOtherStream(std::uint64_t offset) const {
    const std::optional<Mp3Header> header =
        ParseMp3Header(bytes_.subspan(offset));
    return header.has_value() && header->size_bytes > 0 &&
           !header->IsOneStreamWith(layout_.first) &&
           FollowChain(bytes_, offset, *header, kStartChain).headers ==
               kStartChain;
  }

  absl::Status Changed(const Mp3Header& now) const {
    return absl::InvalidArgumentError(
        absl::StrCat("the MP3 stream changes from ", Describe(layout_.first),
                     " to ", Describe(now), " at byte ", offset_,
                     "; split the file there or encode it again"));
  }

  void CountGap(std::uint64_t begin, std::uint64_t end) {
    if (begin == end) return;
    if (layout_.skipped_bytes == 0) layout_.first_gap_offset = begin;
    layout_.skipped_bytes += end - begin;
  }

  const Bytes bytes_;
  std::uint64_t offset_ = 0;
  bool is_first_ = true;
  Mp3Layout layout_;
};

}  // namespace

std::optional<Mp3Header> ParseMp3Header(Bytes bytes) {
  const std::optional<Kind> kind = ParseKind(bytes);
  if (!kind.has_value() || kind->layer != 1) return std::nullopt;
  const bool is_mpeg1 = kind->version == 3;
  Mp3Header header;
  header.version_times_ten = is_mpeg1 ? 10 : kind->version == 2 ? 20 : 25;
  header.bitrate_kbps =
      (is_mpeg1 ? kBitratesMpeg1 : kBitratesMpeg2)[kind->bitrate];
  header.rate_hz = kRatesHz[kind->rate] / (is_mpeg1             ? 1
                                           : kind->version == 2 ? 2
                                                                : 4);
  header.channels = (bytes[3] >> 6) == 3 ? 1 : 2;
  if (header.bitrate_kbps > 0) {
    const int padding = bytes[2] >> 1 & 1;
    header.size_bytes =
        (is_mpeg1 ? 144000 : 72000) * header.bitrate_kbps / header.rate_hz +
        padding;
  }
  return header;
}

absl::StatusOr<Mp3Layout> FindMp3Frames(Bytes bytes) {
  return Finder(bytes).Find();
}

std::uint64_t Mp3Layout::begin_sample() const {
  if (!delay_samples.has_value()) return 0;
  return std::min<std::uint64_t>(*delay_samples + kDecoderDelaySamples,
                                 decoded_samples());
}

std::uint64_t Mp3Layout::end_sample() const {
  const std::uint64_t all = decoded_samples();
  if (!padding_samples.has_value()) return all;
  const std::uint64_t announced = announced_frames.value_or(frames);
  if (announced < frames) return all;
  const std::uint64_t end =
      announced * first.frame_samples() + kDecoderDelaySamples -
      std::min<std::uint64_t>(*padding_samples,
                              announced * first.frame_samples());
  return std::clamp(end, begin_sample(), all);
}

}  // namespace culturemert
