#include "tools/base/config/strict_json.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/config_path.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

JsonOptions Comments() {
  JsonOptions options;
  options.allow_comments = true;
  return options;
}

TEST(ParseJsonTest, ReadsEveryTypeOfValue) {
  const auto value = ParseJson(
      R"( {"a":[null,true,false,"é\u00e9\ud834\udd1e"],"b":{},"c":[],"":1} )",
      "x.json");
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(*value, json({{"a", {nullptr, true, false, "éé𝄞"}},
                          {"b", json::object()},
                          {"c", json::array()},
                          {"", 1}}));
}

TEST(ParseJsonTest, KeepsIntegersOf64BitsExactly) {
  const auto value = ParseJson(
      "[0,-0,9223372036854775807,-9223372036854775808,9223372036854775808,"
      "18446744073709551615]",
      "x.json");
  ASSERT_THAT(value, IsOk());
  const json& list = *value;
  EXPECT_EQ(list[0].get<std::int64_t>(), 0);
  EXPECT_TRUE(list[1].is_number_integer());
  EXPECT_EQ(list[2].get<std::int64_t>(),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(list[3].get<std::int64_t>(),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(list[4].is_number_unsigned());
  EXPECT_EQ(list[4].get<std::uint64_t>(), std::uint64_t{1} << 63);
  EXPECT_EQ(list[5].get<std::uint64_t>(),
            std::numeric_limits<std::uint64_t>::max());
}

TEST(ParseJsonTest, RoundsDoublesCorrectly) {
  const std::vector<std::pair<std::string, double>> cases = {
      {"1.0", 1},
      {"1e3", 1000},
      {"-0.0", -0.0},
      {"0.1", 0.1},
      {"1E+2", 100},
      {"0e5", 0},
      {"0.000", 0},
      {"2.2250738585072014e-308", std::numeric_limits<double>::min()},
      {"5e-324", std::numeric_limits<double>::denorm_min()},
      {"1.7976931348623157e308", std::numeric_limits<double>::max()},
      {"9007199254740993.0", 9007199254740992.0},
      {"7205759403792793199999e-5", 7205759403792793199999e-5},
  };
  for (const auto& [text, expected] : cases) {
    for (const std::string& around : {text, absl::StrCat("\n", text, " ")}) {
      const auto value = ParseJson(around, "x.json");
      ASSERT_THAT(value, IsOk());
      ASSERT_TRUE(value->is_number_float()) << text;
      EXPECT_EQ(value->get<double>(), expected) << text;
      EXPECT_EQ(std::signbit(value->get<double>()), std::signbit(expected));
    }
  }
}

struct BadText {
  std::string text;
  std::string location;
  std::string message;
};

TEST(ParseJsonTest, RefusesWhatIsNotExactlyOneValueAndSaysWhere) {
  const BadText cases[] = {
      {"", "1:1", "literal, found the end of the text"},
      {" \n ", "2:2", "unexpected end of input"},
      {"{", "1:2", "unexpected end of input; expected string literal"},
      {"[1,", "1:4", "unexpected end of input"},
      {"[1,]", "1:4", "unexpected ']'"},
      {"[1,,2]", "1:4", "unexpected ','"},
      {"[1 2]", "1:4", "unexpected number literal; expected ']', found \"2]\""},
      {"{\"a\" 1}", "1:6", "expected ':', found \"1}\""},
      {"{\"a\":1,}", "1:8", "expected string literal"},
      {"{a:1}", "1:2", "found \"a:1}\""},
      {"{'a':1}", "1:2", "invalid literal"},
      {"{1:1}", "1:2", "expected string literal"},
      {"[1}", "1:3", "expected ']'"},
      {"1 2", "1:3", "expected end of input, found \"2\""},
      {"{}\n{}", "2:1", "expected end of input"},
      {"nul", "1:1", "invalid literal"},
      {"True", "1:1", "invalid literal"},
      {"NaN", "1:1", "invalid literal"},
      {"[Infinity]", "1:2", "invalid literal"},
      {"-Infinity", "1:1", "invalid number"},
      {"+1", "1:1", "invalid literal"},
      {"01", "1:2", "unexpected number literal"},
      {"1.", "1:1", "invalid number"},
      {".5", "1:1", "invalid literal"},
      {"1e", "1:1", "invalid number"},
      {"0x10", "1:2", "invalid literal"},
      {"\"a", "1:1", "missing closing quote"},
      {"\"a\nb\"", "1:1", "control character"},
      {"\"\\x41\"", "1:1", "invalid string"},
      {"\"\\ud800\"", "1:1", "surrogate"},
      {"\"\\udc00\"", "1:1", "surrogate"},
      {"[1,\n // no\n 2]", "2:2", "invalid literal"},
      {"\xEF\xBB\xBF{}", "1:1", "byte order mark"},
      {"{\n  \"é\": \"\xFF\"}", "2:9", "not UTF-8, found the byte \"\\xff\""},
      {"\"\xED\xA0\x80\"", "1:2", "not UTF-8"},
      {std::string("{}\0garbage", 10), "1:3", "NUL"},
      {std::string("\"\0\"", 3), "1:2", "NUL"},
  };
  for (const BadText& bad : cases) {
    EXPECT_THAT(
        ParseJson(bad.text, "x.json"),
        StatusIs(kInvalid,
                 AllOf(StartsWith(absl::StrCat("x.json:", bad.location, ": ")),
                       HasSubstr(bad.message), Not(HasSubstr("json.exception")),
                       Not(HasSubstr("last read")))))
        << bad.text;
  }
}

TEST(ParseJsonTest, RefusesNumbersBeyondTheirTypeAndNamesTheirPath) {
  for (const std::string number :
       {"18446744073709551616", "-9223372036854775809",
        "100000000000000000000000000000000000000"}) {
    for (const std::string end : {"", " ", "]", ",1]", "/**/]"}) {
      const bool inside = end.size() > 1 || end == "]";
      EXPECT_THAT(
          ParseJson(absl::StrCat(inside ? "[7, " : "", number, end), "x.json",
                    Comments()),
          StatusIs(kInvalid, AllOf(HasSubstr("must fit 64 bits"),
                                   HasSubstr(inside ? ": 1: " : "x.json:1:1:"),
                                   HasSubstr(number.substr(0, 20)))));
    }
  }
  EXPECT_THAT(ParseJson("{\"a\":[1e999]}", "x.json"),
              StatusIs(kInvalid, AllOf(StartsWith("x.json:1:7: a.0: "),
                                       HasSubstr("1e999"))));
  EXPECT_THAT(ParseJson("{\"a\":[-1e309]}", "x.json"),
              StatusIs(kInvalid, HasSubstr("-1e309")));
  EXPECT_THAT(ParseJson("{\"a\":[0.001e-999]}", "x.json"),
              StatusIs(kInvalid, AllOf(StartsWith("x.json:1:7: a.0: "),
                                       HasSubstr("too near to 0"))));
}

TEST(ParseJsonTest, RefusesDuplicateKeysAndNamesTheirPath) {
  EXPECT_THAT(
      ParseJson("{\"a\":1,\n \"a\":1}", "x.json"),
      StatusIs(kInvalid, "x.json:2:2: a: the key appears twice in its object"));
  EXPECT_THAT(ParseJson(R"({"s":[{},{"b":{"c.d":1,"x":2,"c.d":3}}]})", "x"),
              StatusIs(kInvalid, HasSubstr("s.1.b.\"c.d\": the key")));
  EXPECT_THAT(ParseJson("{\"a\":1,\"\\u0061\":1}", "x"),
              StatusIs(kInvalid, HasSubstr("a: the key appears twice")));
  EXPECT_THAT(ParseJson("[{\"a\":1},{\"a\":1}]", "x"), IsOk());
}

TEST(ParseJsonTest, RefusesNestingDeeperThanTheLimit) {
  for (const std::size_t depth : {1, 2, 64}) {
    JsonOptions options;
    options.max_depth = depth;
    const std::string lists = std::string(depth, '[') + std::string(depth, ']');
    EXPECT_THAT(ParseJson(lists, "x", options), IsOk());
    EXPECT_THAT(
        ParseJson("[" + lists + "]", "x", options),
        StatusIs(kInvalid, HasSubstr(absl::StrCat("deeper than ", depth))));
  }
  EXPECT_THAT(ParseJson(std::string(1'000'000, '['), "x"),
              StatusIs(kInvalid, HasSubstr("x:1:65: ")));
  std::string objects;
  for (int i = 0; i < 65; ++i) objects += "{\"a\":";
  EXPECT_THAT(ParseJson(objects, "x"), StatusIs(kInvalid, HasSubstr("a.a.a")));
}

TEST(ParseJsonTest, TakesCommentsOnlyWhereAllowed) {
  const std::string text =
      "// start\n/* of\n it */{/**/\"a\"/**/:/**/[1/**/,2// two\n]}// end";
  EXPECT_THAT(ParseJson(text, "x", Comments()),
              IsOkAndHolds(json({{"a", {1, 2}}})));
  EXPECT_THAT(ParseJson(text, "x"), StatusIs(kInvalid, HasSubstr("x:1:1:")));
  EXPECT_THAT(ParseJson("[1]/* open", "x", Comments()),
              StatusIs(kInvalid, HasSubstr("x:1:4: ")));
  EXPECT_THAT(ParseJson("[1]/", "x", Comments()),
              StatusIs(kInvalid, HasSubstr("x:1:4: ")));
  EXPECT_THAT(ParseJson("[1]// \xFF", "x", Comments()),
              StatusIs(kInvalid, HasSubstr("x:1:7: not UTF-8")));
  EXPECT_THAT(ParseJson("\"// a /* b */\"", "x"), IsOkAndHolds("// a /* b */"));
}

TEST(ParseJsonTest, KnowsWhereEachValueStands) {
  JsonLocations locations = {{"stale", {}}};
  const std::string text =
      "{ \"a\": 1, // é\n  \"é\": [10, 2.5 ,/*é*/ \"x\"\n, {\"b\":true}]\n}";
  ASSERT_THAT(ParseJson(text, "x", Comments(), &locations), IsOk());
  std::vector<std::string> found;
  for (const auto& [path, location] : locations) {
    found.push_back(
        absl::StrCat(path, " ", location.line, ":", location.column));
  }
  EXPECT_THAT(found, testing::ElementsAre(" 1:1", "a 1:3", "é 2:3", "é.0 2:9",
                                          "é.1 2:13", "é.2 2:24", "é.3 3:3",
                                          "é.3.b 3:4"));
}

TEST(ParseJsonTest, KeepsMessagesShortWhateverTheText) {
  const std::string long_text(100'000, 'x');
  for (const std::string& text :
       {absl::StrCat("\"", long_text), long_text, std::string(100'000, '9'),
        absl::StrCat("{\"", long_text, "\":1,\"", long_text, "\":1}"),
        absl::StrCat("[0.", std::string(100'000, '0'), "1]")}) {
    const auto value = ParseJson(text, "x");
    ASSERT_THAT(value, StatusIs(kInvalid, HasSubstr("x:1:")));
    EXPECT_THAT(std::string(value.status().message()),
                SizeIs(testing::Lt(500u)));
  }
}

TEST(JoinConfigPathTest, QuotesKeysThatWouldBeMisread) {
  EXPECT_EQ(JoinConfigPath("", "a"), "a");
  EXPECT_EQ(JoinConfigPath("a.0", "türkü-1"), "a.0.türkü-1");
  EXPECT_EQ(JoinConfigPath("a", ""), "a.\"\"");
  EXPECT_EQ(JoinConfigPath("a", "b.c"), "a.\"b.c\"");
  EXPECT_EQ(JoinConfigPath("a", "b=\"\\ \n"), R"(a."b=\"\\ \n")");
}

}  // namespace
}  // namespace culturemert
