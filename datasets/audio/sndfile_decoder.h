// WAV, AIFF, FLAC and Ogg Vorbis by libsndfile.

#ifndef CULTUREMERT_DATASETS_AUDIO_SNDFILE_DECODER_H_
#define CULTUREMERT_DATASETS_AUDIO_SNDFILE_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_decoder.h"

namespace culturemert {

// See OpenAudioDecoder; `audio` is a file without tags at its ends, whose
// signature is that of `format` (not kMp3). Read compares what it decoded with
// what the headers announce.
absl::StatusOr<std::unique_ptr<AudioDecoder>> OpenSndfile(
    absl::Span<const std::uint8_t> audio, AudioFormat format);

// "libsndfile 1.2.0".
std::string SndfileVersion();

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_SNDFILE_DECODER_H_
