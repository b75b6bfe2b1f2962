#include "tools/base/config/schema.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/base/config/sample_config.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNull;

TEST(SchemaTest, KnowsItsFields) {
  const ConfigStructType& schema = SchemaOf<ReplaySample>();
  EXPECT_EQ(schema.name(), "ReplaySample");
  EXPECT_EQ(schema.doc(), "What of the old data is seen again.");
  EXPECT_THAT(schema.FieldNames(), ElementsAre("fraction", "corpus"));
  EXPECT_TRUE(schema.FindField("corpus")->required);
  EXPECT_THAT(schema.FindField("Corpus"), IsNull());
  EXPECT_EQ(&schema, &SchemaOf<ReplaySample>());
}

struct Bounds {
  int none = 0;
  int at_least = 1;
  int above = 2;
  double at_most = 1;
  double below = 1;
  double both = 1;
  std::vector<std::string> all = {"a"};

  static void Describe(ConfigSchema<Bounds>& schema) {
    schema.Struct("Bounds", "One of each.");
    schema.Field("none", &Bounds::none, "d");
    schema.Field("at_least", &Bounds::at_least, "d").AtLeast(1);
    schema.Field("above", &Bounds::above, "d").Above(1);
    schema.Field("at_most", &Bounds::at_most, "d").AtMost(1.5);
    schema.Field("below", &Bounds::below, "d").Below(1.5);
    schema.Field("both", &Bounds::both, "d").Above(0).AtMost(1);
    schema.Field("all", &Bounds::all, "d")
        .OneOf({"a", "b"})
        .Matches("[ab]")
        .MinSize(1)
        .MaxSize(1);
  }
};

TEST(SchemaTest, PutsRestrictionsIntoWords) {
  std::vector<std::string> texts;
  for (const ConfigField& field : SchemaOf<Bounds>().fields()) {
    texts.push_back(RestrictionsText(field));
  }
  EXPECT_THAT(
      texts,
      ElementsAre("", ">= 1", "> 1", "<= 1.5", "< 1.5", "in (0, 1]",
                  "one of \"a\" or \"b\"; matches [ab]; exactly 1 element"));
}

struct Base {
  int inherited = 1;
};
struct Derived : Base {
  int own = 2;
  static void Describe(ConfigSchema<Derived>& schema) {
    schema.Struct("Derived", "Has a base.");
    schema.Field("inherited", &Derived::inherited, "Of the base.");
    schema.Field("own", &Derived::own, "Its own.");
  }
};

TEST(SchemaTest, DescribesMembersOfABase) {
  const auto config =
      ParseConfig<Derived>("{\"inherited\": 5, \"own\": 6}", "x");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->inherited, 5);
  EXPECT_EQ(config->own, 6);
}

struct BadDefault {
  int value = 0;
  static void Describe(ConfigSchema<BadDefault>& schema) {
    schema.Struct("BadDefault", "Its default is out of range.");
    schema.Field("value", &BadDefault::value, "d").AtLeast(1);
  }
};

TEST(SchemaTest, RefusesADefaultThatIsOutOfRange) {
  EXPECT_THAT(ParseConfig<BadDefault>("{}", "x"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "built-in default: value: expected a 32-bit integer "
                       ">= 1, found 0"));
}

struct Unnamed {
  int value = 0;
  static void Describe(ConfigSchema<Unnamed>&) {}
};
struct TwoOfOneName {
  int value = 0;
  static void Describe(ConfigSchema<TwoOfOneName>& schema) {
    schema.Struct("TwoOfOneName", "d");
    schema.Field("value", &TwoOfOneName::value, "d");
    schema.Field("value", &TwoOfOneName::value, "d");
  }
};
struct OddName {
  int value = 0;
  static void Describe(ConfigSchema<OddName>& schema) {
    schema.Struct("OddName", "d");
    schema.Field("Value", &OddName::value, "d");
  }
};
struct BlankDoc {
  int value = 0;
  static void Describe(ConfigSchema<BlankDoc>& schema) {
    schema.Struct("BlankDoc", "d");
    schema.Field("value", &BlankDoc::value, " ");
  }
};
struct BlankStructDoc {
  static void Describe(ConfigSchema<BlankStructDoc>& schema) {
    schema.Struct("BlankStructDoc", "");
  }
};
struct BadPattern {
  std::string value;
  static void Describe(ConfigSchema<BadPattern>& schema) {
    schema.Struct("BadPattern", "d");
    schema.Field("value", &BadPattern::value, "d").Matches("(");
  }
};

TEST(SchemaDeathTest, DefectsOfASchemaEndTheProgram) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(SchemaOf<Unnamed>(), "Struct.* is missing");
  EXPECT_DEATH(SchemaOf<TwoOfOneName>(), "TwoOfOneName.value: two fields");
  EXPECT_DEATH(SchemaOf<OddName>(), "OddName.Value: a field's name");
  EXPECT_DEATH(SchemaOf<BlankDoc>(), "BlankDoc.value: .*documentation");
  EXPECT_DEATH(SchemaOf<BlankStructDoc>(), "BlankStructDoc: .*documentation");
  EXPECT_DEATH(SchemaOf<BadPattern>(), "value: the pattern . is invalid");
}

}  // namespace
}  // namespace culturemert
