// MP3 by libmpg123. libsndfile 1.2.0 loses half of a variable-rate file without
// a Xing tag, so it is never used for MP3.

#ifndef CULTUREMERT_DATASETS_AUDIO_MP3_DECODER_H_
#define CULTUREMERT_DATASETS_AUDIO_MP3_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_decoder.h"

namespace culturemert {

// See OpenAudioDecoder; `audio` is a file without tags at its ends. The samples
// are those of all frames that mp3_frames.h finds, less the encoder's delay and
// padding where the information frame tells them. A stream with fewer frames
// than its information frame announces is truncated, but for one: a last frame
// that is cut off is left out and noted, as clips cut at any byte have one.
absl::StatusOr<std::unique_ptr<AudioDecoder>> OpenMp3(
    absl::Span<const std::uint8_t> audio);

// "libmpg123 API 47, AVX": this version of the library tells no other number;
// the word is the code it chose for this processor, on which the last bits of
// samples depend.
std::string Mpg123Version();

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_MP3_DECODER_H_
