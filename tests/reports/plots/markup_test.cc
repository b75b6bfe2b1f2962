#include "reports/plots/markup.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "reports/plots/characters.h"

namespace culturemert {
namespace {

TEST(MarkupTest, WhatMeansSomethingInMarkupBecomesEntities) {
  EXPECT_EQ(EscapeMarkup("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(MarkupTest, LettersOfAllScriptsStay) {
  EXPECT_EQ(EscapeMarkup("İlahi Λύρα ragā 音"), "İlahi Λύρα ragā 音");
}

TEST(MarkupTest, LineFeedsAndTabsBecomeSpaces) {
  EXPECT_EQ(EscapeMarkup("a\nb\tc\rd"), "a b c d");
}

TEST(MarkupTest, WhatXmlForbidsIsReplaced) {
  EXPECT_EQ(EscapeMarkup(absl::string_view("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(EscapeMarkup("a\x1B[31mb"), "a\uFFFD[31mb");
  EXPECT_EQ(EscapeMarkup("a\xC2\x85z"), "a\uFFFDz");
  EXPECT_EQ(EscapeMarkup("a\xEF\xBF\xBE"), "a\uFFFD");  // U+FFFE
}

TEST(MarkupTest, EachIllFormedByteIsReplaced) {
  EXPECT_EQ(EscapeMarkup("a\xFF\xE2\x82z"), "a\uFFFD\uFFFD\uFFFDz");
  EXPECT_EQ(EscapeMarkup("\xC0\xBC"), "\uFFFD\uFFFD");  // An overlong "<".
}

TEST(MarkupTest, WhatTurnsTheReadingDirectionIsReplaced) {
  EXPECT_EQ(EscapeMarkup("a\u202Eb\u2066c\u200F"), "a\uFFFDb\uFFFDc\uFFFD");
}

TEST(MarkupTest, IdsHoldLettersDigitsAndHyphens) {
  EXPECT_EQ(MarkupId("mini-a.b/c \"λ"), "mini-a-b-c----");
}

TEST(CharactersTest, TextThatFitsStaysWhole) {
  EXPECT_EQ(ShortenText("Lyra", 10, 100), "Lyra");
  EXPECT_EQ(ShortenText("", 10, 0), "");
}

TEST(CharactersTest, TextThatDoesNotFitEndsInAnEllipsis) {
  const std::string shortened = ShortenText("Κρητική λύρα", 10, 50);
  EXPECT_EQ(shortened, "Κρητικ…");
  EXPECT_LE(EstimateTextWidth(shortened, 10), 50);
}

TEST(CharactersTest, CombiningMarksTakeNoRoom) {
  EXPECT_EQ(EstimateTextWidth("a\u0301", 10), EstimateTextWidth("a", 10));
}

TEST(CharactersTest, OnlyAHyphenInFrontBecomesAMinusSign) {
  EXPECT_EQ(WithMinusSign("-1.5"), "−1.5");
  EXPECT_EQ(WithMinusSign("+1.5"), "+1.5");
  EXPECT_EQ(WithMinusSign("1-2"), "1-2");
}

}  // namespace
}  // namespace culturemert
