#include "datasets/audio/sndfile_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "datasets/audio/announced_length.h"
#include "datasets/audio/audio_format.h"
#include "datasets/audio/flac_frames.h"
#include "datasets/audio/ogg_pages.h"
#include "datasets/audio/patched_bytes.h"
#include "sndfile.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

// A file in memory with a position, as libsndfile reads it.
class Stream {
 public:
  explicit Stream(PatchedBytes bytes) : bytes_(std::move(bytes)) {}

  static SF_VIRTUAL_IO Calls() {
    SF_VIRTUAL_IO calls;
    calls.get_filelen = [](void* stream) { return Of(stream).Size(); };
    calls.seek = [](sf_count_t offset, int whence, void* stream) {
      return Of(stream).Seek(offset, whence);
    };
    calls.read = [](void* out, sf_count_t count, void* stream) {
      return Of(stream).Read(static_cast<char*>(out), count);
    };
    calls.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
    calls.tell = [](void* stream) { return Of(stream).position_; };
    return calls;
  }

 private:
  static Stream& Of(void* stream) { return *static_cast<Stream*>(stream); }

  sf_count_t Size() const { return static_cast<sf_count_t>(bytes_.size()); }

  sf_count_t Seek(sf_count_t offset, int whence) {
    const sf_count_t base = whence == SEEK_SET   ? 0
                            : whence == SEEK_CUR ? position_
                                                 : Size();
    sf_count_t target = 0;
    if (__builtin_add_overflow(base, offset, &target) || target < 0) return -1;
    position_ = target;
    return position_;
  }

  sf_count_t Read(char* out, sf_count_t count) {
    if (count <= 0) return 0;
    const std::size_t read = bytes_.Read(position_, count, out);
    position_ += static_cast<sf_count_t>(read);
    return static_cast<sf_count_t>(read);
  }

  const PatchedBytes bytes_;
  sf_count_t position_ = 0;
};

struct CloseFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

struct Encoding {
  int subtype;
  absl::string_view name;
  int sample_bytes;  // 0 where the size of a sample is not fixed.
};

constexpr Encoding kEncodings[] = {
    {SF_FORMAT_PCM_U8, "PCM 8 bit", 1},    {SF_FORMAT_PCM_S8, "PCM 8 bit", 1},
    {SF_FORMAT_PCM_16, "PCM 16 bit", 2},   {SF_FORMAT_PCM_24, "PCM 24 bit", 3},
    {SF_FORMAT_PCM_32, "PCM 32 bit", 4},   {SF_FORMAT_FLOAT, "float 32 bit", 4},
    {SF_FORMAT_DOUBLE, "float 64 bit", 8}, {SF_FORMAT_ULAW, "mu-law 8 bit", 1},
    {SF_FORMAT_ALAW, "A-law 8 bit", 1},    {SF_FORMAT_VORBIS, "Vorbis", 0},
};

const Encoding* FindEncoding(int format) {
  for (const Encoding& encoding : kEncodings) {
    if (encoding.subtype == (format & SF_FORMAT_SUBMASK)) return &encoding;
  }
  return nullptr;
}

// libsndfile's own words for an encoding that is not supported here.
std::string NameOfSubtype(int format) {
  SF_FORMAT_INFO info{};
  info.format = format & SF_FORMAT_SUBMASK;
  if (sf_command(nullptr, SFC_GET_FORMAT_INFO, &info, sizeof(info)) != 0 ||
      info.name == nullptr) {
    return absl::StrCat("encoding ", absl::Hex(info.format));
  }
  return info.name;
}

// What is known of a file before libsndfile sees it.
struct Look {
  Bytes audio;  // The part that libsndfile is to see.
  std::vector<Patch> patches;
  std::optional<std::uint64_t> announced_frames;
  std::optional<std::uint64_t> announced_bytes;
  std::uint64_t available_bytes = 0;
  // Found by a walk through the file (FLAC, Vorbis).
  std::optional<std::uint64_t> walked_frames;
  std::uint64_t skipped_bytes = 0;
  std::string cut;  // Why the file is known to be cut off; empty if it is not.
  std::vector<std::string> notes;
};

void SkipTrailingBytes(std::uint64_t size_bytes, Look* look) {
  if (size_bytes == 0) return;
  look->skipped_bytes = size_bytes;
  look->notes.push_back(
      absl::StrCat(size_bytes, " bytes behind the audio were skipped"));
}

// What is in an Ogg stream shows at the start of its first packet.
absl::Status CheckIsVorbis(Bytes audio, const OggPages& pages) {
  constexpr std::pair<absl::string_view, absl::string_view> kOthers[] = {
      {"OpusHead", "Opus"},
      {"\x7f"
       "FLAC",
       "FLAC"},
      {"Speex   ", "Speex"},
      {"\x80theora", "Theora"},
      {"fishead", "Skeleton"}};
  constexpr std::uint64_t kPageHeaderBytes = 27;
  constexpr std::uint64_t kVorbisHeaders = 3;
  if (pages.pages > 0) {
    const std::uint64_t packet = kPageHeaderBytes + audio[kPageHeaderBytes - 1];
    for (const auto& [signature, name] : kOthers) {
      if (!HasSignature(audio, packet, signature)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("Ogg with ", name,
                       " is not supported, expected Ogg Vorbis; convert "
                       "the file"));
    }
    if (HasSignature(audio, packet, "\x01vorbis") &&
        pages.packets >= kVorbisHeaders) {
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("not a valid Ogg Vorbis file: expected a stream that starts "
                   "with three Vorbis headers, found ",
                   pages.packets, " packets in ", pages.pages, " whole pages"));
}

absl::Status LookAtOgg(Bytes audio, Look* look) {
  ASSIGN_OR_RETURN(const OggPages pages, WalkOggPages(audio));
  RETURN_IF_ERROR(CheckIsVorbis(audio, pages));
  look->audio = audio.subspan(0, pages.whole_bytes);
  look->walked_frames = pages.frames;
  if (pages.cut_page_bytes > 0) {
    look->cut = absl::StrCat("the last Ogg page is cut off after ",
                             pages.cut_page_bytes, " bytes");
  } else if (!pages.is_ended) {
    look->cut = "the last Ogg page does not end the stream";
  }
  SkipTrailingBytes(pages.trailing_bytes, look);
  return absl::OkStatus();
}

void TakeLength(const std::optional<AnnouncedLength>& length, Look* look) {
  if (!length.has_value()) return;
  look->patches = length->patches;
  look->announced_frames = length->frames;
  look->announced_bytes = length->data_bytes;
  look->available_bytes = length->available_bytes;
  if (!length->frames.has_value() && !length->data_bytes.has_value()) {
    look->notes.push_back(
        "the header knows no length: the audio lasts to the end of the file");
  }
}

absl::Status LookAtFlac(Bytes audio, Look* look) {
  const std::optional<AnnouncedLength> length = FlacLength(audio);
  if (!length.has_value()) return absl::OkStatus();  // libsndfile says why.
  TakeLength(length, look);
  ASSIGN_OR_RETURN(const FlacFrames walked, WalkFlacFrames(audio));
  look->audio = audio.subspan(0, walked.whole_bytes);
  look->walked_frames = walked.frames;
  if (walked.cut_frame_bytes > 0) {
    look->cut = absl::StrCat("the last FLAC frame is cut off after ",
                             walked.cut_frame_bytes, " bytes, or damaged");
  } else if (walked.frames < length->frames.value_or(0)) {
    look->cut = "the file ends there";
  }
  SkipTrailingBytes(walked.trailing_bytes, look);
  return absl::OkStatus();
}

absl::Status LookAtAiff(Bytes audio, Look* look) {
  TakeLength(AiffLength(audio), look);
  if (look->announced_frames == std::optional<std::uint64_t>(0) &&
      look->available_bytes > 0) {
    return absl::DataLossError(absl::StrCat(
        "the header announces no frames, but ", look->available_bytes,
        " bytes follow; was the recording program interrupted?"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Look> LookAt(Bytes audio, AudioFormat format) {
  Look look;
  look.audio = audio;
  switch (format) {
    case AudioFormat::kWav:
      TakeLength(WavLength(audio), &look);
      return look;
    case AudioFormat::kAiff:
      RETURN_IF_ERROR(LookAtAiff(audio, &look));
      return look;
    case AudioFormat::kFlac:
      RETURN_IF_ERROR(LookAtFlac(audio, &look));
      return look;
    case AudioFormat::kOggVorbis:
      RETURN_IF_ERROR(LookAtOgg(audio, &look));
      return look;
    case AudioFormat::kMp3:
      break;
  }
  return absl::InternalError("MP3 is not for libsndfile");
}

class SndfileDecoder : public AudioDecoder {
 public:
  static absl::StatusOr<std::unique_ptr<AudioDecoder>> Open(
      Look look, AudioFormat format) {
    auto decoder = std::unique_ptr<SndfileDecoder>(
        new SndfileDecoder(PatchedBytes(look.audio, look.patches)));
    RETURN_IF_ERROR(decoder->Start(format));
    RETURN_IF_ERROR(decoder->Compare(look));
    return std::unique_ptr<AudioDecoder>(std::move(decoder));
  }

  absl::StatusOr<std::size_t> Read(absl::Span<float> interleaved) override {
    if (is_finished_) return 0;
    const sf_count_t wanted = interleaved.size() / info_.channels;
    const sf_count_t read =
        sf_readf_float(file_.get(), interleaved.data(), wanted);
    if (read < 0 || read > wanted) {
      return absl::DataLossError(absl::StrCat("libsndfile fails at frame ",
                                              decoded_, ": ",
                                              sf_strerror(file_.get())));
    }
    decoded_ += read;
    if (read == 0) Finish();
    return static_cast<std::size_t>(read);
  }

 private:
  explicit SndfileDecoder(PatchedBytes bytes) : stream_(std::move(bytes)) {}

  absl::Status Start(AudioFormat format) {
    SF_INFO header{};
    SF_VIRTUAL_IO calls = Stream::Calls();
    file_.reset(sf_open_virtual(&calls, SFM_READ, &header, &stream_));
    if (file_ == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "not a valid ", NameOf(format), " file: libsndfile says \"",
          absl::StripSuffix(sf_strerror(nullptr), "."), "\""));
    }
    const Encoding* encoding = FindEncoding(header.format);
    if (encoding == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(NameOf(format), " with ", NameOfSubtype(header.format),
                       " is not supported, expected PCM, float, mu-law, A-law, "
                       "FLAC or Vorbis; convert the file"));
    }
    info_.format = format;
    info_.encoding = std::string(encoding->name);
    info_.rate_hz = header.samplerate;
    info_.channels = header.channels;
    info_.decoder = SndfileVersion();
    frame_bytes_ =
        static_cast<std::uint64_t>(encoding->sample_bytes) * header.channels;
    // Without a length, libsndfile gives the largest number.
    if (header.frames >= 0 && header.frames != SF_COUNT_MAX) {
      info_.frames = header.frames;
    }
    return absl::OkStatus();
  }

  // Compares what the headers announce with what is there.
  absl::Status Compare(const Look& look) {
    info_.skipped_bytes = look.skipped_bytes;
    info_.notes = look.notes;
    if (look.walked_frames.has_value()) info_.frames = *look.walked_frames;
    std::string cut = look.cut;
    if (look.announced_frames.has_value()) {
      expected_ = look.announced_frames;
      if (cut.empty() && info_.frames < *expected_) {
        cut = absl::StrCat("behind the header are ", look.available_bytes,
                           " bytes");
      }
    } else if (look.announced_bytes.has_value() && frame_bytes_ > 0) {
      const bool is_cut = *look.announced_bytes > look.available_bytes;
      expected_ = is_cut ? *look.announced_bytes / frame_bytes_ : info_.frames;
      if (info_.frames < *expected_) {
        cut =
            absl::StrCat("the header announces ", *look.announced_bytes,
                         " bytes of audio, ", look.available_bytes, " follow");
      }
    } else if (cut.empty()) {
      expected_ = info_.frames;
    }
    if (!cut.empty()) {
      info_.truncation = Truncation{expected_, info_.frames, cut};
    }
    return CheckPlausible(look.audio.size());
  }

  // No format here packs more than 65,535 frames into two bytes.
  absl::Status CheckPlausible(std::uint64_t size_bytes) const {
    if (info_.frames / 65536 <= size_bytes) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("the header announces ", info_.frames, " frames in ",
                     size_bytes, " bytes, which cannot be"));
  }

  void Finish() {
    is_finished_ = true;
    info_.frames = decoded_;
    if (info_.truncation.has_value()) {
      info_.truncation->found_frames = decoded_;
    } else if (expected_.has_value() && decoded_ < *expected_) {
      info_.truncation = Truncation{
          expected_, decoded_,
          absl::StrCat("decoding ends there: the file is cut off or "
                       "damaged",
                       sf_error(file_.get()) == SF_ERR_NO_ERROR
                           ? ""
                           : absl::StrCat(", libsndfile says \"",
                                          sf_strerror(file_.get()), "\""))};
    } else if (expected_.has_value() && decoded_ > *expected_) {
      info_.notes.push_back(absl::StrCat("the header announces ", *expected_,
                                         " frames, the file holds ", decoded_,
                                         "; all were decoded"));
    }
  }

  Stream stream_;
  std::unique_ptr<SNDFILE, CloseFile> file_;
  std::uint64_t frame_bytes_ = 0;  // 0 where it is not fixed.
  std::optional<std::uint64_t> expected_;
  std::uint64_t decoded_ = 0;
  bool is_finished_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AudioDecoder>> OpenSndfile(Bytes audio,
                                                          AudioFormat format) {
  ASSIGN_OR_RETURN(Look look, LookAt(audio, format));
  return SndfileDecoder::Open(std::move(look), format);
}

std::string SndfileVersion() {
  absl::string_view version = sf_version_string();
  absl::ConsumePrefix(&version, "libsndfile-");
  return absl::StrCat("libsndfile ", version);
}

}  // namespace culturemert
