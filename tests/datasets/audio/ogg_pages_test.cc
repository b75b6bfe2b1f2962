#include "datasets/audio/ogg_pages.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sndfile.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kVorbis = SF_FORMAT_OGG | SF_FORMAT_VORBIS;

const std::string& Vorbis() {
  static const auto& ogg =
      *new std::string(Encode(kVorbis, 44100, 1, Sine(440, 44100, 200000)));
  return ogg;
}

std::vector<std::size_t> PageEnds(const std::string& ogg) {
  std::vector<std::size_t> ends;
  for (std::size_t offset = ogg.find("OggS"); offset != std::string::npos;
       offset = ogg.find("OggS", offset + 1)) {
    if (offset > 0) ends.push_back(offset);
  }
  ends.push_back(ogg.size());
  return ends;
}

TEST(WalkOggPagesTest, CountsPagesAndFrames) {
  const auto pages = WalkOggPages(AsSpan(Vorbis()));
  ASSERT_THAT(pages, IsOk());
  EXPECT_EQ(pages->pages, PageEnds(Vorbis()).size());
  EXPECT_EQ(pages->frames, 200000u);
  // Three headers, and blocks of at most 1,024 frames each way.
  EXPECT_GT(pages->packets, 200000u / 1024);
  EXPECT_TRUE(pages->is_ended);
  EXPECT_EQ(pages->whole_bytes, Vorbis().size());
  EXPECT_EQ(pages->cut_page_bytes, 0u);
  EXPECT_EQ(pages->trailing_bytes, 0u);
}

TEST(WalkOggPagesTest, EveryTruncationShows) {
  const std::vector<std::size_t> ends = PageEnds(Vorbis());
  for (std::size_t size = 4; size < Vorbis().size(); size += 3) {
    const auto pages = WalkOggPages(AsSpan(Vorbis().substr(0, size)));
    ASSERT_THAT(pages, IsOk()) << size;
    EXPECT_FALSE(pages->is_ended) << size;
    EXPECT_EQ(
        pages->whole_bytes + pages->cut_page_bytes + pages->trailing_bytes,
        size);
  }
  ASSERT_GE(ends.size(), 4u);
  const auto pages = WalkOggPages(AsSpan(Vorbis().substr(0, ends[2])));
  ASSERT_THAT(pages, IsOk());
  EXPECT_EQ(pages->cut_page_bytes, 0u);
  EXPECT_FALSE(pages->is_ended);
}

TEST(WalkOggPagesTest, AnyFlippedBitShows) {
  for (std::size_t byte = 0; byte < Vorbis().size(); byte += 7) {
    std::string damaged = Vorbis();
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << byte % 8));
    const auto pages = WalkOggPages(AsSpan(damaged));
    // Where a page's size is hit it may seem to be cut off instead.
    EXPECT_TRUE(!pages.ok() || !pages->is_ended ||
                pages->whole_bytes != damaged.size())
        << byte;
  }
}

TEST(WalkOggPagesTest, NamesAMissingPage) {
  const std::vector<std::size_t> ends = PageEnds(Vorbis());
  const std::string without =
      Vorbis().substr(0, ends[1]) + Vorbis().substr(ends[2]);
  EXPECT_THAT(WalkOggPages(AsSpan(without)),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("Ogg page 3 follows page 1")));
}

TEST(WalkOggPagesTest, NamesBytesBetweenPages) {
  const std::vector<std::size_t> ends = PageEnds(Vorbis());
  const std::string with =
      Vorbis().substr(0, ends[2]) + "rubbish" + Vorbis().substr(ends[2]);
  EXPECT_THAT(WalkOggPages(AsSpan(with)),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("7 bytes at byte"),
                             HasSubstr("are no Ogg page"))));
}

TEST(WalkOggPagesTest, NamesASecondStream) {
  const std::string chained =
      Vorbis() + Encode(kVorbis, 22050, 1, Sine(440, 22050, 1000));
  EXPECT_THAT(WalkOggPages(AsSpan(chained)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a second stream starts at byte")));
  // The same stream once more, with the same serial number.
  EXPECT_THAT(WalkOggPages(AsSpan(Vorbis() + Vorbis())),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a second stream starts at byte")));
}

TEST(WalkOggPagesTest, CountsWhatFollowsTheLastPage) {
  const auto pages = WalkOggPages(AsSpan(Vorbis() + "something else"));
  ASSERT_THAT(pages, IsOk());
  EXPECT_EQ(pages->trailing_bytes, 14u);
  EXPECT_TRUE(pages->is_ended);
}

}  // namespace
}  // namespace culturemert
