#include "models/weights/name_map.h"

#include "gtest/gtest.h"

namespace culturemert {
namespace {

constexpr NameRule kRules[] = {
    {"skip\\..*", nullptr},
    {"(\\d+)\\.fc(1|2)\\.(weight|bias)", "layers.\\1.dense\\2.\\3"},
    {"same", "same"},
};

TEST(NameMapTest, TheFirstRuleThatMatchesTheWholeNameDecides) {
  const NameMap map(kRules);
  const MappedName mapped = map.Map("3.fc2.bias");
  EXPECT_EQ(mapped.kind, MappedName::Kind::kRenamed);
  EXPECT_EQ(mapped.name, "layers.3.dense2.bias");
  EXPECT_EQ(map.Map("same").name, "same");
}

TEST(NameMapTest, NamesLeftOutAndNamesNotKnownAreTwoThings) {
  const NameMap map(kRules);
  EXPECT_EQ(map.Map("skip.3.fc2.bias").kind, MappedName::Kind::kIgnored);
  EXPECT_EQ(map.Map("3.fc3.bias").kind, MappedName::Kind::kUnknown);
  EXPECT_EQ(map.Map("3.fc2.bias ").kind, MappedName::Kind::kUnknown);
  EXPECT_EQ(map.Map("").kind, MappedName::Kind::kUnknown);
}

TEST(NameMapDeathTest, ARewriteWithoutItsGroupEndsTheProgram) {
  constexpr NameRule kBad[] = {{"a", "\\1"}};
  EXPECT_DEATH(NameMap{kBad}, "bad name rule \"a\"");
}

TEST(NameMapDeathTest, AnUnbalancedPatternEndsTheProgram) {
  constexpr NameRule kBad[] = {{"(", "b"}};
  EXPECT_DEATH(NameMap{kBad}, "bad name rule");
}

}  // namespace
}  // namespace culturemert
