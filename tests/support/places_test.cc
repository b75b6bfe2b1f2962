#include "tests/support/places.h"

#include <clocale>
#include <cstdlib>
#include <locale>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Printed(double number) {
  std::ostringstream out;
  out << std::fixed << number;
  return out.str();
}

TEST(ForEachPlaceTest, SetsThePlaceThatItNames) {
  std::vector<std::string> places;
  ForEachPlace([&](const std::string& place) {
    places.push_back(place);
    if (place == "C++ locale with decimal commas") {
      EXPECT_THAT(Printed(12345.5), StartsWith("12.345,5"));
    } else if (place == "Asia/Kolkata") {
      EXPECT_STREQ(std::getenv("TZ"), "Asia/Kolkata");
    } else {
      EXPECT_THAT(Printed(12345.5), StartsWith("12345.5"));
    }
  });
  EXPECT_THAT(places.front(), HasSubstr("decimal commas"));
  EXPECT_THAT(places, Contains("Asia/Kolkata"));
}

TEST(ForEachPlaceTest, SetsEverythingBack) {
  setenv("TZ", "Europe/Athens", 1);
  const std::string locale = std::setlocale(LC_ALL, nullptr);
  ForEachPlace([](const std::string&) {});
  EXPECT_STREQ(std::getenv("TZ"), "Europe/Athens");
  EXPECT_EQ(std::setlocale(LC_ALL, nullptr), locale);
  EXPECT_THAT(Printed(12345.5), StartsWith("12345.5"));
}

}  // namespace
}  // namespace culturemert
