#include "tools/base/text/utf8.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::Each;
using ::testing::Ge;
using ::testing::SizeIs;

// UTF-8 of any number up to 0x1FFFFF, whether it is a character or not.
std::string Encoded(std::uint32_t code, int bytes) {
  if (bytes == 1) return std::string(1, static_cast<char>(code));
  std::string text;
  for (int i = 0; i < bytes - 1; ++i) {
    text.insert(text.begin(), static_cast<char>(0x80 | (code & 0x3F)));
    code >>= 6;
  }
  const int lead = bytes == 2 ? 0xC0 : bytes == 3 ? 0xE0 : 0xF0;
  text.insert(text.begin(), static_cast<char>(lead | code));
  return text;
}

int ShortestForm(std::uint32_t code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

TEST(Utf8Test, AcceptsExactlyTheCharactersInTheirShortestForm) {
  constexpr std::uint32_t kLimit[] = {0, 0x80, 0x800, 0x10000, 0x200000};
  for (int bytes = 1; bytes <= 4; ++bytes) {
    for (std::uint32_t code = 0; code < kLimit[bytes]; ++code) {
      const bool valid = ShortestForm(code) == bytes && code <= 0x10FFFF &&
                         (code < 0xD800 || code > 0xDFFF);
      ASSERT_EQ(IsValidUtf8(Encoded(code, bytes)), valid)
          << code << " in " << bytes << " bytes";
    }
  }
}

TEST(Utf8Test, RefusesEveryCharacterCutShort) {
  for (const std::uint32_t code : {0xE9u, 0x20ACu, 0x1F3B5u}) {
    const std::string whole = Encoded(code, ShortestForm(code));
    for (std::size_t size = 1; size < whole.size(); ++size) {
      const std::string cut = whole.substr(0, size);
      EXPECT_FALSE(IsValidUtf8(cut));
      EXPECT_FALSE(IsValidUtf8(cut + "a"));
      EXPECT_FALSE(IsValidUtf8(cut + whole));
    }
  }
}

TEST(Utf8Test, CountsTheBytesBeforeTheFirstDefect) {
  EXPECT_EQ(ValidUtf8Length(""), 0u);
  EXPECT_EQ(ValidUtf8Length("né"), 3u);
  EXPECT_EQ(ValidUtf8Length("n\xC3\xA9\xFFx"), 3u);
  EXPECT_EQ(ValidUtf8Length("\x80"), 0u);
}

TEST(Utf8Test, CountsCharactersNotBytes) {
  EXPECT_EQ(CountCharacters(""), 0u);
  EXPECT_EQ(CountCharacters("türkü ♫"), 7u);
}

TEST(Utf8Test, TellsWhatMayBeShownAsItStands) {
  for (std::uint32_t code = 0; code < 0x10000; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    const bool control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
    ASSERT_EQ(IsPrintable(Encoded(code, ShortestForm(code))), !control) << code;
  }
  EXPECT_TRUE(IsPrintable(""));
  EXPECT_FALSE(IsPrintable("a\xFF"));
}

TEST(QuoteForMessageTest, EscapesWhatCouldControlATerminal) {
  EXPECT_EQ(QuoteForMessage("a\"b\\c\nd\te"), R"("a\"b\\c\nd\te")");
  EXPECT_EQ(QuoteForMessage("\x1b[31m\x7f"), R"("\u001b[31m\u007f")");
  EXPECT_EQ(QuoteForMessage("\xC2\x9B"), R"("\u009b")");
  EXPECT_EQ(QuoteForMessage("ü\xFF"), "\"ü\\xff\"");
  for (int byte = 0; byte < 256; ++byte) {
    const std::string quoted =
        QuoteForMessage(std::string(1, static_cast<char>(byte)));
    EXPECT_THAT(quoted, Each(Ge(' '))) << byte;
  }
}

TEST(QuoteForMessageTest, CutsLongTextAtACharacter) {
  EXPECT_EQ(QuoteForMessage("abcdef", 6), "\"abcdef\"");
  EXPECT_EQ(QuoteForMessage("abcdefg", 6), "\"abcdef…\"");
  const std::string long_text(1'000'000, 'x');
  EXPECT_THAT(QuoteForMessage(long_text), SizeIs(85));
  std::string notes;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&notes, "♫");
  EXPECT_TRUE(IsValidUtf8(QuoteForMessage(notes)));
}

}  // namespace
}  // namespace culturemert
