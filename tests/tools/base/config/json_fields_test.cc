#include "tools/base/config/json_fields.h"

#include <nlohmann/json.hpp>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using nlohmann::json;

absl::Status ReadAll(const json& object) {
  JsonFields fields(object, "a.json:3");
  fields.Text("id");
  fields.Number("frames", 1, 10);
  fields.Checksum("xxh3");
  fields.List("tags");
  fields.Object("format");
  return fields.Finish();
}

json Sample() {
  return {{"id", "x"},
          {"frames", 10u},
          {"xxh3", std::string(32, 'a')},
          {"tags", {1, 2}},
          {"format", json::object()}};
}

TEST(JsonFieldsTest, GivesWhatIsThere) {
  const json sample = Sample();
  JsonFields fields(sample, "a.json");
  EXPECT_EQ(fields.Text("id"), "x");
  EXPECT_EQ(fields.Number("frames", 1, 10), 10u);
  EXPECT_EQ(fields.Checksum("xxh3").ToHex(), std::string(32, 'a'));
  EXPECT_EQ(fields.List("tags").size(), 2u);
  EXPECT_TRUE(fields.Object("format").empty());
  EXPECT_THAT(fields.Finish(), IsOk());
}

TEST(JsonFieldsTest, NamesThePlaceAndTheFieldOfTheFirstError) {
  const auto refuses = [](const json& object, const std::string& message) {
    EXPECT_THAT(ReadAll(object),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuses(json::array(), "a.json:3: found a JSON array, expected an object");
  json changed = Sample();
  changed.erase("id");
  refuses(changed, "a.json:3: the field \"id\" is missing");
  changed = Sample();
  changed["id"] = 1;
  changed["frames"] = 0;
  refuses(changed, "a.json:3: id is number, expected a text");
  changed = Sample();
  changed["frames"] = 11u;
  refuses(changed, "a.json:3: frames is 11, expected an integer from 1 to 10");
  changed["frames"] = 2.5;
  refuses(changed, "a.json:3: frames is 2.5, expected an integer from 1 to 10");
  changed = Sample();
  changed["xxh3"] = "abc";
  refuses(changed, "a.json:3: xxh3 is \"abc\", expected 32 hexadecimal digits");
  changed = Sample();
  changed["tags"] = json::object();
  refuses(changed, "a.json:3: tags is object, expected a list");
  changed = Sample();
  changed["format"] = nullptr;
  refuses(changed, "a.json:3: format is null, expected an object");
}

TEST(JsonFieldsTest, FieldsThatNobodyAskedForAreAnError) {
  json sample = Sample();
  sample["more"] = 1;
  EXPECT_THAT(ReadAll(sample),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.json:3: has 6 fields, expected 5; was it written by "
                       "a newer version?"));
}

}  // namespace
}  // namespace culturemert
