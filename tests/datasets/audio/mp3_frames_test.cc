#include "datasets/audio/mp3_frames.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::_;

// One second in frames of 417 or 418 bytes, the first with information.
const std::string& OneSecond() {
  static const auto& mp3 =
      *new std::string(EncodeMp3(44100, 1, Sine(440, 44100, 44100)));
  return mp3;
}

// A header of MPEG-1 Layer III at 128 kbit/s and 44.1 kHz with empty contents.
std::string SilentFrame(int mode = 3) {
  std::string frame("\xff\xfb\x90\x00", 4);
  frame[3] = static_cast<char>(mode << 6);
  frame.resize(417, '\0');
  return frame;
}

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(ParseMp3HeaderTest, KnowsTheSizeOfEveryHeader) {
  // ISO/IEC 11172-3, table of bit rates, and its extension in 13818-3.
  int headers = 0;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::uint8_t bytes[4] = {0xff, static_cast<std::uint8_t>(first),
                                     static_cast<std::uint8_t>(second), 0};
      const auto header = ParseMp3Header(bytes);
      if (!header.has_value()) continue;
      ++headers;
      EXPECT_GE(header->rate_hz, 8000);
      EXPECT_LE(header->rate_hz, 48000);
      if (header->bitrate_kbps == 0) {
        EXPECT_EQ(header->size_bytes, 0u);
        continue;
      }
      // A frame lasts as long as its bits at its rate, but for the padding.
      const double bytes_exact = header->frame_samples() *
                                 (header->bitrate_kbps * 125.0) /
                                 header->rate_hz;
      const int padding = second >> 1 & 1;
      EXPECT_EQ(header->size_bytes,
                static_cast<std::uint32_t>(bytes_exact) + padding);
    }
  }
  // 3 versions, with and without checksum, 15 bit rates, 3 rates, padding and
  // the private bit.
  EXPECT_EQ(headers, 3 * 2 * 15 * 3 * 4);
}

TEST(ParseMp3HeaderTest, RefusesEveryOtherStart) {
  EXPECT_FALSE(ParseMp3Header(AsSpan("")).has_value());
  EXPECT_FALSE(ParseMp3Header(AsSpan("\xff\xfb\x90")).has_value());
  for (int first = 0; first < 255; ++first) {
    const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(first), 0xfb, 0x90,
                                   0};
    EXPECT_FALSE(ParseMp3Header(bytes).has_value());
  }
}

TEST(FindMp3FramesTest, ReadsTheInformationFrameOfLame) {
  const auto layout = FindMp3Frames(AsSpan(OneSecond()));
  ASSERT_THAT(layout, IsOk());
  EXPECT_EQ(layout->first.rate_hz, 44100);
  EXPECT_EQ(layout->first.channels, 1);
  EXPECT_EQ(layout->frames, Mp3FrameOffsets(OneSecond()).size() - 1);
  EXPECT_EQ(layout->announced_frames, layout->frames);
  ASSERT_TRUE(layout->delay_samples.has_value());
  EXPECT_EQ(layout->end_sample() - layout->begin_sample(), 44100u);
  EXPECT_EQ(layout->skipped_bytes, 0u);
  EXPECT_EQ(layout->runs.size(), 1u);
}

TEST(FindMp3FramesTest, CountsFramesOfFilesWithoutInformation) {
  const std::string mp3 = WithoutFirstMp3Frame(OneSecond());
  const auto layout = FindMp3Frames(AsSpan(mp3));
  ASSERT_THAT(layout, IsOk());
  EXPECT_EQ(layout->frames, Mp3FrameOffsets(mp3).size());
  EXPECT_FALSE(layout->announced_frames.has_value());
  EXPECT_EQ(layout->begin_sample(), 0u);
  EXPECT_EQ(layout->end_sample(), layout->frames * 1152);
}

TEST(FindMp3FramesTest, EveryTruncationIsAccountedForToTheByte) {
  const std::string mp3 = Repeat(SilentFrame(), 5);
  for (std::size_t size = 0; size <= mp3.size(); ++size) {
    const auto layout = FindMp3Frames(AsSpan(mp3.substr(0, size)));
    if (size < 417) {
      EXPECT_THAT(layout, StatusIs(absl::StatusCode::kInvalidArgument, _))
          << size;
      continue;
    }
    ASSERT_THAT(layout, IsOk()) << size;
    EXPECT_EQ(layout->frames, size / 417);
    EXPECT_EQ(layout->cut_frame_bytes + layout->skipped_bytes, size % 417);
    EXPECT_EQ(layout->cut_frame_bytes > 0, size % 417 >= 4);
  }
}

TEST(FindMp3FramesTest, CountsTheBytesOfGaps) {
  for (const std::size_t gap : {1, 3, 100, 5000, 300000}) {
    const std::string mp3 = Repeat(SilentFrame(), 4) + std::string(gap, 'x') +
                            Repeat(SilentFrame(), 4);
    const auto layout = FindMp3Frames(AsSpan(mp3));
    ASSERT_THAT(layout, IsOk());
    EXPECT_EQ(layout->frames, 8u) << gap;
    EXPECT_EQ(layout->skipped_bytes, gap);
    EXPECT_EQ(layout->first_gap_offset, 4 * 417u);
    ASSERT_EQ(layout->runs.size(), 2u);
    EXPECT_EQ(layout->runs[1].offset, 4 * 417 + gap);
  }
}

TEST(FindMp3FramesTest, SkipsHeadersThatOnlyChanceMade) {
  // A header with nothing at the distance it tells.
  const std::string lone = "\xff\xfb\x90\x40" + std::string(50, 'x');
  const auto layout = FindMp3Frames(AsSpan(lone + Repeat(SilentFrame(), 3) +
                                           lone + Repeat(SilentFrame(), 3)));
  ASSERT_THAT(layout, IsOk());
  EXPECT_EQ(layout->frames, 6u);
  EXPECT_EQ(layout->skipped_bytes, 2 * lone.size());
}

TEST(FindMp3FramesTest, TagsBetweenFramesAreNoGaps) {
  const std::string frames = Repeat(SilentFrame(), 4);
  const std::string id3v1 = "TAG" + std::string(125, 'x');
  std::string ape("APETAGEX\xd0\x07\0\0\x40\0\0\0", 16);
  ape.resize(32 + 64, 'x');
  for (const std::string& tag : {Id3Tag(5000), id3v1, ape, ape + id3v1}) {
    const auto layout = FindMp3Frames(AsSpan(frames + tag + frames));
    ASSERT_THAT(layout, IsOk());
    EXPECT_EQ(layout->frames, 8u);
    EXPECT_EQ(layout->skipped_bytes, 0u);
  }
}

TEST(FindMp3FramesTest, TellsBitRatesThatVary) {
  std::string slow("\xff\xfb\x10\xc0", 4);  // 32 kbit/s
  slow.resize(104, '\0');
  const auto layout = FindMp3Frames(AsSpan(Repeat(SilentFrame() + slow, 3)));
  ASSERT_THAT(layout, IsOk());
  EXPECT_EQ(layout->frames, 6u);
  EXPECT_EQ(layout->min_bitrate_kbps, 32);
  EXPECT_EQ(layout->max_bitrate_kbps, 128);
}

TEST(FindMp3FramesTest, ReadsTheFrameCountOfVbri) {
  std::string information = SilentFrame();
  information.replace(36, 4, "VBRI");
  information.replace(50, 4, std::string("\0\0\0\x07", 4));
  const auto layout =
      FindMp3Frames(AsSpan(information + Repeat(SilentFrame(), 7)));
  ASSERT_THAT(layout, IsOk());
  EXPECT_EQ(layout->frames, 7u);
  EXPECT_EQ(layout->announced_frames, 7u);
  EXPECT_FALSE(layout->delay_samples.has_value());
}

TEST(Mp3LayoutTest, DelayAndPaddingAreTakenOffWithinWhatIsThere) {
  Mp3Layout layout;
  layout.frames = 10;
  EXPECT_EQ(layout.begin_sample(), 0u);
  EXPECT_EQ(layout.end_sample(), 11520u);
  layout.delay_samples = 576;
  layout.padding_samples = 1000;
  EXPECT_EQ(layout.begin_sample(), 1105u);
  EXPECT_EQ(layout.end_sample(), 11520u - 1000 + 529);
  layout.padding_samples = 100;  // The decoder's own delay swallows it.
  EXPECT_EQ(layout.end_sample(), 11520u);
  layout.padding_samples = 1000;
  layout.announced_frames = 12;  // The end is missing, padding and all.
  EXPECT_EQ(layout.end_sample(), 11520u);
  layout.announced_frames = 8;  // More than announced is kept.
  EXPECT_EQ(layout.end_sample(), 11520u);
  layout.frames = 1;
  layout.announced_frames = 1;
  layout.padding_samples = 4095;
  EXPECT_EQ(layout.begin_sample(), layout.end_sample());
  layout.delay_samples = 4095;
  EXPECT_LE(layout.begin_sample(), layout.end_sample());
  EXPECT_LE(layout.end_sample(), 1152u);
}

}  // namespace
}  // namespace culturemert
