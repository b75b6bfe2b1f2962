#include "experiments/artifacts/artifact_key.h"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

ArtifactRecipe Example() {
  ArtifactRecipe recipe;
  recipe.action = "pretrain";
  recipe.version = 3;
  recipe.config = {{"steps", 100},
                   {"rate", 0.5},
                   {"nested", {{"on", true}, {"list", {1, 2, 3}}}},
                   {"none", nullptr}};
  recipe.inputs["codes"] = {"tokenize", {1, 2}};
  recipe.inputs["weights"] = {"base", {3, 4}};
  return recipe;
}

ArtifactKey KeyOf(const ArtifactRecipe& recipe) {
  const auto key = ComputeArtifactKey(recipe);
  EXPECT_THAT(key, IsOk());
  return key.ok() ? *key : ArtifactKey();
}

TEST(ArtifactKeyTest, IsTheSameForeverUnlessTheFormatOfKeysChanges) {
  EXPECT_EQ(KeyOf(Example()).ToHex(), "d76376a516f1be15f617f7da861a6861");
}

TEST(ArtifactKeyTest, DoesNotDependOnTheOrderOfMembers) {
  ArtifactRecipe other = Example();
  other.config = nlohmann::json::parse(
      R"({"none": null, "nested": {"list": [1, 2, 3], "on": true},
          "rate": 5e-1, "steps": 100})");
  EXPECT_EQ(KeyOf(other), KeyOf(Example()));
}

TEST(ArtifactKeyTest, ChangesWithEverythingItIsMadeOf) {
  std::vector<ArtifactRecipe> recipes(1, Example());
  const auto change = [&](const auto& edit) {
    recipes.push_back(Example());
    edit(recipes.back());
  };
  change([](ArtifactRecipe& r) { r.action = "pretrain2"; });
  change([](ArtifactRecipe& r) { r.version = 4; });
  change([](ArtifactRecipe& r) { r.config["steps"] = 101; });
  change([](ArtifactRecipe& r) { r.config["steps"] = 100.0; });
  change([](ArtifactRecipe& r) { r.config["steps"] = "100"; });
  change([](ArtifactRecipe& r) { r.config["rate"] = 0.25; });
  change([](ArtifactRecipe& r) { r.config["nested"]["on"] = false; });
  change([](ArtifactRecipe& r) { r.config["nested"]["list"] = {1, 3, 2}; });
  change([](ArtifactRecipe& r) { r.config.erase("none"); });
  change([](ArtifactRecipe& r) { r.config["more"] = nullptr; });
  change([](ArtifactRecipe& r) { r.inputs["codes"].key.low = 5; });
  change([](ArtifactRecipe& r) { r.inputs["codes"].key.high = 5; });
  change([](ArtifactRecipe& r) { r.inputs.erase("codes"); });
  change([](ArtifactRecipe& r) { r.inputs["more"] = {"base", {3, 4}}; });
  change([](ArtifactRecipe& r) {
    std::swap(r.inputs["codes"], r.inputs["weights"]);
  });
  change([](ArtifactRecipe& r) {
    r.inputs["code"] = r.inputs["codes"];
    r.inputs.erase("codes");
  });
  std::set<ArtifactKey> keys;
  for (const ArtifactRecipe& recipe : recipes) keys.insert(KeyOf(recipe));
  EXPECT_EQ(keys.size(), recipes.size());
}

TEST(ArtifactKeyTest, RefusesWhatHasNoKey) {
  for (const char* name : {"", "Train", "2x", "a-b", "a/b", "..", "é"}) {
    ArtifactRecipe recipe = Example();
    recipe.action = name;
    EXPECT_THAT(ComputeArtifactKey(recipe),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("is no action's name")));
  }
  ArtifactRecipe recipe = Example();
  recipe.version = 0;
  EXPECT_THAT(
      ComputeArtifactKey(recipe),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("version is 0")));
  recipe = Example();
  recipe.config["nested"]["bad"] = std::nan("");
  EXPECT_THAT(ComputeArtifactKey(recipe),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("pretrain: configuration: ")));
  recipe = Example();
  recipe.inputs[""] = {"base", {3, 4}};
  EXPECT_THAT(ComputeArtifactKey(recipe),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("an input has no name")));
}

TEST(ArtifactKeyTest, TheShortFormIsItsStart) {
  EXPECT_EQ(ShortKey({0x0123456789abcdefu, 1}), "01234567");
}

}  // namespace
}  // namespace culturemert
