#include "reports/site/configuration_changes.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "path: there > here"
std::vector<std::string> Changes(const char* there, const char* here) {
  std::vector<std::string> texts;
  for (const ConfigurationChange& change :
       ConfigurationChanges(json::parse(there), json::parse(here))) {
    texts.push_back(
        absl::StrCat(change.path, ": ", change.there, " > ", change.here));
  }
  return texts;
}

TEST(ConfigurationChangesTest, EqualOnesDifferInNothing) {
  EXPECT_THAT(Changes(R"({"a":{"b":[1,2]}})", R"({"a":{"b":[1,2]}})"),
              IsEmpty());
}

TEST(ConfigurationChangesTest, NamesChangedMissingAndNewSettingsByPath) {
  EXPECT_THAT(
      Changes(R"({"a":{"gone":1,"same":2,"to":"x"},"list":[1,2],"z":null})",
              R"({"a":{"new":{"b":3},"same":2,"to":"y"},"list":[1],"z":0})"),
      ElementsAre("a.gone: 1 > ", "a.new:  > {\"b\":3}", "a.to: \"x\" > \"y\"",
                  "list: [1,2] > [1]", "z: null > 0"));
}

TEST(ConfigurationChangesTest, AnObjectInPlaceOfAValueIsOneChange) {
  EXPECT_THAT(Changes(R"({"a":1})", R"({"a":{"b":1}})"),
              ElementsAre("a: 1 > {\"b\":1}"));
  EXPECT_THAT(Changes(R"({"a":1})", R"("text")"),
              ElementsAre(": {\"a\":1} > \"text\""));
}

TEST(ConfigurationChangesTest, QuotesKeysThatArePaths) {
  EXPECT_THAT(Changes(R"({"a.b":1})", R"({"a.b":2})"),
              ElementsAre("\"a.b\": 1 > 2"));
}

}  // namespace
}  // namespace culturemert
