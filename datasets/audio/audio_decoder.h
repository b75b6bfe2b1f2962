// Decoding of one file in memory, piece by piece, at its own rate and channels.

#ifndef CULTUREMERT_DATASETS_AUDIO_AUDIO_DECODER_H_
#define CULTUREMERT_DATASETS_AUDIO_AUDIO_DECODER_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/audio/audio_info.h"

namespace culturemert {

class AudioDecoder {
 public:
  virtual ~AudioDecoder() = default;
  AudioDecoder(const AudioDecoder&) = delete;
  AudioDecoder& operator=(const AudioDecoder&) = delete;

  // What the file announces; once Read has returned 0, what it holds:
  // `frames`, `truncation` and `notes` are then final.
  const AudioInfo& info() const { return info_; }

  // Decodes the next frames into `interleaved` (info().channels samples each,
  // full scale is 1) and returns how many: as many as fit, fewer before the
  // end, 0 there. The size must be a multiple of the number of channels and not
  // 0. kDataLoss when the decoder fails; what was read before is valid.
  virtual absl::StatusOr<std::size_t> Read(absl::Span<float> interleaved) = 0;

 protected:
  AudioDecoder() = default;

  AudioInfo info_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_AUDIO_DECODER_H_
