#include "tools/base/config/canonical_json.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/places.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::nlohmann::json;
using ::nlohmann::ordered_json;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

std::uint64_t Bits(double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

TEST(ShortestDoubleTest, PrintsAsPeopleWrite) {
  const std::pair<double, const char*> cases[] = {
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {5e-4, "0.0005"},
      {1e-6, "0.000001"},
      {1.25e-6, "0.00000125"},
      {9.5e-7, "9.5e-7"},
      {1e-7, "1e-7"},
      {123456.75, "123456.75"},
      {1e15, "1000000000000000.0"},
      {9007199254740993.0, "9007199254740992.0"},
      {1e16, "1e16"},
      {1.5e20, "1.5e20"},
      {1e100, "1e100"},
      {0.1 + 0.2, "0.30000000000000004"},
      {std::numeric_limits<double>::max(), "1.7976931348623157e308"},
      {std::numeric_limits<double>::min(), "2.2250738585072014e-308"},
      {std::numeric_limits<double>::denorm_min(), "5e-324"},
  };
  for (const auto& [value, text] : cases)
    EXPECT_EQ(ShortestDouble(value), text);
}

TEST(ShortestDoubleTest, GivesBackTheSameBitsOfRandomDoubles) {
  std::mt19937_64 random(20240617);
  int finite = 0;
  while (finite < 10'000) {
    const std::uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    if (!std::isfinite(value)) continue;
    ++finite;
    const std::string text = ShortestDouble(value);
    const auto back = ParseJson(text, "x");
    ASSERT_THAT(back, IsOk()) << text;
    ASSERT_TRUE(back->is_number_float()) << text;
    ASSERT_EQ(Bits(back->get<double>()), bits) << text;
  }
}

TEST(ShortestDoubleTest, GivesBackTheSameBitsAtEveryPowerOfTen) {
  for (int exponent = -323; exponent <= 308; ++exponent) {
    for (const char* digits :
         {"1", "9.999999999999999", "1.0000000000000002"}) {
      const double value =
          std::strtod(absl::StrCat(digits, "e", exponent).c_str(), nullptr);
      if (!std::isfinite(value)) continue;
      const auto back = ParseJson(ShortestDouble(value), "x");
      ASSERT_THAT(back, IsOk());
      ASSERT_EQ(Bits(back->get<double>()), Bits(value)) << value;
    }
  }
}

TEST(CanonicalJsonTest, HasTheSameBytesWhateverTheOrderAndSpacing) {
  JsonOptions comments;
  comments.allow_comments = true;
  for (const char* text :
       {R"({"b":[1,2.50,{"y":null,"x":"\u00e9"}],"a":true})",
        R"( { "a" : true , "b" : [ 1 , 25e-1 , { "x" : "é" , "y" : null } ] })",
        "// "
        "c\n{\"a\":true,/**/\"b\":[1,2.5,{\"x\":\"\\u00E9\",\"y\":null}]}"}) {
    const auto value = ParseJson(text, "x", comments);
    ASSERT_THAT(value, IsOk());
    EXPECT_THAT(CanonicalJson(*value),
                IsOkAndHolds(R"({"a":true,"b":[1,2.5,{"x":"é","y":null}]})"));
  }
}

TEST(CanonicalJsonTest, PrintsEqualIntegersAlikeAndDoublesApart) {
  EXPECT_THAT(CanonicalJson(json(std::int64_t{5})), IsOkAndHolds("5"));
  EXPECT_THAT(CanonicalJson(json(std::uint64_t{5})), IsOkAndHolds("5"));
  EXPECT_THAT(CanonicalJson(json(5.0)), IsOkAndHolds("5.0"));
}

TEST(CanonicalJsonTest, EscapesOnlyWhatItMust) {
  EXPECT_THAT(
      CanonicalJson(json(std::string("\"\\/\b\f\n\r\t\x01\x1f\x7fé\0", 14))),
      IsOkAndHolds("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7fé\\u0000\""));
  for (int byte = 0; byte < 128; ++byte) {
    const json value = std::string(1, static_cast<char>(byte));
    const auto text = CanonicalJson(value);
    ASSERT_THAT(text, IsOk());
    EXPECT_THAT(ParseJson(*text, "x"), IsOkAndHolds(value)) << byte;
  }
}

TEST(CanonicalJsonTest, RefusesWhatJsonCannotHoldAndNamesIt) {
  const double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(CanonicalJson({{"a", {1, std::nan("")}}}),
              StatusIs(kInvalid, HasSubstr("a.1: JSON cannot hold NaN")));
  EXPECT_THAT(CanonicalJson(kInfinity), StatusIs(kInvalid, HasSubstr("infin")));
  EXPECT_THAT(CanonicalJson({{"k", "\xFF"}}),
              StatusIs(kInvalid, HasSubstr("k: JSON cannot hold a string")));
  EXPECT_THAT(CanonicalJson({{"\xFF", 1}}),
              StatusIs(kInvalid, HasSubstr("not UTF-8")));
  EXPECT_THAT(CanonicalJson(json::binary({1, 2})),
              StatusIs(kInvalid, HasSubstr("binary")));
}

TEST(OrderedJsonTest, IndentsAndKeepsShortListsOnALine) {
  const ordered_json value = {
      {"z", {1, 2.5, "x"}},
      {"a",
       {{"empty", ordered_json::array()}, {"none", ordered_json::object()}}},
      {"nested",
       ordered_json::array({{1, 2}, ordered_json::object({{"k", 1}})})},
  };
  EXPECT_THAT(OrderedJson(value), IsOkAndHolds(R"({
  "z": [1, 2.5, "x"],
  "a": {
    "empty": [],
    "none": {}
  },
  "nested": [
    [1, 2],
    {
      "k": 1
    }
  ]
})"));
}

TEST(OrderedJsonTest, BreaksListsThatDoNotFitEightyColumns) {
  for (std::size_t size = 1; size < 40; ++size) {
    const ordered_json value = {{"list", std::vector<int>(size, 100)}};
    const auto text = OrderedJson(value);
    ASSERT_THAT(text, IsOk());
    const bool one_line = text->find("[100") != std::string::npos;
    // `  "list": [100, …],` with the comma that may follow.
    EXPECT_EQ(one_line, 11 + 5 * size <= 80) << size;
  }
}

TEST(CanonicalJsonTest, IsReadAndPrintedTheSameInEveryPlace) {
  const std::string text = R"({"I":1234567.25,"i":1234567,"x":1.5e-9})";
  ForEachPlace([&](const std::string& place) {
    const auto value = ParseJson(text, "x");
    ASSERT_THAT(value, IsOk()) << place;
    EXPECT_EQ((*value)["I"].get<double>(), 1234567.25) << place;
    EXPECT_THAT(CanonicalJson(*value), IsOkAndHolds(text)) << place;
  });
}

}  // namespace
}  // namespace culturemert
