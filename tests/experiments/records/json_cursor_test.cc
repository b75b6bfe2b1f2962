#include "experiments/records/json_cursor.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/strict_json.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool IsRead(absl::string_view text) {
  JsonCursor cursor(text);
  return cursor.Skip() && cursor.End();
}

TEST(JsonCursorTest, ReadsEachKindOfValue) {
  JsonCursor cursor(
      " { \"a\" : [ 1 , -2.5e3 , true , null ] , \"b\" : \"x\\n\\u00e9\\ud834"
      "\\udd1e\\/\" , \"c\" : -7 , \"d\": 18446744073709551615 } ");
  std::vector<std::string> keys;
  double one = 0, number = 0;
  bool flag = false;
  std::string text;
  std::int64_t negative = 0;
  std::uint64_t largest = 0;
  const bool read = cursor.Object([&](absl::string_view key) {
    keys.emplace_back(key);
    if (key == "b") return cursor.String(&text);
    if (key == "c") return cursor.Signed(&negative);
    if (key == "d") return cursor.Unsigned(&largest);
    return cursor.List([&](std::size_t i) {
      if (i == 0) return cursor.Double(&one);
      if (i == 1) return cursor.Double(&number);
      return i == 2 ? cursor.Bool(&flag) : cursor.IsNull() && cursor.Null();
    });
  });
  EXPECT_TRUE(read && cursor.End()) << cursor.error();
  EXPECT_THAT(keys, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(one, 1);
  EXPECT_EQ(number, -2500);
  EXPECT_TRUE(flag);
  EXPECT_EQ(text, "x\n\u00e9\U0001d11e/");
  EXPECT_EQ(negative, -7);
  EXPECT_EQ(largest, std::numeric_limits<std::uint64_t>::max());
}

// The plain reference is ParseJson, which builds a tree.
TEST(JsonCursorTest, TakesAndRefusesWhatTheTreeParserDoes) {
  const std::vector<std::string> texts = {"",
                                          " ",
                                          "null",
                                          "nul",
                                          "nullx",
                                          "true",
                                          "False",
                                          "0",
                                          "-0",
                                          "00",
                                          "01",
                                          "-",
                                          "+1",
                                          "1.",
                                          ".5",
                                          "1.5",
                                          "1e5",
                                          "1e",
                                          "1e+",
                                          "1E-2",
                                          "1e999",
                                          "1e-999",
                                          "0e999",
                                          "0.0e-999",
                                          "1e-310",
                                          "-1.0",
                                          "NaN",
                                          "Infinity",
                                          "1 2",
                                          "\"a",
                                          "\"a\"",
                                          "\"\\x\"",
                                          "\"\\u12\"",
                                          "\"\\u12g4\"",
                                          "\"\\ud800\"",
                                          "\"\\udc00\"",
                                          "\"\\ud800\\u0041\"",
                                          "\"\\ud800\\udc00\"",
                                          "\"\n\"",
                                          "\"\xff\"",
                                          "\"\xc3\xa9\"",
                                          "[",
                                          "]",
                                          "[]",
                                          "[1,]",
                                          "[,1]",
                                          "[1 2]",
                                          "[1,2]",
                                          "{}",
                                          "{",
                                          "{\"a\"}",
                                          "{\"a\":}",
                                          "{\"a\":1,}",
                                          "{\"a\":1}",
                                          "{a:1}",
                                          "{\"a\":1 \"b\":2}",
                                          "[1}",
                                          "{\"a\":1]",
                                          "\xEF\xBB\xBF{}",
                                          "/**/1",
                                          "\"\\u0000\"",
                                          "[[[[]]]]",
                                          "{\"a\":{\"b\":[{}]}}",
                                          std::string("1\0", 2),
                                          "\"\\\"\"",
                                          "1//"};
  for (const std::string& text : texts) {
    const bool expected = ParseJson(text, "x").ok();
    EXPECT_EQ(IsRead(text), expected) << text;
  }
}

TEST(JsonCursorTest, NestsAsDeepAsTheTreeParser) {
  for (const int depth : {63, 64, 65, 100000}) {
    const std::string text = std::string(depth, '[') + std::string(depth, ']');
    EXPECT_EQ(IsRead(text), depth <= JsonCursor::kMaxDepth) << depth;
    EXPECT_EQ(ParseJson(text, "x").ok(), depth <= JsonCursor::kMaxDepth);
  }
}

TEST(JsonCursorTest, ReadsDoublesToTheSameBits) {
  for (const double value :
       {0.1, -0.0, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308,
        1.0 / 3, 123456789012345680.0}) {
    const std::string text = nlohmann::json(value).dump();
    JsonCursor cursor(text);
    double read = 1;
    ASSERT_TRUE(cursor.Double(&read)) << text;
    EXPECT_EQ(read, value);
    EXPECT_EQ(std::signbit(read), std::signbit(value));
  }
}

TEST(JsonCursorTest, RefusesIntegersThatDoNotFit) {
  std::uint64_t number = 0;
  std::int64_t negative = 0;
  for (const char* text : {"-1", "18446744073709551616", "1.0", "1e2", "x"}) {
    EXPECT_FALSE(JsonCursor(text).Unsigned(&number)) << text;
  }
  for (const char* text : {"9223372036854775808", "-9223372036854775809"}) {
    EXPECT_FALSE(JsonCursor(text).Signed(&negative)) << text;
  }
}

TEST(JsonCursorTest, SaysWhereTheFirstErrorIs) {
  JsonCursor cursor("[1, oops]");
  double number = 0;
  EXPECT_FALSE(
      cursor.List([&](std::size_t) { return cursor.Double(&number); }));
  EXPECT_EQ(cursor.error(), "byte 5: found \"oops]\", expected a number");
  EXPECT_FALSE(cursor.Skip());
  EXPECT_FALSE(cursor.Fail("something later"));
  EXPECT_THAT(cursor.error(), HasSubstr("byte 5"));
}

TEST(JsonCursorTest, GivesTheTextOfWhatItSkips) {
  JsonCursor cursor("  {\"a\" : [1, 2]}  ");
  absl::string_view raw;
  ASSERT_TRUE(cursor.Skip(&raw));
  EXPECT_EQ(raw, "{\"a\" : [1, 2]}");
}

}  // namespace
}  // namespace culturemert
