#include "datasets/audio/flac_frames.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sndfile.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kFrames = 30000;

std::string MakeFlac(int encoding, int channels) {
  return Encode(SF_FORMAT_FLAC | encoding, 44100, channels,
                Interleave(Sine(440, 44100, kFrames), channels));
}

const std::string& Flac() {
  static const auto& flac = *new std::string(MakeFlac(SF_FORMAT_PCM_16, 1));
  return flac;
}

// Where frames end: where a file cut off there is all whole frames.
const std::vector<std::size_t>& FrameEnds() {
  static const auto& ends = *new auto([] {
    std::vector<std::size_t> found;
    for (std::size_t size = 42; size <= Flac().size(); ++size) {
      const auto walked = WalkFlacFrames(AsSpan(Flac().substr(0, size)));
      if (walked.ok() && walked->whole_bytes == size && walked->frames > 0) {
        found.push_back(size);
      }
    }
    return found;
  }());
  return ends;
}

TEST(WalkFlacFramesTest, CountsTheFramesOfEveryEncoding) {
  for (const int encoding :
       {SF_FORMAT_PCM_S8, SF_FORMAT_PCM_16, SF_FORMAT_PCM_24}) {
    for (const int channels : {1, 2, 6}) {
      const std::string flac = MakeFlac(encoding, channels);
      const auto walked = WalkFlacFrames(AsSpan(flac));
      ASSERT_THAT(walked, IsOk());
      EXPECT_EQ(walked->frames, kFrames);
      EXPECT_EQ(walked->whole_bytes, flac.size());
      EXPECT_EQ(walked->cut_frame_bytes, 0u);
      EXPECT_EQ(walked->trailing_bytes, 0u);
    }
  }
}

TEST(WalkFlacFramesTest, EveryTruncationIsAccountedForToTheByte) {
  EXPECT_EQ(FrameEnds().size(), (kFrames + 4095) / 4096);
  std::uint64_t last_frames = 0;
  for (std::size_t size = 42; size < Flac().size(); size += 3) {
    const auto walked = WalkFlacFrames(AsSpan(Flac().substr(0, size)));
    ASSERT_THAT(walked, IsOk()) << size;
    EXPECT_LT(walked->frames, kFrames);
    EXPECT_GE(walked->frames, last_frames);
    last_frames = walked->frames;
    EXPECT_EQ(
        walked->whole_bytes + walked->cut_frame_bytes + walked->trailing_bytes,
        size);
  }
}

TEST(WalkFlacFramesTest, AnyFlippedBitOfAFrameShows) {
  for (std::size_t byte = FrameEnds()[0]; byte < Flac().size(); byte += 17) {
    std::string damaged = Flac();
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << byte % 8));
    const auto walked = WalkFlacFrames(AsSpan(damaged));
    EXPECT_TRUE(!walked.ok() || walked->frames < kFrames) << byte;
  }
}

TEST(WalkFlacFramesTest, NamesADamagedFrame) {
  struct Case {
    std::size_t byte;
    std::size_t named;
  };
  const std::size_t begin = FrameEnds()[2];
  // With its header damaged the frame before it has no visible end.
  for (const Case& test :
       {Case{begin, FrameEnds()[1]}, Case{begin + 3, FrameEnds()[1]},
        Case{begin + 50, begin}, Case{FrameEnds()[3] - 1, begin}}) {
    std::string damaged = Flac();
    damaged[test.byte] = static_cast<char>(damaged[test.byte] ^ 1);
    EXPECT_THAT(WalkFlacFrames(AsSpan(damaged)),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr(absl::StrCat("the FLAC frame at byte ",
                                                test.named, " or the one"))));
  }
}

TEST(WalkFlacFramesTest, NamesMissingFrames) {
  const std::string without =
      Flac().substr(0, FrameEnds()[1]) + Flac().substr(FrameEnds()[2]);
  EXPECT_THAT(WalkFlacFrames(AsSpan(without)),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("number 3 instead of 2")));
}

TEST(WalkFlacFramesTest, ALastFrameWithOtherBytesBehindItLooksCutOff) {
  const auto walked = WalkFlacFrames(AsSpan(Flac() + "something else"));
  ASSERT_THAT(walked, IsOk());
  const std::size_t last = FrameEnds()[FrameEnds().size() - 2];
  EXPECT_EQ(walked->whole_bytes, last);
  EXPECT_EQ(walked->cut_frame_bytes, Flac().size() + 14 - last);
}

TEST(WalkFlacFramesTest, BytesThatAreNoFrameAreCounted) {
  const auto walked =
      WalkFlacFrames(AsSpan(Flac().substr(0, FrameEnds()[0]) + "rest"));
  ASSERT_THAT(walked, IsOk());
  EXPECT_EQ(walked->frames, 0u);
  const std::string header = Flac().substr(0, walked->whole_bytes);
  const auto none = WalkFlacFrames(AsSpan(header + "no frame at all"));
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(none->trailing_bytes, 15u);
}

}  // namespace
}  // namespace culturemert
