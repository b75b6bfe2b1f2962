#include "reports/tables/shown_models.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

bool IsMain(const StudyModel& model) {
  return model.role != ModelRole::kVariant;
}

void AddModels(const std::string& label, ModelRole role, int count,
               Study* study) {
  for (int i = 0; i < count; ++i) {
    StudyModel& model = study->models.emplace_back();
    model.label = label;
    model.name = absl::StrCat(label, " ", i);
    model.role = role;
  }
}

ShownModels ChooseOfAll(const Study& study) {
  std::vector<std::size_t> all(study.models.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return ChooseShownModels(study, all, IsMain);
}

TEST(ShownModelsTest, ShowsMainModelsAndNamesTheOthers) {
  Study study;
  AddModels("base", ModelRole::kBase, 1, &study);
  AddModels("no_replay", ModelRole::kVariant, 2, &study);
  AddModels("cpt", ModelRole::kAdapted, 1, &study);
  const ShownModels chosen = ChooseOfAll(study);
  EXPECT_THAT(chosen.models, ElementsAre(0, 3));
  EXPECT_EQ(chosen.note,
            "Left out: no_replay 0; no_replay 1. Their records hold these "
            "scores.");
}

TEST(ShownModelsTest, SaysNothingWhereNothingIsLeftOut) {
  Study study;
  AddModels("cpt", ModelRole::kAdapted, static_cast<int>(kMaxModelColumns),
            &study);
  const ShownModels chosen = ChooseOfAll(study);
  EXPECT_THAT(chosen.models, SizeIs(kMaxModelColumns));
  EXPECT_EQ(chosen.note, "");
}

TEST(ShownModelsTest, OfTooManyShowsEveryLabelBeforeOneTwice) {
  Study study;
  AddModels("base", ModelRole::kBase, 1000, &study);
  AddModels("cpt", ModelRole::kAdapted, 1000, &study);
  AddModels("rare", ModelRole::kAdapted, 1, &study);
  const ShownModels chosen = ChooseOfAll(study);
  ASSERT_THAT(chosen.models, SizeIs(kMaxModelColumns));
  EXPECT_TRUE(std::is_sorted(chosen.models.begin(), chosen.models.end()));
  EXPECT_EQ(chosen.models.front(), 0u);
  EXPECT_EQ(chosen.models[12], 1000u);
  EXPECT_EQ(chosen.models.back(), 2000u);
  EXPECT_THAT(chosen.note, HasSubstr("base 12; base 13"));
  EXPECT_THAT(chosen.note, HasSubstr(absl::StrCat(
                               "and ", 2001 - kMaxModelColumns - 8, " more.")));
}

}  // namespace
}  // namespace culturemert
