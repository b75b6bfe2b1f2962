// The pages of an Ogg file (RFC 3533), walked without decoding. libogg drops a
// damaged page and libsndfile reads no further than the first of several
// streams, both without a word; so this looks first.

#ifndef CULTUREMERT_DATASETS_AUDIO_OGG_PAGES_H_
#define CULTUREMERT_DATASETS_AUDIO_OGG_PAGES_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace culturemert {

struct OggPages {
  std::uint64_t pages = 0;
  // Packets that end in them. A Vorbis stream starts with three headers.
  std::uint64_t packets = 0;
  // The position that the last page with one states: for Vorbis, the frames.
  std::uint64_t frames = 0;
  // Whether the last page says that the stream ends there.
  bool is_ended = false;
  // Where the last whole page ends.
  std::uint64_t whole_bytes = 0;
  // Bytes from there on that begin like a page: one that was cut off.
  std::uint64_t cut_page_bytes = 0;
  // Bytes from there on that do not.
  std::uint64_t trailing_bytes = 0;
};

// `bytes` begin with "OggS". kDataLoss for a page with a wrong checksum, a
// missing page or bytes between pages; kInvalidArgument for a second stream,
// beside the first (multiplexed) or behind it (chained). Messages give the
// offset.
absl::StatusOr<OggPages> WalkOggPages(absl::Span<const std::uint8_t> bytes);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_OGG_PAGES_H_
