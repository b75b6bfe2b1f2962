// Audio files made in memory, and signals that are known everywhere.

#ifndef CULTUREMERT_TESTS_DATASETS_AUDIO_TEST_AUDIO_H_
#define CULTUREMERT_TESTS_DATASETS_AUDIO_TEST_AUDIO_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

// sin(2 pi hz t) * amplitude at `rate_hz`.
std::vector<float> Sine(double hz, int rate_hz, std::size_t samples,
                        double amplitude = 0.5);

// Each sample of `mono` once for each channel.
std::vector<float> Interleave(const std::vector<float>& mono, int channels);

// A file written by libsndfile; `format` is an SF_FORMAT_... of container,
// encoding and byte order. Integer encodings round to the nearest.
std::string Encode(int format, int rate_hz, int channels,
                   const std::vector<float>& interleaved);

enum class Mp3Mode { kConstant, kAverage, kVariable };

// An MP3 file written by LAME through libsndfile; its first frame is the
// information frame.
std::string EncodeMp3(int rate_hz, int channels,
                      const std::vector<float>& interleaved,
                      Mp3Mode mode = Mp3Mode::kConstant);

// The file without its first frame: no length, no delay, no padding.
std::string WithoutFirstMp3Frame(absl::string_view mp3);

// Offsets of the frames of a file that holds nothing else.
std::vector<std::size_t> Mp3FrameOffsets(absl::string_view mp3);

// An ID3v2.4 tag of `size_bytes` in all with a picture that looks like MP3.
std::string Id3Tag(std::size_t size_bytes);

// What libmpg123 itself decodes from a whole file, gapless as it does by
// itself.
std::vector<float> DecodeWithMpg123(absl::string_view mp3);

// 10 log10(sum a^2 / sum (a - b)^2); the sizes must be equal.
double SignalToNoiseDb(absl::Span<const float> signal,
                       absl::Span<const float> other);

absl::Span<const std::uint8_t> AsSpan(absl::string_view bytes);

// `text` with the bytes from `offset` on replaced.
std::string Overwrite(std::string text, std::size_t offset,
                      absl::string_view bytes);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_DATASETS_AUDIO_TEST_AUDIO_H_
