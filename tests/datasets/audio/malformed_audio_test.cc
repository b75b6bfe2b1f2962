// Files that are broken, each in its own way, and the error each one gets.

#include <algorithm>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "datasets/audio/audio_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sndfile.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Malformed {
  std::string name;
  std::string bytes;
  absl::StatusCode code;
  std::string message;
};

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;

std::string Wav(int encoding = SF_FORMAT_PCM_16) {
  return Encode(SF_FORMAT_WAV | encoding, 44100, 2,
                Interleave(Sine(440, 44100, 1000), 2));
}

std::string FloatWav(float bad) {
  std::string wav = Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 24000, 2,
                           std::vector<float>(200, 0.25f));
  char bytes[sizeof(bad)];
  std::memcpy(bytes, &bad, sizeof(bad));
  return Overwrite(wav, wav.size() - 4 * 15,
                   absl::string_view(bytes, sizeof(bad)));
}

std::string Flac() {
  return Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 1,
                Sine(440, 44100, 30000));
}

std::string Ogg(int encoding = SF_FORMAT_VORBIS) {
  return Encode(SF_FORMAT_OGG | encoding, 48000, 1, Sine(440, 48000, 100000));
}

std::string Aiff() {
  return Encode(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 44100, 1,
                Sine(440, 44100, 1000));
}

const std::string& Mp3() {
  static const auto& mp3 =
      *new std::string(EncodeMp3(44100, 1, Sine(440, 44100, 44100)));
  return mp3;
}

std::string Flip(std::string bytes, std::size_t offset) {
  bytes[offset] = static_cast<char>(bytes[offset] ^ 0x10);
  return bytes;
}

// Frames with a header and nothing in them.
std::string EmptyFrames(absl::string_view header, std::size_t frame_bytes,
                        int frames) {
  std::string all;
  for (int i = 0; i < frames; ++i) {
    std::string frame(header);
    frame.resize(frame_bytes, '\0');
    all += frame;
  }
  return all;
}

std::vector<Malformed> NotAudio() {
  return {
      {"no bytes", "", kInvalid, "found an empty file"},
      {"text renamed", "This is not music at all.\n", kInvalid,
       "found text, \"This is not music at all."},
      {"a page instead of a download", "<!DOCTYPE html><html>404", kInvalid,
       "found text, \"<!DOCTYPE html>"},
      {"a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n",
       kInvalid, "found a Git LFS pointer"},
      {"an MP4 file",
       std::string("\0\0\0\x20"
                   "ftypM4A ",
                   12),
       kInvalid, "found an MP4 or QuickTime file"},
      {"an AAC stream", "\xff\xf1\x50\x80\x01\x7f\xfc\x01", kInvalid,
       "found an AAC stream (ADTS)"},
      {"a ZIP archive", "PK\x03\x04 and so on", kInvalid,
       "found a ZIP archive"},
      {"a JPEG picture", "\xff\xd8\xff\xe0 and so on", kInvalid,
       "found a JPEG picture"},
      {"nothing but zeros", std::string(5000, '\0'), kInvalid,
       "nor MP3 frames in the first 5000 bytes"},
      {"a video in RIFF",
       "RIFF\x10\x10\x10\x10"
       "AVI LIST",
       kInvalid, "a RIFF file of another kind than WAVE"},
      {"nothing but a tag", Id3Tag(5000), kInvalid,
       "found nothing but tags in 5000 bytes"},
      {"a tag that announces more than the file", Id3Tag(5000).substr(0, 900),
       kInvalid, "found nothing but tags in 900 bytes"},
  };
}

std::vector<Malformed> BrokenWav() {
  const float kNan = std::numeric_limits<float>::quiet_NaN();
  const float kInfinity = std::numeric_limits<float>::infinity();
  return {
      {"WAV without a data chunk", Wav().substr(0, 36), kInvalid,
       "No 'data' chunk marker"},
      {"WAV cut in its format", Wav().substr(0, 22), kInvalid,
       "not a valid WAV file"},
      {"WAV without channels", Overwrite(Wav(), 22, std::string(2, '\0')),
       kInvalid, "Channel count is zero"},
      {"WAV with 65535 channels", Overwrite(Wav(), 22, "\xff\xff"), kInvalid,
       "Too many channels"},
      {"WAV without a rate", Overwrite(Wav(), 24, std::string(4, '\0')),
       kInvalid, "not a valid WAV file"},
      {"WAV of 4000 Hz", Overwrite(Wav(), 24, std::string("\xa0\x0f\0\0", 4)),
       kInvalid, "the sample rate is 4000 Hz, expected 8000 to 192000 Hz"},
      {"WAV of 384 kHz", Overwrite(Wav(), 24, std::string("\0\xdc\x05\0", 4)),
       kInvalid, "the sample rate is 384000 Hz"},
      {"WAV of an unknown encoding", Overwrite(Wav(), 20, "\x99\x99"), kInvalid,
       "not a valid WAV file"},
      {"WAV with ADPCM", Wav(SF_FORMAT_IMA_ADPCM), kInvalid,
       "WAV with IMA ADPCM is not supported"},
      {"WAV that holds MP3", Overwrite(Wav(), 20, std::string("\x55\0", 2)),
       kInvalid, "WAV"},
      {"WAV shorter than it says", Wav().substr(0, 2044), kLoss,
       "truncated: 500 of 1000 frames (the header announces 4000 bytes of "
       "audio, 2000 follow)"},
      {"WAV with a sample that is no number", FloatWav(kNan), kInvalid,
       "the sample of frame 92, channel 2 is nan"},
      {"WAV with an infinite sample", FloatWav(-kInfinity), kInvalid,
       "the sample of frame 92, channel 2 is -inf"},
      {"WAV with floats scaled as integers", FloatWav(32767), kInvalid,
       "the sample of frame 92, channel 2 is 32767"},
  };
}

std::vector<Malformed> BrokenFlacOggAiff() {
  const std::string flac = Flac();
  const std::string ogg = Ogg();
  std::string unfinished = Aiff();
  unfinished =
      Overwrite(unfinished, unfinished.find("COMM") + 10, std::string(4, '\0'));
  return {
      {"FLAC signature alone", "fLaC", kInvalid, "not a valid FLAC file"},
      {"FLAC with a damaged frame", Flip(flac, flac.size() / 2), kLoss,
       "is damaged (wrong checksum)"},
      {"FLAC with a damaged last frame", Flip(flac, flac.size() - 50), kLoss,
       "truncated: 28672 of 30000 frames (the last FLAC frame is cut off"},
      {"FLAC cut off", flac.substr(0, flac.size() / 2), kLoss,
       "of 30000 frames (the last FLAC frame is cut off"},
      {"Ogg signature alone", "OggS", kInvalid, "not a valid Ogg Vorbis file"},
      {"Ogg with its first header alone", ogg.substr(0, 58), kInvalid,
       "three Vorbis headers, found 1 packets in 1 whole pages"},
      {"Ogg with a damaged page", Flip(ogg, ogg.size() / 2), kLoss,
       "is damaged (wrong checksum)"},
      {"Ogg cut off", ogg.substr(0, ogg.size() - 100), kLoss,
       "frames of an unknown number (the last Ogg page is cut off"},
      {"Ogg chained", ogg + ogg, kInvalid, "a second stream starts at byte"},
      {"Ogg with Opus", Ogg(SF_FORMAT_OPUS), kInvalid,
       "Ogg with Opus is not supported"},
      {"AIFF cut off", Aiff().substr(0, 1054), kLoss,
       "truncated: 500 of 1000 frames"},
      {"AIFF never finished", unfinished, kLoss,
       "the header announces no frames, but 2000 bytes follow"},
      {"AIFF without sound", Aiff().substr(0, 38), kInvalid,
       "not a valid AIFF file"},
  };
}

std::vector<Malformed> BrokenMp3() {
  const std::vector<std::size_t> offsets = Mp3FrameOffsets(Mp3());
  const std::string other = EncodeMp3(32000, 1, Sine(440, 32000, 10000));
  const std::string stereo =
      EncodeMp3(44100, 2, Interleave(Sine(440, 44100, 10000), 2));
  return {
      {"MP3 with less than one frame", Mp3().substr(0, 100), kInvalid,
       "the file holds no whole MP3 frame"},
      {"MP3 with an information frame alone", Mp3().substr(0, offsets[1]),
       kInvalid, "the file holds no whole MP3 frame of audio"},
      {"MP3 with half of its frames", Mp3().substr(0, offsets[20]), kLoss,
       "MP3 frames and holds 19"},
      {"MP3 of free format", EmptyFrames("\xff\xfb\x02\xc0", 600, 9), kInvalid,
       "a free-format MP3 stream"},
      {"MPEG Layer II", EmptyFrames("\xff\xfd\x84\xc0", 417, 9), kInvalid,
       "found MPEG audio Layer II, expected Layer III"},
      {"MPEG Layer I", EmptyFrames("\xff\xff\x84\xc0", 208, 9), kInvalid,
       "found MPEG audio Layer I, expected Layer III"},
      {"MP3 that changes its rate", Mp3() + other, kInvalid,
       "changes from 44100 Hz, 1 channel to 32000 Hz, 1 channel at byte"},
      {"MP3 that changes its channels", Mp3() + stereo, kInvalid,
       "changes from 44100 Hz, 1 channel to 44100 Hz, 2 channels at byte"},
      {"MP3 with too long a gap",
       Mp3() + std::string((1 << 20) + 10, 'x') + Mp3(), kLoss,
       "more than 1048576 bytes from byte"},
      {"MP3 that starts too late", std::string((1 << 20) + 10, '\x01') + Mp3(),
       kInvalid, "nor MP3 frames in the first 1048576 bytes"},
  };
}

TEST(MalformedAudioTest, EveryCaseHasItsOwnErrorThatNamesTheFile) {
  std::set<std::string> messages;
  std::size_t cases = 0;
  for (const auto& group :
       {NotAudio(), BrokenWav(), BrokenFlacOggAiff(), BrokenMp3()}) {
    for (const Malformed& malformed : group) {
      ++cases;
      MemoryFiles files;
      ASSERT_THAT(files.WriteAtomically("/clip.mp3", malformed.bytes), IsOk());
      const auto audio = LoadMono(files, "/clip.mp3");
      EXPECT_THAT(audio,
                  StatusIs(malformed.code, AllOf(StartsWith("/clip.mp3: "),
                                                 HasSubstr(malformed.message))))
          << malformed.name;
      messages.insert(std::string(audio.status().message()));
    }
  }
  EXPECT_GE(cases, 45u);
  // "not a valid WAV file" may come in the same words twice, little else.
  EXPECT_GE(messages.size(), cases - 3);
}

TEST(MalformedAudioTest, WhatIsNoFileIsNamed) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories("/folder.wav"), IsOk());
  EXPECT_THAT(LoadMono(files, "/folder.wav"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("/folder.wav")));
  EXPECT_THAT(LoadMono(files, "/none.wav"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.wav")));
  EXPECT_THAT(ReadAudioInfo(files, "/none.wav"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.wav")));
}

TEST(MalformedAudioTest, AFileThatMayNotBeReadIsNamed) {
  MemoryFiles memory;
  ASSERT_THAT(memory.WriteAtomically("/a.wav", Wav()), IsOk());
  FaultyFiles files(memory);
  files.FailCall(SystemCall::kOpen, 0, Fault::kPermissionDenied);
  EXPECT_THAT(
      LoadMono(files, "/a.wav"),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("/a.wav")));
}

TEST(MalformedAudioTest, ChangesOfOneByteNeverGiveAnImpossibleResult) {
  for (const std::string& good :
       {Wav(), Aiff(), Flac().substr(0, 2000), Mp3().substr(0, 3000)}) {
    for (std::size_t byte = 0; byte < std::min<std::size_t>(good.size(), 200);
         ++byte) {
      for (const char value : {'\0', '\x7f', '\xff'}) {
        MemoryFiles files;
        ASSERT_THAT(
            files.WriteAtomically(
                "/a", Overwrite(good, byte, absl::string_view(&value, 1))),
            IsOk());
        LoadOptions options;
        options.max_seconds = 1;
        const auto audio = LoadMono(files, "/a", options);
        if (!audio.ok()) continue;
        EXPECT_LE(audio->samples.size(), 24000u);
        EXPECT_GE(audio->info.channels, 1);
        EXPECT_GE(audio->info.rate_hz, kMinRateHz);
        EXPECT_LE(audio->info.rate_hz, kMaxRateHz);
      }
    }
  }
}

}  // namespace
}  // namespace culturemert
