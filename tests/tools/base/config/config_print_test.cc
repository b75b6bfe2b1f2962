#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/places.h"
#include "tests/tools/base/config/sample_config.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

std::uint64_t Bits(double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

std::string Canonical(absl::string_view text) {
  const auto config = ParseConfig<SampleConfig>(text, "x.json");
  EXPECT_THAT(config, IsOk());
  if (!config.ok()) return "";
  const auto canonical = CanonicalConfig(*config);
  EXPECT_THAT(canonical, IsOk());
  return canonical.value_or("");
}

TEST(PrintConfigTest, PrintsFieldsInDeclarationOrderForPeople) {
  StageSample stage;
  stage.replay = ReplaySample();
  EXPECT_THAT(PrintConfig(stage), IsOkAndHolds(R"({
  "name": "stage",
  "peak_learning_rate": 0.0005,
  "steps": 1000,
  "warm_up_steps": 100,
  "decay": "cosine",
  "trainable": ["transformer"],
  "replay": {
    "fraction": 0.2,
    "corpus": "western"
  }
}
)"));
}

TEST(PrintConfigTest, RefusesAnInvalidConfiguration) {
  StageSample stage;
  stage.peak_learning_rate = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(PrintConfig(stage),
              StatusIs(kInvalid,
                       "configuration: peak_learning_rate: expected "
                       "a number in (0, 1], found NaN"));
  EXPECT_THAT(CanonicalConfig(stage), StatusIs(kInvalid, HasSubstr("NaN")));
}

TEST(PrintConfigTest, ParsesBackToTheSameBytes) {
  const auto config = ParseConfig<SampleConfig>(kFullSample, "x.json");
  ASSERT_THAT(config, IsOk());
  const auto printed = PrintConfig(*config);
  ASSERT_THAT(printed, IsOk());
  const auto again = ParseConfig<SampleConfig>(*printed, "y.json");
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(PrintConfig(*again), IsOkAndHolds(*printed));
  EXPECT_EQ(Canonical(*printed), Canonical(kFullSample));
  EXPECT_TRUE(std::signbit(again->temperature));
  EXPECT_EQ(again->stages, config->stages);
}

TEST(PrintConfigTest, GivesBackWhatIsLessThanItsDefault) {
  SampleConfig config;
  config.mixing = {{"lyra", 1.0}};
  config.switches.clear();
  config.shapes.clear();
  const auto printed = PrintConfig(config);
  ASSERT_THAT(printed, IsOk());
  const auto again = ParseConfig<SampleConfig>(*printed, "x.json");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->mixing, config.mixing);
  EXPECT_EQ(again->switches, config.switches);
  EXPECT_EQ(again->shapes, config.shapes);
}

TEST(PrintConfigTest, GivesBackRandomDoublesBitForBit) {
  std::mt19937_64 random(7);
  SampleConfig config;
  config.experiment = "e";
  for (int done = 0; done < 10'000;) {
    const std::uint64_t bits = random();
    std::memcpy(&config.temperature, &bits, sizeof(bits));
    if (!std::isfinite(config.temperature)) continue;
    ++done;
    const auto text = CanonicalConfig(config);
    ASSERT_THAT(text, IsOk());
    const auto begin = text->find("\"temperature\":") + 14;
    const std::string number =
        text->substr(begin, text->find_first_of(",}", begin) - begin);
    const auto back = ParseConfig<SampleConfig>(
        absl::StrCat("{\"experiment\":\"e\",\"temperature\":", number, "}"),
        "x");
    ASSERT_THAT(back, IsOk()) << number;
    ASSERT_EQ(Bits(back->temperature), bits) << number;
  }
}

TEST(PrintConfigTest, GivesBackIntegersOf64BitsExactly) {
  for (const std::uint64_t seed :
       {std::uint64_t{0}, (std::uint64_t{1} << 53) + 1,
        (std::uint64_t{1} << 63) - 1, std::uint64_t{1} << 63,
        std::numeric_limits<std::uint64_t>::max()}) {
    for (const std::int64_t offset :
         {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
          std::numeric_limits<std::int64_t>::max()}) {
      SampleConfig config;
      config.seed = seed;
      config.offset = offset;
      const auto text = PrintConfig(config);
      ASSERT_THAT(text, IsOk());
      const auto back = ParseConfig<SampleConfig>(*text, "x");
      ASSERT_THAT(back, IsOk());
      EXPECT_EQ(back->seed, seed);
      EXPECT_EQ(back->offset, offset);
    }
  }
}

// `value` printed with the keys of all objects reversed, and spaces and
// comments wherever they may stand.
std::string Scrambled(const nlohmann::json& value) {
  if (value.is_object()) {
    std::string text = "{ /* { */ ";
    for (auto it = value.rbegin(); it != value.rend(); ++it) {
      absl::StrAppend(&text, it == value.rbegin() ? "" : ",\n",
                      nlohmann::json(it.key()).dump(-1, ' ', true), " : // :\n",
                      Scrambled(it.value()));
    }
    return text + "}\t";
  }
  if (value.is_array()) {
    std::string text = "[ ";
    for (std::size_t i = 0; i < value.size(); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : "\r\n,", Scrambled(value[i]));
    }
    return text + " ]";
  }
  return value.dump(-1, ' ', /*ensure_ascii=*/true);
}

TEST(CanonicalConfigTest, IsIndifferentToOrderSpacesCommentsAndEscapes) {
  const std::string scrambled = Scrambled(nlohmann::json::parse(kFullSample));
  ASSERT_NE(scrambled, kFullSample);
  EXPECT_EQ(Canonical(scrambled), Canonical(kFullSample));
}

TEST(CanonicalConfigTest, IsIndifferentToHowANumberAndADefaultAreWritten) {
  const std::string plain = Canonical(R"({"experiment":"e"})");
  for (const char* same :
       {R"({"experiment":"e","temperature":0.1})",
        R"({"experiment":"e","temperature":1e-1})",
        R"({"experiment":"e","temperature":0.1000})",
        R"({"experiment":"\u0065","threads":2,"limit":null,"stages":[{}]})"}) {
    EXPECT_EQ(Canonical(same), plain) << same;
  }
  EXPECT_EQ(Canonical(R"({"experiment":"e","temperature":2})"),
            Canonical(R"({"experiment":"e","temperature":2.0})"));
}

TEST(CanonicalConfigTest, ChangesWithEveryValue) {
  const std::string plain = Canonical(R"({"experiment":"e"})");
  for (const char* other :
       {R"({"experiment":"f"})", R"({"experiment":"e","deterministic":false})",
        R"({"experiment":"e","seed":18446744073709551614})",
        R"({"experiment":"e","temperature":0.10000000000000002})",
        R"({"experiment":"e","comment":""})",
        R"({"experiment":"e","stage":{"decay":"linear"}})",
        R"({"experiment":"e","enabled":{"":false}})"}) {
    EXPECT_NE(Canonical(other), plain) << other;
  }
}

TEST(CanonicalConfigTest, IsTheSameInEveryPlace) {
  const std::string expected = Canonical(kFullSample);
  ForEachPlace([&](const std::string& place) {
    EXPECT_EQ(Canonical(kFullSample), expected) << place;
  });
}

}  // namespace
}  // namespace culturemert
