#include "datasets/audio/open_decoder.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_format.h"
#include "datasets/audio/mp3_decoder.h"
#include "datasets/audio/sndfile_decoder.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<std::unique_ptr<AudioDecoder>> OpenAudioDecoder(
    absl::Span<const std::uint8_t> bytes) {
  const absl::Span<const std::uint8_t> audio = WithoutTags(bytes);
  if (audio.empty() && !bytes.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found nothing but tags in ", bytes.size(),
        " bytes; the audio is missing, or a tag announces too large a size"));
  }
  ASSIGN_OR_RETURN(const AudioFormat format, DetectFormat(audio));
  ASSIGN_OR_RETURN(std::unique_ptr<AudioDecoder> decoder,
                   format == AudioFormat::kMp3 ? OpenMp3(audio)
                                               : OpenSndfile(audio, format));
  const int rate_hz = decoder->info().rate_hz;
  if (rate_hz < kMinRateHz || rate_hz > kMaxRateHz) {
    return absl::InvalidArgumentError(
        absl::StrCat("the sample rate is ", rate_hz, " Hz, expected ",
                     kMinRateHz, " to ", kMaxRateHz, " Hz"));
  }
  return decoder;
}

}  // namespace culturemert
