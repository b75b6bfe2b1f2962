#include "datasets/audio/audio_format.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Text(absl::Span<const std::uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

TEST(DetectFormatTest, GoesByTheSignature) {
  const std::vector<std::pair<std::string, AudioFormat>> cases = {
      {"RIFF....WAVE", AudioFormat::kWav},
      {"RIFX....WAVE", AudioFormat::kWav},
      {"RF64....WAVE", AudioFormat::kWav},
      {"FORM....AIFF", AudioFormat::kAiff},
      {"FORM....AIFC", AudioFormat::kAiff},
      {"fLaC", AudioFormat::kFlac},
      {"OggS", AudioFormat::kOggVorbis},
      {"\xff\xfb\x90\x64", AudioFormat::kMp3},
      {std::string("\0\0\0\xff\xfb", 5), AudioFormat::kMp3},
  };
  for (const auto& [bytes, format] : cases) {
    EXPECT_THAT(DetectFormat(AsSpan(bytes)), IsOkAndHolds(format)) << bytes;
  }
}

TEST(DetectFormatTest, SaysWhatItFoundInstead) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "an empty file"},
      {"RIFF....AVI ", "a RIFF file of another kind than WAVE"},
      {"FORM....8SVX", "a FORM file of another kind than AIFF"},
      {"....ftypM4A ", "an MP4 or QuickTime file"},
      {"\xff\xf1\x50\x80", "an AAC stream"},
      {"%PDF-1.4", "a PDF file"},
      {"PK\x03\x04", "a ZIP archive"},
      {"\xff\xd8\xff\xe0", "a JPEG picture"},
      {"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer"},
      {"<html><body>404", "text, \"<html><body>404\""},
      {"caf\xc3\xa9", "text, \"caf\xc3\xa9\""},
  };
  for (const auto& [bytes, found] : cases) {
    EXPECT_THAT(DetectFormat(AsSpan(bytes)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(found), HasSubstr("expected WAV"))))
        << bytes;
  }
}

TEST(WithoutTagsTest, TakesOffWhatProgramsPutAround) {
  const std::string audio = "the audio";
  const std::string id3v1 = "TAG" + std::string(125, 'x');
  std::string ape = std::string(40, 'i') + "APETAGEX";
  ape += std::string("\xd0\x07\0\0\x48\0\0\0\x01\0\0\0\0\0\0\0", 16) +
         std::string(8, '\0');
  for (const std::string& before :
       {std::string(), Id3Tag(10), Id3Tag(3000), Id3Tag(200) + Id3Tag(50)}) {
    for (const std::string& behind : {std::string(), id3v1, ape, ape + id3v1}) {
      const std::string file = before + audio + behind;
      EXPECT_EQ(Text(WithoutTags(AsSpan(file))), audio);
    }
  }
}

TEST(WithoutTagsTest, LeavesWhatOnlyLooksLikeATag) {
  const std::vector<std::string> files = {
      "ID3", std::string("ID3\x04\0\0\x80\0\0\0 and so on", 19), "TAG",
      "APETAGEX"};
  for (const std::string& file : files) {
    EXPECT_EQ(Text(WithoutTags(AsSpan(file))), file);
  }
}

TEST(LeadingId3BytesTest, ATagCutOffEndsWithTheFile) {
  const std::string tag = Id3Tag(3000);
  for (const std::size_t size : {10, 11, 2999, 3000}) {
    EXPECT_EQ(LeadingId3Bytes(AsSpan(tag.substr(0, size))), size);
  }
}

}  // namespace
}  // namespace culturemert
