#include "datasets/audio/announced_length.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sndfile.h"
#include "tests/datasets/audio/test_audio.h"

namespace culturemert {
namespace {

const std::vector<float>& Samples() {
  static const auto& samples =
      *new std::vector<float>(Interleave(Sine(440, 44100, 10000), 2));
  return samples;
}

// Of libsndfile's WAV files with 16-bit samples.
constexpr std::size_t kWavSize = 4;
constexpr std::size_t kWavDataSize = 40;
constexpr std::size_t kWavDataBytes = 40000;

std::string Wav() {
  return Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, Samples());
}

std::string LittleEndianBytes(std::uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i)));
  }
  return bytes;
}

TEST(WavLengthTest, TellsAnnouncedAndAvailableBytes) {
  for (const std::size_t size : {44, 45, 20000, 40043, 40044}) {
    const std::string wav = Wav().substr(0, size);
    const auto length = WavLength(AsSpan(wav));
    ASSERT_TRUE(length.has_value());
    EXPECT_EQ(length->data_bytes, kWavDataBytes);
    EXPECT_EQ(length->available_bytes, size - 44);
    EXPECT_TRUE(length->patches.empty());
  }
}

TEST(WavLengthTest, KnowsNoneWithoutADataChunk) {
  EXPECT_FALSE(WavLength(AsSpan(Wav().substr(0, 43))).has_value());
  EXPECT_FALSE(WavLength(AsSpan(Wav().substr(0, 12))).has_value());
}

TEST(WavLengthTest, SizesOfUnfinishedHeadersAreNoLength) {
  for (const std::uint32_t size :
       {0xffffffffu, 0xffffff00u, 0x80000000u, 0x7fffffffu, 0x7ffff000u}) {
    const std::string wav =
        Overwrite(Wav(), kWavDataSize, LittleEndianBytes(size));
    const auto length = WavLength(AsSpan(wav));
    ASSERT_TRUE(length.has_value());
    EXPECT_FALSE(length->data_bytes.has_value()) << size;
    ASSERT_EQ(length->patches.size(), 1u);
    EXPECT_EQ(length->patches[0].offset, kWavDataSize);
    EXPECT_EQ(length->patches[0].bytes, LittleEndianBytes(kWavDataBytes));
  }
  const auto plain = WavLength(
      AsSpan(Overwrite(Wav(), kWavDataSize, LittleEndianBytes(0x7ffff001))));
  EXPECT_EQ(plain->data_bytes, 0x7ffff001u);
}

TEST(WavLengthTest, ZeroIsUnknownOnlyInAHeaderThatWasNeverFinished) {
  const std::string empty =
      Overwrite(Wav(), kWavDataSize, LittleEndianBytes(0));
  EXPECT_EQ(WavLength(AsSpan(empty))->data_bytes, 0u);
  for (const std::uint32_t riff : {0u, 0xffffffffu}) {
    const std::string wav = Overwrite(empty, kWavSize, LittleEndianBytes(riff));
    EXPECT_FALSE(WavLength(AsSpan(wav))->data_bytes.has_value());
  }
  const std::string header =
      Overwrite(empty, kWavSize, LittleEndianBytes(0)).substr(0, 44);
  EXPECT_EQ(WavLength(AsSpan(header))->data_bytes, 0u);
}

TEST(WavLengthTest, ReadsTheSixtyFourBitSizesOfRf64) {
  std::string wav("RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0", 20);
  wav += std::string("\0\0\0\0\x02\0\0\0", 8);    // RIFF
  wav += std::string("\x04\0\0\0\x01\0\0\0", 8);  // data
  wav += std::string(12, '\0') + "data\xff\xff\xff\xff";
  wav += "abcd";
  const auto length = WavLength(AsSpan(wav));
  ASSERT_TRUE(length.has_value());
  EXPECT_EQ(length->data_bytes, 0x100000004u);
  EXPECT_EQ(length->available_bytes, 4u);
}

TEST(AiffLengthTest, TellsAnnouncedFrames) {
  const std::string aiff =
      Encode(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 44100, 2, Samples());
  const auto length = AiffLength(AsSpan(aiff));
  ASSERT_TRUE(length.has_value());
  EXPECT_EQ(length->frames, 10000u);
  EXPECT_EQ(length->available_bytes, 40000u);
  EXPECT_FALSE(AiffLength(AsSpan(aiff.substr(0, 50))).has_value());
}

std::string Flac() {
  return Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, Samples());
}

TEST(FlacLengthTest, TellsTheTotalAndHidesItFromTheDecoder) {
  const std::string flac = Flac();
  const auto length = FlacLength(AsSpan(flac));
  ASSERT_TRUE(length.has_value());
  EXPECT_EQ(length->frames, 10000u);
  ASSERT_EQ(length->patches.size(), 1u);
  const std::string hidden =
      Overwrite(flac, length->patches[0].offset, length->patches[0].bytes);
  const auto unknown = FlacLength(AsSpan(hidden));
  ASSERT_TRUE(unknown.has_value());
  EXPECT_FALSE(unknown->frames.has_value());
  EXPECT_TRUE(unknown->patches.empty());
}

TEST(FlacLengthTest, KnowsNoneOfOtherFiles) {
  EXPECT_FALSE(FlacLength(AsSpan("fLaC and nothing more")).has_value());
}

}  // namespace
}  // namespace culturemert
