#include "experiments/study/definitions.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "experiments/study/study_plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "tools/base/files/files.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr char kConfigs[] = "experiments/configs";
constexpr char kProfiles[] = "experiments/configs/profiles";
constexpr char kBuildFile[] = "experiments/BUILD";
constexpr char kAll[] = "all";
// It makes the base that the others start from.
constexpr char kBaseTraining[] = "mini_base";
// This profile has one set, which is of no culture that experiments name.
constexpr char kOwnRecordings[] = "folder";

std::set<std::string> JsonNames(const std::string& folder) {
  std::set<std::string> names;
  const auto entries = Files::Real().List(folder);
  EXPECT_THAT(entries, IsOk());
  if (!entries.ok()) return names;
  for (const DirectoryEntry& entry : *entries) {
    absl::string_view name = entry.name;
    if (absl::ConsumeSuffix(&name, ".json")) names.emplace(name);
  }
  return names;
}

// experiment("NAME") in the BUILD file.
std::set<std::string> TargetNames() {
  const std::string text = Files::Real().Read(kBuildFile).value_or("");
  re2::StringPiece rest(text);
  std::set<std::string> names;
  std::string name;
  constexpr char kTarget[] = R"re((?m)^experiment\("([^"]+)"\)$)re";
  while (RE2::FindAndConsume(&rest, kTarget, &name)) {
    names.insert(name);
  }
  return names;
}

absl::StatusOr<std::vector<Study>> Load(const std::string& experiment,
                                        const std::string& profile) {
  DefinitionSource source;
  source.folder = kConfigs;
  source.profile = profile;
  return LoadStudies(Files::Real(), experiment, source);
}

// Keys of shipped weights are hashes of their files; any bytes will do.
void AddShippedBase(MemoryFiles& files) {
  ASSERT_THAT(files.CreateDirectories("/mini"), IsOk());
  for (const char* name :
       {"/mini/model.safetensors", "/mini/tokenizer.safetensors"}) {
    ASSERT_THAT(files.WriteAtomically(name, name), IsOk());
  }
}

bool IsRendered(const ExperimentConfig& config) {
  return std::all_of(config.datasets.begin(), config.datasets.end(),
                     [](const auto& dataset) {
                       return dataset.second.source == AudioSource::kRendered;
                     });
}

TEST(ShippedDefinitionsTest, EachHasATargetAndEachTargetADefinition) {
  const std::set<std::string> targets = TargetNames();
  ASSERT_FALSE(targets.empty());
  EXPECT_EQ(JsonNames(kConfigs), targets);
}

TEST(ShippedDefinitionsTest, LoadWithEveryProfile) {
  const std::set<std::string> profiles = JsonNames(kProfiles);
  EXPECT_THAT(profiles, IsSupersetOf({"smoke", "mini"}));
  for (const std::string& name : JsonNames(kConfigs)) {
    for (const std::string& profile : profiles) {
      if (profile == kOwnRecordings) continue;
      EXPECT_THAT(Load(name, profile), IsOk()) << name << ", " << profile;
    }
  }
}

TEST(ShippedDefinitionsTest, ThoseThatNameNoCultureLoadWithOnesOwnRecordings) {
  for (const char* name :
       {"baseline", "multicultural_cpt", "western_control"}) {
    EXPECT_THAT(Load(name, kOwnRecordings), IsOk()) << name;
  }
}

TEST(ShippedDefinitionsTest, SayWhatTheyAnswerAndWhatToRunNext) {
  for (const std::string& name : JsonNames(kConfigs)) {
    const auto studies = Load(name, "smoke");
    ASSERT_THAT(studies, IsOk());
    for (const Study& study : *studies) {
      EXPECT_FALSE(study.config.title.empty()) << study.experiment;
      EXPECT_TRUE(absl::EndsWith(study.config.question, "?") ||
                  study.experiment == kBaseTraining)
          << study.experiment;
    }
  }
}

TEST(ShippedDefinitionsTest, NameTargetsThatExistAsNext) {
  const std::set<std::string> targets = TargetNames();
  for (const std::string& name : targets) {
    const auto studies = Load(name, "smoke");
    ASSERT_THAT(studies, IsOk());
    std::string next;
    if (RE2::PartialMatch(studies->front().config.next, "//experiments:(\\w+)",
                          &next)) {
      EXPECT_THAT(targets, Contains(next)) << name;
    }
  }
}

TEST(ShippedDefinitionsTest, CompareRowsWithRows) {
  for (const std::string& name : JsonNames(kConfigs)) {
    const auto studies = Load(name, "smoke");
    ASSERT_THAT(studies, IsOk());
    for (const Study& study : *studies) {
      for (const ModelPair& pair : study.config.comparisons) {
        EXPECT_THAT(study.config.rows,
                    AllOf(Contains(pair.model), Contains(pair.against)))
            << study.experiment;
      }
    }
  }
}

TEST(ShippedDefinitionsTest, MakeAPlanWithEveryProfileOfRenderedMusic) {
  MemoryFiles files;
  AddShippedBase(files);
  StudyContext context;
  context.files = &files;
  context.mini_folder = "/mini";
  int plans = 0;
  for (const std::string& name : JsonNames(kConfigs)) {
    for (const std::string& profile : JsonNames(kProfiles)) {
      if (profile == kOwnRecordings) continue;
      const auto studies = Load(name, profile);
      ASSERT_THAT(studies, IsOk());
      for (const Study& study : *studies) {
        if (!IsRendered(study.config)) continue;
        const auto plan = MakeStudyPlan(context, study.config);
        ASSERT_THAT(plan, IsOk()) << study.experiment << ", " << profile;
        EXPECT_FALSE(plan->nodes().empty());
        ++plans;
      }
    }
  }
  EXPECT_GT(plans, 0);
}

TEST(ShippedDefinitionsTest, AllIsEveryOtherButTheBasesTraining) {
  const auto studies = Load(kAll, "smoke");
  ASSERT_THAT(studies, IsOk());
  std::set<std::string> included = {kAll, kBaseTraining};
  for (const Study& study : *studies) {
    EXPECT_TRUE(included.insert(study.experiment).second) << study.experiment;
  }
  EXPECT_EQ(included, JsonNames(kConfigs));
}

// A folder of definitions in memory.
class DefinitionsTest : public testing::Test {
 protected:
  DefinitionsTest() {
    Write("models/models.json", R"({"models": {"base": {"title": "models"}}})");
    Write("profiles/tiny.json", R"({"title": "tiny", "question": "tiny"})");
    Write("one.json", R"({"rows": ["base"], "question": "one"})");
    Write("two.json", R"({"rows": []})");
    Write("both.json", R"({"includes": ["one", "two"]})");
    source_.folder = "/configs";
    source_.profile = "tiny";
  }

  void Write(const std::string& name, const std::string& text) {
    const std::string path = absl::StrCat("/configs/", name);
    ASSERT_THAT(files_.CreateDirectories(path.substr(0, path.rfind('/'))),
                IsOk());
    ASSERT_THAT(files_.WriteAtomically(path, text), IsOk());
  }

  absl::StatusOr<std::vector<Study>> Load(const std::string& experiment) {
    return LoadStudies(files_, experiment, source_);
  }

  MemoryFiles files_;
  DefinitionSource source_;
};

TEST_F(DefinitionsTest, LaterLayersGoOverEarlierOnes) {
  const auto plain = Load("one");
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(plain->front().experiment, "one");
  EXPECT_EQ(plain->front().config.models.at("base").title, "models");
  EXPECT_EQ(plain->front().config.title, "tiny");
  EXPECT_EQ(plain->front().config.question, "one");
  Write("mine.json", R"({"question": "mine", "title": "mine", "next": "m"})");
  source_.files = {"/configs/mine.json"};
  source_.settings = {"title=first", "title=second"};
  const auto layered = Load("one");
  ASSERT_THAT(layered, IsOk());
  EXPECT_EQ(layered->front().config.question, "mine");
  EXPECT_EQ(layered->front().config.title, "second");
  EXPECT_EQ(layered->front().config.next, "m");
}

TEST_F(DefinitionsTest, IncludedExperimentsGetTheSameSettings) {
  source_.settings = {"evaluation.replicates=123"};
  const auto studies = Load("both");
  ASSERT_THAT(studies, IsOk());
  ASSERT_EQ(studies->size(), 2u);
  EXPECT_EQ((*studies)[0].experiment, "one");
  EXPECT_EQ((*studies)[1].experiment, "two");
  for (const Study& study : *studies) {
    EXPECT_EQ(study.config.evaluation.replicates, 123);
  }
}

TEST_F(DefinitionsTest, AnUnknownNameIsAnsweredWithThoseThereAre) {
  EXPECT_THAT(Load("three"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("no experiment is called \"three\""),
                             HasSubstr("one"), HasSubstr("two"))));
  source_.profile = "huge";
  EXPECT_THAT(Load("one"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("no profile is called \"huge\""),
                             HasSubstr("tiny"), Not(HasSubstr("two")))));
}

TEST_F(DefinitionsTest, DefectsAreNamedWithTheirFile) {
  Write("broken.json", "{\n  \"rows\": [\"base\",\n}");
  EXPECT_THAT(Load("broken"), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("broken.json:3")));
  Write("misspelt.json", R"({"row": []})");
  EXPECT_THAT(Load("misspelt"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("misspelt.json:1"),
                             HasSubstr("did you mean \"rows\"?"))));
  source_.settings = {"evaluation.replicates=1"};
  EXPECT_THAT(Load("one"), StatusIs(absl::StatusCode::kInvalidArgument,
                                    HasSubstr("evaluation.replicates")));
}

TEST_F(DefinitionsTest, InclusionIsOneLevelDeep) {
  Write("more.json", R"({"includes": ["both"]})");
  EXPECT_THAT(Load("more"), StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("includes others itself")));
}

TEST_F(DefinitionsTest, AFileThatIsNotThereIsNamed) {
  source_.files = {"/configs/mine.json"};
  EXPECT_THAT(Load("one"), StatusIs(absl::StatusCode::kNotFound,
                                    HasSubstr("/configs/mine.json")));
}

}  // namespace
}  // namespace culturemert
