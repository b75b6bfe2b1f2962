#include "datasets/audio/audio_file.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "datasets/audio/downmix.h"
#include "datasets/audio/open_decoder.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Samples of all channels that are decoded at a time.
constexpr std::size_t kDecodeSamples = 1 << 15;
constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

absl::Status CheckOptions(const LoadOptions& options) {
  if (options.rate_hz < kMinRateHz || options.rate_hz > kMaxRateHz) {
    return absl::InvalidArgumentError(
        absl::StrCat("the wanted rate is ", options.rate_hz, " Hz, expected ",
                     kMinRateHz, " to ", kMaxRateHz, " Hz"));
  }
  constexpr double kMaxStartSeconds = 1e9;
  if (!(options.start_seconds >= 0 &&
        options.start_seconds <= kMaxStartSeconds)) {
    return absl::InvalidArgumentError(absl::StrCat("the excerpt starts at ",
                                                   options.start_seconds,
                                                   " s, expected 0 or more"));
  }
  if (!(options.max_seconds >= 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the excerpt lasts ", options.max_seconds, " s, expected 0 or more"));
  }
  return absl::OkStatus();
}

std::uint64_t BeginFrame(const LoadOptions& options, int rate_hz) {
  return static_cast<std::uint64_t>(
      std::floor(options.start_seconds * rate_hz + 0.5));
}

std::uint64_t EndFrame(const LoadOptions& options, int rate_hz) {
  const double frames = std::floor(options.max_seconds * rate_hz + 0.5);
  constexpr double kMaxFrames = 1e15;
  if (!(frames < kMaxFrames)) return kNoEnd;
  return BeginFrame(options, rate_hz) + static_cast<std::uint64_t>(frames);
}

}  // namespace

absl::StatusOr<AudioInfo> ReadAudioInfo(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  ASSIGN_OR_RETURN(const std::unique_ptr<AudioDecoder> decoder,
                   Annotate(OpenAudioDecoder(file->bytes()), path));
  return decoder->info();
}

absl::StatusOr<MonoAudio> LoadMono(Files& files, absl::string_view path,
                                   const LoadOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MonoReader> reader,
                   MonoReader::Open(files, path, options));
  MonoAudio audio;
  audio.rate_hz = options.rate_hz;
  // A header may lie, so it may only ask for so much ahead.
  constexpr std::uint64_t kMaxReserve = 1 << 26;
  audio.samples.reserve(std::min(reader->expected_samples(), kMaxReserve));
  std::vector<float> samples;
  do {
    RETURN_IF_ERROR(reader->Read(&samples));
    audio.samples.insert(audio.samples.end(), samples.begin(), samples.end());
  } while (!samples.empty());
  audio.info = reader->info();
  return audio;
}

absl::StatusOr<std::unique_ptr<MonoReader>> MonoReader::Open(
    Files& files, absl::string_view path, const LoadOptions& options) {
  RETURN_IF_ERROR(Annotate(CheckOptions(options), path));
  ASSIGN_OR_RETURN(std::unique_ptr<MappedFile> file,
                   files.Map(path, MapAccess::kSequential));
  ASSIGN_OR_RETURN(std::unique_ptr<AudioDecoder> decoder,
                   Annotate(OpenAudioDecoder(file->bytes()), path));
  ASSIGN_OR_RETURN(
      std::unique_ptr<Resampler> resampler,
      Annotate(Resampler::Create(decoder->info().rate_hz, options.rate_hz),
               path));
  auto reader = std::unique_ptr<MonoReader>(
      new MonoReader(std::string(path), options, std::move(file),
                     std::move(decoder), std::move(resampler)));
  RETURN_IF_ERROR(Annotate(reader->CheckWhole(), path));
  return reader;
}

MonoReader::MonoReader(std::string path, const LoadOptions& options,
                       std::unique_ptr<MappedFile> file,
                       std::unique_ptr<AudioDecoder> decoder,
                       std::unique_ptr<Resampler> resampler)
    : path_(std::move(path)),
      options_(options),
      file_(std::move(file)),
      decoder_(std::move(decoder)),
      resampler_(std::move(resampler)),
      begin_frame_(BeginFrame(options, decoder_->info().rate_hz)),
      end_frame_(EndFrame(options, decoder_->info().rate_hz)) {
  const std::size_t channels = info().channels;
  const std::size_t frames =
      std::max<std::size_t>(1, kDecodeSamples / channels);
  interleaved_.resize(frames * channels);
  mono_.resize(frames);
}

std::uint64_t MonoReader::expected_samples() const {
  const std::uint64_t end = std::min(end_frame_, info().frames);
  return ResampledLength(end - std::min(end, begin_frame_), info().rate_hz,
                         options_.rate_hz);
}

absl::Status MonoReader::Read(std::vector<float>* samples) {
  samples->clear();
  while (!is_finished_ && samples->empty()) {
    RETURN_IF_ERROR(Annotate(Advance(samples), path_));
  }
  return absl::OkStatus();
}

// Decodes one buffer, and appends what it gives.
absl::Status MonoReader::Advance(std::vector<float>* samples) {
  const std::size_t channels = info().channels;
  std::size_t frames = 0;
  if (frame_ < end_frame_) {
    ASSIGN_OR_RETURN(frames, decoder_->Read(absl::MakeSpan(interleaved_)));
    if (frames == 0) RETURN_IF_ERROR(FinishFile());
  }
  if (frames == 0) {
    is_finished_ = true;
    return resampler_->Finish(samples);
  }
  const std::uint64_t begin = std::max(frame_, begin_frame_);
  const std::uint64_t end = std::min(frame_ + frames, end_frame_);
  if (begin < end) {
    const absl::Span<float> mono =
        absl::MakeSpan(mono_).subspan(0, end - begin);
    RETURN_IF_ERROR(Downmix(
        absl::MakeConstSpan(interleaved_)
            .subspan((begin - frame_) * channels, (end - begin) * channels),
        info().channels, begin, mono));
    RETURN_IF_ERROR(resampler_->Process(mono, samples));
  }
  frame_ += frames;
  return absl::OkStatus();
}

// The file has ended: before the excerpt, or before it should have?
absl::Status MonoReader::FinishFile() {
  RETURN_IF_ERROR(CheckWhole());
  if (begin_frame_ == 0 || frame_ > begin_frame_) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat("the excerpt starts at ", options_.start_seconds,
                   " s, but the audio ends at ", info().seconds(), " s"));
}

absl::Status MonoReader::CheckWhole() const {
  if (!info().truncation.has_value() || options_.accept_truncated) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat(FormatTruncation(*info().truncation),
                   "; replace the file, or accept truncated ones"));
}

}  // namespace culturemert
