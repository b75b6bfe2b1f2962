// Files that hold less, or more, than they announce: nothing is lost without a
// word.

#include <string>
#include <utility>
#include <vector>

#include "datasets/audio/audio_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sndfile.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPath[] = "/some folder/clip";

absl::StatusOr<MonoAudio> Load(absl::string_view bytes,
                               const LoadOptions& options = {}) {
  MemoryFiles files;
  EXPECT_THAT(files.CreateDirectories("/some folder"), IsOk());
  EXPECT_THAT(files.WriteAtomically(kPath, bytes), IsOk());
  return LoadMono(files, kPath, options);
}

absl::StatusOr<AudioInfo> Info(absl::string_view bytes) {
  MemoryFiles files;
  EXPECT_THAT(files.WriteAtomically("/clip", bytes), IsOk());
  return ReadAudioInfo(files, "/clip");
}

TEST(AnnouncedAudioTest,
     FramesBehindGarbageInMp3AreDecodedAndTheGarbageCounted) {
  const std::string mp3 = EncodeMp3(44100, 1, Sine(440, 44100, 40000));
  const std::vector<std::size_t> offsets = Mp3FrameOffsets(mp3);
  const std::string damaged = mp3.substr(0, offsets[10]) +
                              std::string(1000, 'x') + mp3.substr(offsets[10]);
  const auto whole = Load(mp3);
  const auto audio = Load(damaged);
  ASSERT_THAT(audio, IsOk());
  EXPECT_EQ(audio->samples, whole->samples);
  EXPECT_EQ(audio->info.skipped_bytes, 1000u);
  EXPECT_THAT(audio->info.notes,
              ElementsAre(HasSubstr("1000 bytes that are no MP3 frames")));
}

TEST(AnnouncedAudioTest, ACutLastMp3FrameIsLeftOutAndNoted) {
  const std::string mp3 =
      WithoutFirstMp3Frame(EncodeMp3(44100, 1, Sine(440, 44100, 40000)));
  const std::size_t frames = Mp3FrameOffsets(mp3).size();
  const auto audio = Load(mp3.substr(0, mp3.size() - 100), {/*rate_hz=*/44100});
  ASSERT_THAT(audio, IsOk());
  EXPECT_EQ(audio->samples.size(), (frames - 1) * 1152);
  EXPECT_FALSE(audio->info.truncation.has_value());
  EXPECT_THAT(audio->info.notes,
              ElementsAre(HasSubstr("the last MP3 frame is cut off")));
}

TEST(AnnouncedAudioTest, FilesWithoutALengthInTheirHeadersAreReadToTheEnd) {
  const std::vector<float> mono = Sine(440, 24000, 30000);
  std::string wav = Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000, 1, mono);
  std::string flac = Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 24000, 1, mono);
  const auto from_wav = Load(wav);
  const auto from_flac = Load(flac);
  ASSERT_THAT(from_wav, IsOk());
  ASSERT_THAT(from_flac, IsOk());
  flac[21] = static_cast<char>(flac[21] & 0xf0);
  flac = Overwrite(flac, 22, std::string(4, '\0'));
  wav = Overwrite(wav, 4, "\xff\xff\xff\xff");
  for (const auto& [file, expected] :
       {std::make_pair(flac, &*from_flac),
        std::make_pair(Overwrite(wav, 40, "\xff\xff\xff\xff"), &*from_wav),
        std::make_pair(Overwrite(wav, 40, std::string(4, '\0')), &*from_wav),
        std::make_pair(Overwrite(wav, 40, std::string("\0\xf0\xff\x7f", 4)),
                       &*from_wav)}) {
    const auto info = Info(file);
    ASSERT_THAT(info, IsOk());
    EXPECT_EQ(info->frames, 30000u);
    const auto audio = Load(file);
    ASSERT_THAT(audio, IsOk());
    EXPECT_EQ(audio->samples, expected->samples);
    EXPECT_FALSE(audio->info.truncation.has_value());
    EXPECT_THAT(audio->info.notes,
                ElementsAre(HasSubstr("the header knows no length")));
  }
}

TEST(AnnouncedAudioTest, AFlacFileWithMoreThanItAnnouncesIsReadToTheEnd) {
  std::string flac = Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 24000, 1,
                            Sine(440, 24000, 30000));
  flac = Overwrite(flac, 24, "\x01");  // 30000 is 0x7530.
  const auto audio = Load(flac);
  ASSERT_THAT(audio, IsOk());
  EXPECT_EQ(audio->samples.size(), 30000u);
  EXPECT_THAT(audio->info.notes,
              ElementsAre("the header announces 304 frames, the file holds "
                          "30000; all were decoded"));
}

// So loud and random that a codec has to write many bytes for it.
std::vector<float> Noise(std::size_t samples) {
  const RandomStream random(1, StreamId("noise"));
  std::vector<float> noise(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    noise[i] = random.UniformFloat(i) - 0.5f;
  }
  return noise;
}

struct Cut {
  std::string name;
  std::string bytes;
  std::string reason;
};

std::vector<Cut> CutFiles() {
  const std::vector<float> mono = Sine(440, 24000, 100000);
  const auto half = [](const std::string& bytes) {
    return bytes.substr(0, bytes.size() / 2);
  };
  std::string endless_flac =
      Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 24000, 1, mono);
  endless_flac[21] = static_cast<char>(endless_flac[21] & 0xf0);
  endless_flac = Overwrite(endless_flac, 22, std::string(4, '\0'));
  return {
      {"WAV", half(Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000, 1, mono)),
       "of 100000 frames"},
      {"RIFX",
       half(Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 24000, 1,
                   mono)),
       "of 100000 frames"},
      {"RF64", half(Encode(SF_FORMAT_RF64 | SF_FORMAT_FLOAT, 24000, 1, mono)),
       "of 100000 frames"},
      {"AIFF", half(Encode(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 24000, 1, mono)),
       "of 100000 frames"},
      {"FLAC", half(Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 24000, 1, mono)),
       "of 100000 frames"},
      {"FLAC without a total", half(endless_flac),
       "the last FLAC frame is cut off"},
      {"Vorbis",
       half(Encode(SF_FORMAT_OGG | SF_FORMAT_VORBIS, 24000, 1, Noise(100000))),
       "the last Ogg page is cut off"},
      {"MP3", half(EncodeMp3(44100, 1, mono)), "the file announces"},
  };
}

TEST(AnnouncedAudioTest, TruncatedFilesAreRefused) {
  for (const Cut& cut : CutFiles()) {
    EXPECT_THAT(Load(cut.bytes),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr(kPath), HasSubstr("truncated"),
                               HasSubstr(cut.reason))))
        << cut.name;
  }
}

TEST(AnnouncedAudioTest, TruncatedFilesAreTakenWhereAcceptedAndStillTold) {
  LoadOptions options;
  options.accept_truncated = true;
  for (const Cut& cut : CutFiles()) {
    const auto audio = Load(cut.bytes, options);
    ASSERT_THAT(audio, IsOk()) << cut.name;
    ASSERT_TRUE(audio->info.truncation.has_value()) << cut.name;
    EXPECT_EQ(audio->info.truncation->found_frames, audio->info.frames);
    EXPECT_EQ(audio->samples.size(),
              ResampledLength(audio->info.frames, audio->info.rate_hz, 24000));
    EXPECT_GT(audio->samples.size(), 20000u) << cut.name;
    EXPECT_LT(audio->samples.size(), 80000u) << cut.name;
  }
}

TEST(AnnouncedAudioTest, DamageInFlacIsNeverSilent) {
  const std::string flac = Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 24000, 1,
                                  Sine(440, 24000, 60000));
  const auto whole = Load(flac);
  ASSERT_THAT(whole, IsOk());
  int refused = 0;
  for (std::size_t byte = flac.size() / 4; byte < flac.size(); byte += 131) {
    std::string damaged = flac;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x55);
    const auto audio = Load(damaged);
    if (audio.ok()) {
      EXPECT_EQ(audio->samples, whole->samples) << byte;
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

TEST(AnnouncedAudioTest, TellsOfTruncationWithoutFailing) {
  const std::string wav = Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000, 1,
                                 Sine(440, 24000, 1000));
  const auto info = Info(wav.substr(0, 1044));
  ASSERT_THAT(info, IsOk());
  ASSERT_TRUE(info->truncation.has_value());
  EXPECT_EQ(info->truncation->expected_frames, 1000u);
  EXPECT_EQ(info->truncation->found_frames, 500u);
  EXPECT_EQ(FormatTruncation(*info->truncation),
            "truncated: 500 of 1000 frames (the header announces 2000 bytes of "
            "audio, 1000 follow)");
}

}  // namespace
}  // namespace culturemert
