#include "datasets/audio/mp3_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/audio/mp3_frames.h"
#include "mpg123.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::size_t kFeedBytes = 1 << 14;

struct DeleteHandle {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};
using Handle = std::unique_ptr<mpg123_handle, DeleteHandle>;

// A handle to be fed with frames only: all that mpg123 does beside decoding is
// done by mp3_frames.h.
absl::StatusOr<Handle> NewHandle() {
  int error = MPG123_OK;
  Handle handle(mpg123_new(nullptr, &error));
  if (handle == nullptr) {
    return absl::InternalError(absl::StrCat("libmpg123 does not start: ",
                                            mpg123_plain_strerror(error)));
  }
  constexpr long kWanted = MPG123_FORCE_FLOAT | MPG123_QUIET |
                           MPG123_NO_READAHEAD | MPG123_IGNORE_INFOFRAME |
                           MPG123_SKIP_ID3V2 | MPG123_NO_FRANKENSTEIN;
  constexpr long kUnwanted =
      MPG123_GAPLESS | MPG123_AUTO_RESAMPLE | MPG123_PICTURE | MPG123_FUZZY;
  if (mpg123_param(handle.get(), MPG123_ADD_FLAGS, kWanted, 0) != MPG123_OK ||
      mpg123_param(handle.get(), MPG123_REMOVE_FLAGS, kUnwanted, 0) !=
          MPG123_OK ||
      mpg123_open_feed(handle.get()) != MPG123_OK) {
    return absl::InternalError(absl::StrCat("libmpg123 does not start: ",
                                            mpg123_strerror(handle.get())));
  }
  return handle;
}

class Mp3Decoder : public AudioDecoder {
 public:
  Mp3Decoder(absl::Span<const std::uint8_t> audio, Mp3Layout layout,
             Handle handle)
      : audio_(audio), layout_(std::move(layout)), handle_(std::move(handle)) {
    Describe();
  }

  absl::StatusOr<std::size_t> Read(absl::Span<float> interleaved) override {
    const std::size_t channels = info_.channels;
    std::size_t filled = 0;
    while (filled < interleaved.size() && position_ < layout_.end_sample()) {
      if (decoded_.empty()) RETURN_IF_ERROR(DecodeMore());
      if (position_ < layout_.begin_sample()) {
        Drop(std::min<std::uint64_t>(layout_.begin_sample() - position_,
                                     decoded_.size() / channels));
        continue;
      }
      const std::size_t count = std::min<std::uint64_t>(
          {decoded_.size(), interleaved.size() - filled,
           (layout_.end_sample() - position_) * channels});
      std::memcpy(interleaved.data() + filled, decoded_.data(),
                  count * sizeof(float));
      filled += count;
      Drop(count / channels);
    }
    return filled / channels;
  }

 private:
  void Describe() {
    const Mp3Header& first = layout_.first;
    info_.format = AudioFormat::kMp3;
    info_.rate_hz = first.rate_hz;
    info_.channels = first.channels;
    info_.frames = layout_.end_sample() - layout_.begin_sample();
    info_.decoder = Mpg123Version();
    info_.skipped_bytes = layout_.skipped_bytes;
    info_.encoding =
        absl::StrCat("MPEG-",
                     first.version_times_ten == 10   ? "1"
                     : first.version_times_ten == 20 ? "2"
                                                     : "2.5",
                     " Layer III, ", layout_.min_bitrate_kbps,
                     layout_.min_bitrate_kbps == layout_.max_bitrate_kbps
                         ? ""
                         : absl::StrCat(" to ", layout_.max_bitrate_kbps),
                     " kbit/s");
    if (layout_.skipped_bytes > 0) {
      info_.notes.push_back(
          absl::StrCat(layout_.skipped_bytes,
                       " bytes that are no MP3 frames were skipped, "
                       "the first at byte ",
                       layout_.first_gap_offset, " of the audio"));
    }
    if (layout_.cut_frame_bytes > 0) {
      info_.notes.push_back(
          absl::StrCat("the last MP3 frame is cut off and was left out (",
                       layout_.cut_frame_bytes, " bytes)"));
    }
    const std::uint64_t announced =
        layout_.announced_frames.value_or(layout_.frames);
    if (announced > layout_.frames + 1) {
      info_.truncation =
          Truncation{announced * first.frame_samples() - layout_.begin_sample(),
                     info_.frames,
                     absl::StrCat("the file announces ", announced,
                                  " MP3 frames and "
                                  "holds ",
                                  layout_.frames)};
    } else if (announced < layout_.frames) {
      info_.notes.push_back(absl::StrCat("the file announces ", announced,
                                         " MP3 frames and holds ",
                                         layout_.frames, "; all were decoded"));
    }
  }

  void Drop(std::uint64_t frames) {
    decoded_.remove_prefix(frames * info_.channels);
    position_ += frames;
  }

  // Sets decoded_ to the samples of the next MP3 frame.
  absl::Status DecodeMore() {
    while (true) {
      off_t number = 0;
      unsigned char* bytes = nullptr;
      std::size_t size_bytes = 0;
      const int result =
          mpg123_decode_frame(handle_.get(), &number, &bytes, &size_bytes);
      if (result == MPG123_NEW_FORMAT) {
        RETURN_IF_ERROR(CheckFormat());
      } else if (result == MPG123_NEED_MORE && size_bytes == 0) {
        RETURN_IF_ERROR(Feed());
      } else if (result != MPG123_OK && result != MPG123_NEED_MORE) {
        return Failed(mpg123_strerror(handle_.get()));
      }
      if (size_bytes == 0) continue;
      decoded_ = absl::MakeConstSpan(reinterpret_cast<const float*>(bytes),
                                     size_bytes / sizeof(float));
      return absl::OkStatus();
    }
  }

  absl::Status Feed() {
    while (run_ < layout_.runs.size() &&
           fed_bytes_ == layout_.runs[run_].size_bytes) {
      ++run_;
      fed_bytes_ = 0;
    }
    if (run_ == layout_.runs.size()) {
      return Failed("it gave fewer samples than the frames hold");
    }
    const Mp3Run& run = layout_.runs[run_];
    const std::size_t size =
        std::min<std::uint64_t>(kFeedBytes, run.size_bytes - fed_bytes_);
    if (mpg123_feed(handle_.get(), &audio_[run.offset + fed_bytes_], size) !=
        MPG123_OK) {
      return Failed(mpg123_strerror(handle_.get()));
    }
    fed_bytes_ += size;
    return absl::OkStatus();
  }

  absl::Status CheckFormat() {
    long rate_hz = 0;
    int channels = 0;
    int encoding = 0;
    if (mpg123_getformat(handle_.get(), &rate_hz, &channels, &encoding) !=
        MPG123_OK) {
      return Failed(mpg123_strerror(handle_.get()));
    }
    if (rate_hz != info_.rate_hz || channels != info_.channels ||
        encoding != MPG123_ENC_FLOAT_32) {
      return Failed(absl::StrCat("it gave ", rate_hz, " Hz, ", channels,
                                 " channels, encoding ", encoding,
                                 ", expected float samples of ", info_.rate_hz,
                                 " Hz, ", info_.channels, " channels"));
    }
    return absl::OkStatus();
  }

  absl::Status Failed(absl::string_view reason) const {
    return absl::DataLossError(
        absl::StrCat("libmpg123 fails at sample ", position_, ": ", reason));
  }

  const absl::Span<const std::uint8_t> audio_;
  const Mp3Layout layout_;
  const Handle handle_;
  std::size_t run_ = 0;              // Which of layout_.runs is fed,
  std::uint64_t fed_bytes_ = 0;      // and how much of it has been.
  absl::Span<const float> decoded_;  // Owned by handle_.
  std::uint64_t position_ = 0;       // Of decoded_ in all that is decoded.
};

}  // namespace

absl::StatusOr<std::unique_ptr<AudioDecoder>> OpenMp3(
    absl::Span<const std::uint8_t> audio) {
  ASSIGN_OR_RETURN(Mp3Layout layout, FindMp3Frames(audio));
  ASSIGN_OR_RETURN(Handle handle, NewHandle());
  return std::unique_ptr<AudioDecoder>(std::make_unique<Mp3Decoder>(
      audio, std::move(layout), std::move(handle)));
}

std::string Mpg123Version() {
  const absl::StatusOr<Handle> handle = NewHandle();
  const char* code =
      handle.ok() ? mpg123_current_decoder(handle->get()) : nullptr;
  return absl::StrCat("libmpg123 API ", MPG123_API_VERSION, ", ",
                      code == nullptr ? "no decoder" : code);
}

}  // namespace culturemert
