// Audio files as the suite uses them: one channel, one rate, every sample
// accounted for.
//
//   ASSIGN_OR_RETURN(const MonoAudio audio, LoadMono(files, "a.mp3"));
//
// WAV, AIFF, FLAC, Ogg Vorbis and MP3, told by content; README.md lists the
// encodings and says what happens with every kind of damage. One channel is the
// mean of all; the rate is changed by resampler.h. A file of n frames becomes
// exactly ResampledLength(n, its rate, the wanted rate) samples; one of no
// frames becomes none.
//
// Errors begin with the path and say what was found and what was expected:
//   those of Files::Map   no such file, a directory, no permission
//   kInvalidArgument      not audio, not a supported encoding, samples that are
//                         no audio (NaN, infinities)
//   kDataLoss             damaged, or truncated unless that is accepted
//   kOutOfRange           the excerpt starts behind the end

#ifndef CULTUREMERT_DATASETS_AUDIO_AUDIO_FILE_H_
#define CULTUREMERT_DATASETS_AUDIO_AUDIO_FILE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/audio/audio_decoder.h"
#include "datasets/audio/audio_info.h"
#include "datasets/audio/resampler.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct LoadOptions {
  int rate_hz = 24000;  // kMinRateHz to kMaxRateHz
  // An excerpt: frames round(start_seconds * rate) up to
  // round(max_seconds * rate) further ones, fewer where the file ends before.
  // It is cut before it is resampled. What lies before it is decoded too, so
  // that it holds the same samples as the whole file.
  double start_seconds = 0;
  double max_seconds = std::numeric_limits<double>::infinity();
  // Take what is there of a file that holds less than it announces. The
  // AudioInfo tells all the same.
  bool accept_truncated = false;
};

// What the file announces. Reads headers, and all frame headers of MP3 and all
// pages of Ogg, but decodes nothing: damage within FLAC and Vorbis data only
// shows when it is loaded. A truncated file is no error here.
absl::StatusOr<AudioInfo> ReadAudioInfo(Files& files, absl::string_view path);

struct MonoAudio {
  std::vector<float> samples;  // Full scale is 1; may go beyond.
  int rate_hz = 0;
  AudioInfo info;  // As after decoding, if the excerpt reaches the end.
};

absl::StatusOr<MonoAudio> LoadMono(Files& files, absl::string_view path,
                                   const LoadOptions& options = {});

// The same bit by bit: memory does not grow with the length of the file.
class MonoReader {
 public:
  // `files` must outlive the reader.
  static absl::StatusOr<std::unique_ptr<MonoReader>> Open(
      Files& files, absl::string_view path, const LoadOptions& options = {});

  // Of the whole file; final once Read gave no samples at its end.
  const AudioInfo& info() const { return decoder_->info(); }

  // Samples that all Reads together give, as far as the file announces.
  std::uint64_t expected_samples() const;

  // Replaces `samples` by the next ones: some 10^3 to 10^5, none at the end.
  // After an error the reader is of no more use.
  absl::Status Read(std::vector<float>* samples);

 private:
  MonoReader(std::string path, const LoadOptions& options,
             std::unique_ptr<MappedFile> file,
             std::unique_ptr<AudioDecoder> decoder,
             std::unique_ptr<Resampler> resampler);

  absl::Status Advance(std::vector<float>* samples);
  absl::Status FinishFile();
  absl::Status CheckWhole() const;

  const std::string path_;
  const LoadOptions options_;
  const std::unique_ptr<MappedFile> file_;
  const std::unique_ptr<AudioDecoder> decoder_;
  const std::unique_ptr<Resampler> resampler_;
  const std::uint64_t begin_frame_;
  const std::uint64_t end_frame_;
  std::uint64_t frame_ = 0;  // Frames decoded so far.
  bool is_finished_ = false;
  std::vector<float> interleaved_;
  std::vector<float> mono_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_AUDIO_AUDIO_FILE_H_
