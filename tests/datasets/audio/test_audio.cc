#include "tests/datasets/audio/test_audio.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>

#include "datasets/audio/mp3_frames.h"
#include "gtest/gtest.h"
#include "mpg123.h"
#include "sndfile.h"

namespace culturemert {
namespace {

// A file in memory that libsndfile writes.
struct Target {
  std::string bytes;
  sf_count_t position = 0;
};

SF_VIRTUAL_IO TargetCalls() {
  SF_VIRTUAL_IO calls;
  calls.get_filelen = [](void* target) {
    return static_cast<sf_count_t>(static_cast<Target*>(target)->bytes.size());
  };
  calls.seek = [](sf_count_t offset, int whence, void* opaque) {
    auto* target = static_cast<Target*>(opaque);
    const auto size = static_cast<sf_count_t>(target->bytes.size());
    target->position = offset + (whence == SEEK_SET   ? 0
                                 : whence == SEEK_CUR ? target->position
                                                      : size);
    return target->position;
  };
  calls.read = [](void* out, sf_count_t count, void* opaque) {
    auto* target = static_cast<Target*>(opaque);
    const auto size = static_cast<sf_count_t>(target->bytes.size());
    count = std::clamp<sf_count_t>(size - target->position, 0, count);
    std::memcpy(out, target->bytes.data() + target->position, count);
    target->position += count;
    return count;
  };
  calls.write = [](const void* data, sf_count_t count, void* opaque) {
    auto* target = static_cast<Target*>(opaque);
    const std::size_t end = target->position + count;
    if (end > target->bytes.size()) target->bytes.resize(end);
    std::memcpy(&target->bytes[target->position], data, count);
    target->position += count;
    return count;
  };
  calls.tell = [](void* target) {
    return static_cast<Target*>(target)->position;
  };
  return calls;
}

std::string EncodeWith(int format, int rate_hz, int channels,
                       const std::vector<float>& interleaved,
                       std::optional<int> bitrate_mode) {
  Target target;
  SF_VIRTUAL_IO calls = TargetCalls();
  SF_INFO info{};
  info.samplerate = rate_hz;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = sf_open_virtual(&calls, SFM_WRITE, &info, &target);
  if (file == nullptr) {
    ADD_FAILURE() << "cannot encode: " << sf_strerror(nullptr);
    return "";
  }
  sf_command(file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
  if (bitrate_mode.has_value()) {
    sf_command(file, SFC_SET_BITRATE_MODE, &*bitrate_mode, sizeof(int));
  }
  // In pieces: libsndfile's Vorbis encoder crashes on large ones.
  constexpr sf_count_t kPieceFrames = 4096;
  const sf_count_t frames = interleaved.size() / channels;
  for (sf_count_t done = 0; done < frames; done += kPieceFrames) {
    const sf_count_t piece = std::min(kPieceFrames, frames - done);
    EXPECT_EQ(sf_writef_float(file, &interleaved[done * channels], piece),
              piece);
  }
  EXPECT_EQ(sf_close(file), 0);
  return target.bytes;
}

}  // namespace

std::vector<float> Sine(double hz, int rate_hz, std::size_t samples,
                        double amplitude) {
  std::vector<float> sine(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    sine[i] = static_cast<float>(
        amplitude * std::sin(2 * M_PI * hz * static_cast<double>(i) / rate_hz));
  }
  return sine;
}

std::vector<float> Interleave(const std::vector<float>& mono, int channels) {
  std::vector<float> interleaved;
  interleaved.reserve(mono.size() * channels);
  for (const float sample : mono) {
    interleaved.insert(interleaved.end(), channels, sample);
  }
  return interleaved;
}

std::string Encode(int format, int rate_hz, int channels,
                   const std::vector<float>& interleaved) {
  return EncodeWith(format, rate_hz, channels, interleaved, std::nullopt);
}

std::string EncodeMp3(int rate_hz, int channels,
                      const std::vector<float>& interleaved, Mp3Mode mode) {
  const int bitrate_mode = mode == Mp3Mode::kConstant ? SF_BITRATE_MODE_CONSTANT
                           : mode == Mp3Mode::kAverage
                               ? SF_BITRATE_MODE_AVERAGE
                               : SF_BITRATE_MODE_VARIABLE;
  return EncodeWith(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, rate_hz,
                    channels, interleaved, bitrate_mode);
}

std::vector<std::size_t> Mp3FrameOffsets(absl::string_view mp3) {
  std::vector<std::size_t> offsets;
  std::size_t offset = 0;
  while (offset < mp3.size()) {
    const auto header = ParseMp3Header(AsSpan(mp3.substr(offset)));
    if (!header.has_value()) {
      ADD_FAILURE() << "no frame at byte " << offset;
      break;
    }
    offsets.push_back(offset);
    offset += header->size_bytes;
  }
  return offsets;
}

std::string WithoutFirstMp3Frame(absl::string_view mp3) {
  return std::string(mp3.substr(Mp3FrameOffsets(mp3).at(1)));
}

std::string Id3Tag(std::size_t size_bytes) {
  std::string tag("ID3\x04\x00\x00", 6);
  const std::size_t contents = size_bytes - 10;
  for (int shift = 21; shift >= 0; shift -= 7) {
    tag.push_back(static_cast<char>(contents >> shift & 0x7f));
  }
  tag += "APIC";
  while (tag.size() < size_bytes) tag += "\xff\xfb\x90\x64";
  tag.resize(size_bytes);
  return tag;
}

std::vector<float> DecodeWithMpg123(absl::string_view mp3) {
  mpg123_handle* handle = mpg123_new(nullptr, nullptr);
  mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_FORCE_FLOAT | MPG123_QUIET, 0);
  Target source{std::string(mp3), 0};
  mpg123_replace_reader_handle(
      handle,
      [](void* opaque, void* out, std::size_t count) {
        return static_cast<ssize_t>(TargetCalls().read(out, count, opaque));
      },
      [](void* opaque, off_t offset, int whence) {
        return static_cast<off_t>(TargetCalls().seek(offset, whence, opaque));
      },
      nullptr);
  mpg123_open_handle(handle, &source);
  std::vector<float> samples;
  std::vector<float> buffer(1 << 14);
  int result = MPG123_OK;
  while (result == MPG123_OK || result == MPG123_NEW_FORMAT) {
    std::size_t done_bytes = 0;
    result = mpg123_read(handle, buffer.data(), buffer.size() * sizeof(float),
                         &done_bytes);
    samples.insert(samples.end(), buffer.begin(),
                   buffer.begin() + done_bytes / sizeof(float));
  }
  EXPECT_EQ(result, MPG123_DONE) << mpg123_strerror(handle);
  mpg123_delete(handle);
  return samples;
}

double SignalToNoiseDb(absl::Span<const float> signal,
                       absl::Span<const float> other) {
  EXPECT_EQ(signal.size(), other.size());
  double power = 0;
  double noise = 0;
  for (std::size_t i = 0; i < std::min(signal.size(), other.size()); ++i) {
    const double difference = static_cast<double>(signal[i]) - other[i];
    power += static_cast<double>(signal[i]) * signal[i];
    noise += difference * difference;
  }
  return 10 * std::log10(power / (noise + 1e-30));
}

absl::Span<const std::uint8_t> AsSpan(absl::string_view bytes) {
  return absl::MakeConstSpan(
      reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::string Overwrite(std::string text, std::size_t offset,
                      absl::string_view bytes) {
  text.replace(offset, bytes.size(), bytes.data(), bytes.size());
  return text;
}

}  // namespace culturemert
