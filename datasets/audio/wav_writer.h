// WAV files of one channel.

#ifndef CULTUREMERT_DATASETS_AUDIO_WAV_WRITER_H_
#define CULTUREMERT_DATASETS_AUDIO_WAV_WRITER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/files/files.h"

namespace culturemert {

// kPcm16: 16-bit integers by ToPcm16 behind a header of 44 bytes. kFloat32: the
// samples as they are, behind one of 58 (with the fact chunk that the format
// asks for).
enum class WavEncoding { kPcm16, kFloat32 };

// Writes the file atomically. kInvalidArgument if the rate is not positive, or
// the samples do not fit into a WAV file (4 GiB); else the errors of
// Files::CreateAtomically.
absl::Status WriteWav(Files& files, absl::string_view path,
                      absl::Span<const float> samples, int rate_hz,
                      WavEncoding encoding = WavEncoding::kPcm16);

// The same for samples that are 16-bit integers already, written unchanged.
absl::Status WritePcm16Wav(Files& files, absl::string_view path,
                           absl::Span<const std::int16_t> samples, int rate_hz);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_WAV_WRITER_H_
