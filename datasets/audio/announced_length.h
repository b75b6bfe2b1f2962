// How much audio the headers of WAV, AIFF and FLAC files announce. libsndfile
// quietly takes what is there instead; see README.md for each rule.

#ifndef CULTUREMERT_DATASETS_AUDIO_ANNOUNCED_LENGTH_H_
#define CULTUREMERT_DATASETS_AUDIO_ANNOUNCED_LENGTH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "datasets/audio/patched_bytes.h"

namespace culturemert {

struct AnnouncedLength {
  // One of the two at most is set; neither where the header knows no length.
  std::optional<std::uint64_t> data_bytes;  // WAV
  std::optional<std::uint64_t> frames;      // AIFF, FLAC
  // Bytes from the start of the audio to the end of the file; 0 for FLAC.
  std::uint64_t available_bytes = 0;
  // What must be changed in the header for libsndfile to decode all there is.
  std::vector<Patch> patches;
};

// WAV (RIFF, RIFX, and RF64 of EBU Tech 3306). A data chunk of 0 bytes with
// bytes behind it in a file whose RIFF size is 0 or unknown, and one of
// 0x7FFFF000, 0x7FFFFFFF, 0x80000000 or at least 0xFFFFFF00 bytes that the file
// does not hold, as programs write that cannot go back to the header, know no
// length: the audio then lasts to the end of the file. Nothing without a data
// chunk.
std::optional<AnnouncedLength> WavLength(absl::Span<const std::uint8_t> bytes);

// AIFF and AIFF-C: the sample frames of the COMM chunk. Nothing without COMM
// and SSND chunks.
std::optional<AnnouncedLength> AiffLength(absl::Span<const std::uint8_t> bytes);

// FLAC (RFC 9639): the total samples of STREAMINFO, where 0 stands for unknown.
// The patch makes the total unknown to the decoder, which would otherwise stop
// there. Nothing if the file does not start with STREAMINFO.
std::optional<AnnouncedLength> FlacLength(absl::Span<const std::uint8_t> bytes);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_ANNOUNCED_LENGTH_H_
