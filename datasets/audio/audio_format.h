// Which format a file is in, told by its bytes; its name plays no part.

#ifndef CULTUREMERT_DATASETS_AUDIO_AUDIO_FORMAT_H_
#define CULTUREMERT_DATASETS_AUDIO_AUDIO_FORMAT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_info.h"

namespace culturemert {

// Bytes of the ID3v2 tags (https://id3.org/id3v2.4.0-structure), one behind the
// other, that `bytes` starts with; a tag that announces more than there is ends
// with `bytes`. 0 where there is none.
std::uint64_t LeadingId3Bytes(absl::Span<const std::uint8_t> bytes);

// `bytes` without the tags that programs put around any format: ID3v2 before
// it, and behind it ID3v1 ("TAG", 128 bytes) and APEv2 (its footer tells its
// size).
absl::Span<const std::uint8_t> WithoutTags(
    absl::Span<const std::uint8_t> bytes);

// `bytes` are a file's without tags. kMp3 stands for everything that no other
// format's signature claims: whether it is MP3 only its frames can tell.
// kInvalidArgument, saying what was found, for no bytes at all and for text,
// pages, archives, pictures, video and audio formats that are not decoded here.
absl::StatusOr<AudioFormat> DetectFormat(absl::Span<const std::uint8_t> bytes);

// Whether the bytes at `offset` begin with `signature`.
bool HasSignature(absl::Span<const std::uint8_t> bytes, std::uint64_t offset,
                  absl::string_view signature);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_AUDIO_FORMAT_H_
