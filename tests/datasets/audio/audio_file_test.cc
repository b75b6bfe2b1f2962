#include "datasets/audio/audio_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "datasets/audio/decoder_versions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sndfile.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Pointwise;

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

struct Encoding {
  int format;
  std::string name;
  double tolerance;
};

const Encoding kEncodings[] = {
    {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, "PCM 8 bit", 1 / 128.0},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "PCM 16 bit", 1 / 32768.0},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_24, "PCM 24 bit", 1e-6},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_32, "PCM 32 bit", 1e-7},
    {SF_FORMAT_WAV | SF_FORMAT_FLOAT, "float 32 bit", 0},
    {SF_FORMAT_WAV | SF_FORMAT_DOUBLE, "float 64 bit", 0},
    {SF_FORMAT_WAV | SF_FORMAT_ULAW, "mu-law 8 bit", 0.02},
    {SF_FORMAT_WAV | SF_FORMAT_ALAW, "A-law 8 bit", 0.02},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, "PCM 16 bit",
     1 / 32768.0},
    {SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, "PCM 16 bit", 1 / 32768.0},
    {SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, "PCM 24 bit", 1e-6},
    {SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, "float 32 bit", 0},
    {SF_FORMAT_RF64 | SF_FORMAT_PCM_16, "PCM 16 bit", 1 / 32768.0},
    {SF_FORMAT_AIFF | SF_FORMAT_PCM_S8, "PCM 8 bit", 1 / 128.0},
    {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "PCM 16 bit", 1 / 32768.0},
    {SF_FORMAT_AIFF | SF_FORMAT_PCM_24, "PCM 24 bit", 1e-6},
    {SF_FORMAT_AIFF | SF_FORMAT_FLOAT, "float 32 bit", 0},
    {SF_FORMAT_AIFF | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE, "PCM 16 bit",
     1 / 32768.0},
    {SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, "PCM 8 bit", 1 / 128.0},
    {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "PCM 16 bit", 1 / 32768.0},
    {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, "PCM 24 bit", 1e-6},
};

TEST(LoadMonoTest, ReadsEveryEncodingWithAnyNumberOfChannels) {
  const std::vector<float> mono = Sine(440, 24000, 3002);
  for (const Encoding& encoding : kEncodings) {
    for (const int channels : {1, 2, 6}) {
      const auto audio = Load(
          Encode(encoding.format, 24000, channels, Interleave(mono, channels)));
      ASSERT_THAT(audio, IsOk()) << encoding.name;
      EXPECT_EQ(audio->info.encoding, encoding.name);
      EXPECT_EQ(audio->info.channels, channels);
      EXPECT_EQ(audio->info.rate_hz, 24000);
      EXPECT_EQ(audio->info.frames, 3002u);
      EXPECT_FALSE(audio->info.truncation.has_value());
      EXPECT_THAT(audio->info.notes, IsEmpty());
      ASSERT_EQ(audio->samples.size(), mono.size());
      for (std::size_t i = 0; i < mono.size(); ++i) {
        ASSERT_NEAR(audio->samples[i], mono[i], encoding.tolerance)
            << encoding.name << ", " << channels << " channels, sample " << i;
      }
    }
  }
}

TEST(LoadMonoTest, TheByteThatPadsAChunkIsNoSample) {
  // libsndfile counts the padding as a frame when it writes; others do not.
  std::string aiff =
      Encode(SF_FORMAT_AIFF | SF_FORMAT_PCM_S8, 24000, 1, {0.5f, 0.25f, -0.5f});
  aiff = Overwrite(aiff, aiff.find("COMM") + 10, std::string("\0\0\0\x03", 4));
  aiff = Overwrite(aiff, aiff.find("SSND") + 4, std::string("\0\0\0\x0b", 4));
  for (const std::string& file :
       {aiff, Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 24000, 1,
                     {0.5f, 0.25f, -0.5f})}) {
    const auto audio = Load(file);
    ASSERT_THAT(audio, IsOk());
    EXPECT_THAT(audio->samples,
                Pointwise(FloatNear(0.02f), {0.5f, 0.25f, -0.5f}));
    EXPECT_FALSE(audio->info.truncation.has_value());
  }
}

TEST(LoadMonoTest, ReadsVorbis) {
  const std::vector<float> mono = Sine(440, 24000, 50000);
  for (const int channels : {1, 2, 6}) {
    const auto audio = Load(Encode(SF_FORMAT_OGG | SF_FORMAT_VORBIS, 24000,
                                   channels, Interleave(mono, channels)));
    ASSERT_THAT(audio, IsOk());
    EXPECT_EQ(audio->info.format, AudioFormat::kOggVorbis);
    EXPECT_EQ(audio->info.encoding, "Vorbis");
    EXPECT_EQ(audio->info.channels, channels);
    ASSERT_EQ(audio->samples.size(), mono.size());
    EXPECT_GT(SignalToNoiseDb(mono, audio->samples), 20) << channels;
  }
}

TEST(LoadMonoTest, MixesDifferentChannels) {
  std::vector<float> interleaved;
  for (int i = 0; i < 100; ++i) {
    interleaved.insert(interleaved.end(), {0.5f, 0.25f, 0, 0, 0, -0.15f});
  }
  const auto audio =
      Load(Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 24000, 6, interleaved));
  ASSERT_THAT(audio, IsOk());
  EXPECT_EQ(audio->samples, std::vector<float>(100, 0.1f));
}

TEST(LoadMonoTest, ResamplesEveryRateToTheExactLength) {
  for (const int rate_hz : {8000, 11025, 16000, 22050, 24000, 32000, 44100,
                            48000, 88200, 96000, 192000}) {
    const std::size_t frames = rate_hz / 2 + 7;
    const auto audio = Load(Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT, rate_hz, 1,
                                   Sine(440, rate_hz, frames)));
    ASSERT_THAT(audio, IsOk());
    EXPECT_EQ(audio->rate_hz, 24000);
    ASSERT_EQ(audio->samples.size(), ResampledLength(frames, rate_hz, 24000));
    const std::vector<float> ideal = Sine(440, 24000, audio->samples.size());
    const auto middle = [](const std::vector<float>& all) {
      return absl::MakeConstSpan(all).subspan(2000, 8000);
    };
    EXPECT_GT(SignalToNoiseDb(middle(ideal), middle(audio->samples)), 100)
        << rate_hz;
  }
}

TEST(LoadMonoTest, DecodesMp3SampleForSampleLikeItsLibrary) {
  for (const Mp3Mode mode :
       {Mp3Mode::kConstant, Mp3Mode::kAverage, Mp3Mode::kVariable}) {
    for (const int rate_hz :
         {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}) {
      const std::string mp3 =
          EncodeMp3(rate_hz, 1, Sine(440, rate_hz, 20000), mode);
      const auto audio = Load(mp3, {/*rate_hz=*/rate_hz});
      ASSERT_THAT(audio, IsOk());
      EXPECT_EQ(audio->info.format, AudioFormat::kMp3);
      EXPECT_EQ(audio->samples, DecodeWithMpg123(mp3)) << rate_hz;
    }
  }
}

TEST(LoadMonoTest, Mp3WithInformationIsAlignedAndOfTheExactLength) {
  for (const int channels : {1, 2}) {
    const std::vector<float> mono = Sine(440, 44100, 30000);
    const auto audio =
        Load(EncodeMp3(44100, channels, Interleave(mono, channels)),
             {/*rate_hz=*/44100});
    ASSERT_THAT(audio, IsOk());
    EXPECT_EQ(audio->info.channels, channels);
    ASSERT_EQ(audio->samples.size(), mono.size());
    const auto middle = [](const std::vector<float>& all) {
      return absl::MakeConstSpan(all).subspan(3000, 24000);
    };
    EXPECT_GT(SignalToNoiseDb(middle(mono), middle(audio->samples)), 20);
    EXPECT_THAT(audio->info.encoding,
                MatchesRegex("MPEG-1 Layer III, [0-9]+ kbit/s"));
  }
}

TEST(LoadMonoTest, Mp3WithoutInformationGivesEveryFrame) {
  // Variable rate and no Xing tag: where libsndfile loses half.
  const std::string mp3 = WithoutFirstMp3Frame(EncodeMp3(
      44100, 2, Interleave(Sine(440, 44100, 200000), 2), Mp3Mode::kVariable));
  const auto audio = Load(mp3, {/*rate_hz=*/44100});
  ASSERT_THAT(audio, IsOk());
  EXPECT_EQ(audio->samples.size(), Mp3FrameOffsets(mp3).size() * 1152);
  EXPECT_GE(audio->samples.size(), 200000u);
  EXPECT_THAT(audio->info.notes, IsEmpty());
}

TEST(LoadMonoTest, PicturesInTagsMakeNoDifference) {
  const std::string mp3 = EncodeMp3(44100, 1, Sine(440, 44100, 20000));
  const auto plain = Load(mp3);
  ASSERT_THAT(plain, IsOk());
  const std::string id3v1 = "TAG" + std::string(125, 'x');
  for (const std::string& tagged :
       {Id3Tag(500000) + mp3, mp3 + id3v1, Id3Tag(500) + Id3Tag(90) + mp3}) {
    const auto audio = Load(tagged);
    ASSERT_THAT(audio, IsOk());
    EXPECT_EQ(audio->samples, plain->samples);
    EXPECT_EQ(audio->info.skipped_bytes, 0u);
  }
  const std::string flac =
      Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 24000, 1, {0.5f, 0.25f});
  const auto audio = Load(Id3Tag(3000) + flac);
  ASSERT_THAT(audio, IsOk());
  EXPECT_THAT(audio->samples, ElementsAre(0.5f, 0.25f));
}

TEST(LoadMonoTest, FilesWithoutFramesGiveNoSamples) {
  for (const int format :
       {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_WAV | SF_FORMAT_FLOAT,
        SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS}) {
    const auto audio = Load(Encode(format, 44100, 2, {}));
    ASSERT_THAT(audio, IsOk());
    EXPECT_THAT(audio->samples, IsEmpty());
    EXPECT_EQ(audio->info.frames, 0u);
  }
}

TEST(LoadMonoTest, AnExcerptIsThatPartOfTheFile) {
  std::vector<float> ramp(1000);
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = i / 1000.0f;
  const std::string wav =
      Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8000, 1, ramp);
  struct Excerpt {
    double start_seconds, max_seconds;
    std::size_t begin, end;
  };
  const double kForever = std::numeric_limits<double>::infinity();
  for (const Excerpt& excerpt : std::vector<Excerpt>{{0, kForever, 0, 1000},
                                                     {0.05, 0.01, 400, 480},
                                                     {0, 0, 0, 0},
                                                     {0.1, 1e300, 800, 1000},
                                                     {0.00006, 0.00007, 0, 1},
                                                     {0.00007, 0.1, 1, 801},
                                                     {0.12, 5, 960, 1000}}) {
    LoadOptions options;
    options.rate_hz = 8000;
    options.start_seconds = excerpt.start_seconds;
    options.max_seconds = excerpt.max_seconds;
    const auto audio = Load(wav, options);
    ASSERT_THAT(audio, IsOk());
    EXPECT_EQ(audio->samples, std::vector<float>(ramp.begin() + excerpt.begin,
                                                 ramp.begin() + excerpt.end))
        << excerpt.start_seconds;
  }
}

TEST(LoadMonoTest, AnExcerptOfAnMp3IsThatPartOfIt) {
  const std::string mp3 = EncodeMp3(24000, 1, Sine(440, 24000, 100000));
  const auto whole = Load(mp3);
  ASSERT_THAT(whole, IsOk());
  LoadOptions options;
  options.start_seconds = 1.5;
  options.max_seconds = 1;
  const auto part = Load(mp3, options);
  ASSERT_THAT(part, IsOk());
  EXPECT_EQ(part->samples, std::vector<float>(whole->samples.begin() + 36000,
                                              whole->samples.begin() + 60000));
}

TEST(LoadMonoTest, RefusesOptionsThatMakeNoSense) {
  const std::string wav = Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8000, 1,
                                 std::vector<float>(100, 0.5f));
  const double kNan = std::nan("");
  struct Case {
    LoadOptions options;
    absl::StatusCode code;
    std::string message;
  };
  for (const Case& test : std::vector<Case>{
           {{7999}, absl::StatusCode::kInvalidArgument, "rate is 7999 Hz"},
           {{192001}, absl::StatusCode::kInvalidArgument, "rate is 192001 Hz"},
           {{24000, -1}, absl::StatusCode::kInvalidArgument, "starts at -1 s"},
           {{24000, kNan}, absl::StatusCode::kInvalidArgument, "starts at nan"},
           {{24000, 0, -1}, absl::StatusCode::kInvalidArgument, "lasts -1 s"},
           {{24000, 0, kNan}, absl::StatusCode::kInvalidArgument, "lasts nan"},
           {{24000, 0.0125},
            absl::StatusCode::kOutOfRange,
            "starts at 0.0125 s, but the audio ends at 0.0125 s"}}) {
    EXPECT_THAT(
        Load(wav, test.options),
        StatusIs(test.code, AllOf(HasSubstr(kPath), HasSubstr(test.message))));
  }
}

TEST(MonoReaderTest, GivesInPiecesWhatLoadMonoGives) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically(
                  "/a.wav", Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2,
                                   Interleave(Sine(440, 44100, 300000), 2))),
              IsOk());
  const auto reader = MonoReader::Open(files, "/a.wav");
  ASSERT_THAT(reader, IsOk());
  EXPECT_EQ((*reader)->expected_samples(),
            ResampledLength(300000, 44100, 24000));
  std::vector<float> all;
  std::vector<float> piece;
  std::size_t largest = 0;
  do {
    ASSERT_THAT((*reader)->Read(&piece), IsOk());
    largest = std::max(largest, piece.size());
    all.insert(all.end(), piece.begin(), piece.end());
  } while (!piece.empty());
  ASSERT_THAT((*reader)->Read(&piece), IsOk());
  EXPECT_THAT(piece, IsEmpty());
  EXPECT_LT(largest, 100000u);
  const auto whole = LoadMono(files, "/a.wav");
  ASSERT_THAT(whole, IsOk());
  EXPECT_EQ(all, whole->samples);
}

TEST(ReadAudioInfoTest, TellsWhatDecodingGives) {
  const std::vector<float> stereo = Interleave(Sine(440, 44100, 50000), 2);
  for (const int format :
       {SF_FORMAT_WAV | SF_FORMAT_PCM_24, SF_FORMAT_AIFF | SF_FORMAT_FLOAT,
        SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS,
        SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}) {
    const std::string file = Encode(format, 44100, 2, stereo);
    const auto info = Info(file);
    ASSERT_THAT(info, IsOk());
    EXPECT_EQ(info->frames, 50000u);
    EXPECT_EQ(info->rate_hz, 44100);
    EXPECT_EQ(info->channels, 2);
    EXPECT_DOUBLE_EQ(info->seconds(), 50000 / 44100.0);
    EXPECT_FALSE(info->truncation.has_value());
    EXPECT_THAT(info->decoder, HasSubstr("lib"));
    const auto audio = Load(file);
    ASSERT_THAT(audio, IsOk());
    EXPECT_EQ(audio->info.frames, info->frames);
    EXPECT_EQ(audio->info.encoding, info->encoding);
  }
}

TEST(DecoderVersionsTest, NamesTheLoadedLibraries) {
  const DecoderVersions versions = LoadedDecoderVersions();
  EXPECT_THAT(versions.sndfile, MatchesRegex("libsndfile [0-9].*"));
  EXPECT_THAT(versions.mpg123, MatchesRegex("libmpg123 API [0-9]+, .+"));
  EXPECT_THAT(versions.soxr, MatchesRegex("libsoxr [0-9].* HQ"));
}

}  // namespace
}  // namespace culturemert
