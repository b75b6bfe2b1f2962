#include "datasets/audio/wav_writer.h"

#include <cstring>
#include <string>
#include <vector>

#include "datasets/audio/audio_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

TEST(WavWriterTest, WritesTheHeaderOfSixteenBitFiles) {
  MemoryFiles files;
  ASSERT_THAT(WriteWav(files, "/a.wav", {0, 0.5f, -1}, 24000), IsOk());
  const auto bytes = files.Read("/a.wav");
  ASSERT_THAT(bytes, IsOk());
  EXPECT_EQ(*bytes, std::string("RIFF\x2a\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0"
                                "\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0data\x06"
                                "\0\0\0\0\0\0\x40\0\x80",
                                50));
}

TEST(WavWriterTest, WhatIsWrittenIsReadBack) {
  MemoryFiles files;
  const std::vector<float> samples = Sine(440, 24000, 70001);
  ASSERT_THAT(WriteWav(files, "/f.wav", samples, 24000, WavEncoding::kFloat32),
              IsOk());
  const auto exact = LoadMono(files, "/f.wav");
  ASSERT_THAT(exact, IsOk());
  EXPECT_EQ(exact->samples, samples);
  EXPECT_EQ(exact->info.encoding, "float 32 bit");
  EXPECT_FALSE(exact->info.truncation.has_value());

  ASSERT_THAT(WriteWav(files, "/i.wav", samples, 24000), IsOk());
  const auto rounded = LoadMono(files, "/i.wav");
  ASSERT_THAT(rounded, IsOk());
  EXPECT_EQ(rounded->info.encoding, "PCM 16 bit");
  ASSERT_EQ(rounded->samples.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ASSERT_NEAR(rounded->samples[i], samples[i], 0.5 / 32768) << i;
  }
}

TEST(WavWriterTest, WritesIntegersUnchanged) {
  MemoryFiles files;
  ASSERT_THAT(WritePcm16Wav(files, "/a.wav", {1, -2, 32767}, 24000), IsOk());
  EXPECT_THAT(
      files.Read("/a.wav"),
      IsOkAndHolds(std::string("RIFF\x2a\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0"
                               "\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0"
                               "data\x06\0\0\0\x01\0\xfe\xff\xff\x7f",
                               50)));
  EXPECT_THAT(
      WritePcm16Wav(files, "/a.wav", {1}, 0),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/a.wav")));
}

TEST(WavWriterTest, WritesFilesWithoutSamples) {
  for (const WavEncoding encoding :
       {WavEncoding::kPcm16, WavEncoding::kFloat32}) {
    MemoryFiles files;
    ASSERT_THAT(WriteWav(files, "/a.wav", {}, 8000, encoding), IsOk());
    const auto audio = LoadMono(files, "/a.wav");
    ASSERT_THAT(audio, IsOk());
    EXPECT_TRUE(audio->samples.empty());
  }
}

TEST(WavWriterTest, RefusesARateThatIsNone) {
  MemoryFiles files;
  EXPECT_THAT(
      WriteWav(files, "/a.wav", {0}, 0),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/a.wav")));
}

TEST(WavWriterTest, AFaultLeavesTheOldFileOrTheNewOne) {
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(files.WriteAtomically("/a.wav", "old"), IsOk());
  };
  scenario.run = [](Files& files) {
    return WriteWav(files, "/a.wav", {0, 0.5f}, 24000);
  };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto bytes = files.Read("/a.wav");
    ASSERT_THAT(bytes, IsOk());
    if (outcome.reported_ok()) {
      EXPECT_EQ(bytes->size(), 48u);
    } else {
      EXPECT_TRUE(*bytes == "old" || bytes->size() == 48u);
    }
  };
  EXPECT_GT(ForEachFault(scenario), 10u);
}

}  // namespace
}  // namespace culturemert
