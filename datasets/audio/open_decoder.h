// The decoder for a file, chosen by its content.

#ifndef CULTUREMERT_DATASETS_AUDIO_OPEN_DECODER_H_
#define CULTUREMERT_DATASETS_AUDIO_OPEN_DECODER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_decoder.h"

namespace culturemert {

// A decoder by the content of `bytes`, which must outlive it. Errors say what
// is wrong, not in which file: kInvalidArgument for what is not one of the
// formats, for encodings that are not supported and for rates outside
// kMinRateHz to kMaxRateHz; kDataLoss for damage that shows before decoding. A
// file known to be truncated is opened: see info().truncation.
absl::StatusOr<std::unique_ptr<AudioDecoder>> OpenAudioDecoder(
    absl::Span<const std::uint8_t> bytes);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_OPEN_DECODER_H_
