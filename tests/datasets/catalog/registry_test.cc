// What holds for every data set of the registry.

#include "datasets/catalog/registry.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "datasets/catalog/catalog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/catalog/data_root.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const DatasetSource& source : DatasetSources()) {
    names.push_back(source.facts.name);
  }
  return names;
}

TEST(RegistryTest, HoldsTheDatasetsByName) {
  EXPECT_THAT(Names(),
              ElementsAre("carnatic", "fma_medium", "folder", "hindustani",
                          "lyra", "mtat", "music4all", "turkish_makam"));
  EXPECT_EQ(FindDatasetSource("carnati"), nullptr);
}

TEST(RegistryDeathTest, RefusesTheSameNameTwice) {
  const DatasetSource* lyra = FindDatasetSource("lyra");
  ASSERT_NE(lyra, nullptr);
  EXPECT_DEATH(RegisterDataset(*lyra), "lyra is registered twice");
}

class EntryTest : public testing::TestWithParam<std::string> {
 protected:
  const DatasetFacts& facts() const {
    return FindDatasetSource(GetParam())->facts;
  }
};

TEST_P(EntryTest, TellsAllFacts) {
  EXPECT_THAT(facts().title, Not(IsEmpty()));
  EXPECT_THAT(facts().licence, Not(IsEmpty()));
  EXPECT_THAT(facts().request, Not(IsEmpty()));
  EXPECT_THAT(facts().citation, Not(IsEmpty()));
  EXPECT_EQ(facts().culture.empty(), GetParam() == kFolderName);
  EXPECT_NE(FindDatasetSource(GetParam())->read, nullptr);
}

TEST_P(EntryTest, DescribesEveryLineOfItsLayout) {
  EXPECT_TRUE(absl::EndsWith(facts().layout, "\n"));
  for (const absl::string_view line :
       absl::StrSplit(facts().layout, '\n', absl::SkipEmpty())) {
    EXPECT_THAT(std::string(line), HasSubstr("  # "));
    EXPECT_NE(line.front(), '/');
  }
  EXPECT_THAT(HowToGet(facts()), HasSubstr(facts().request));
}

TEST_P(EntryTest, ListsEachTagOnce) {
  const std::vector<std::string>& tags = facts().published_tags;
  EXPECT_EQ(std::set<std::string>(tags.begin(), tags.end()).size(),
            tags.size());
  if (!tags.empty()) {
    EXPECT_EQ(tags.size(), facts().top_tags);
  }
  for (const std::string& tag : tags) EXPECT_THAT(tag, Not(IsEmpty()));
  if (facts().tag_rule == TagRule::kPublishedList) {
    EXPECT_THAT(tags, Not(IsEmpty()));
  }
  if (facts().tag_rule == TagRule::kNone) {
    EXPECT_THAT(tags, IsEmpty());
  }
}

TEST_P(EntryTest, HasVariantsWithDifferentNames) {
  ASSERT_THAT(facts().variants, Not(IsEmpty()));
  std::set<std::string> names;
  for (const Variant& variant : facts().variants) {
    EXPECT_TRUE(names.insert(variant.name).second) << variant.name;
    EXPECT_THAT(variant.description, Not(IsEmpty()));
    if (variant.published.has_value()) {
      EXPECT_GT(variant.published->train, 0u);
      EXPECT_EQ(variant.published->test == 0,
                facts().tag_rule == TagRule::kNone);
    }
  }
}

TEST_P(EntryTest, ListsKnownBadFilesInsideItsFolder) {
  std::set<std::string> paths;
  for (const KnownBad& bad : facts().known_bad) {
    EXPECT_THAT(JoinInside("/data", bad.path), IsOk());
    EXPECT_TRUE(paths.insert(bad.path).second) << bad.path;
    EXPECT_THAT(bad.reason, Not(IsEmpty()));
  }
}

TEST_P(EntryTest, SaysHowToGetItWhereNothingIsThere) {
  MemoryFiles files;
  EXPECT_THAT(
      LoadAnyDataset(files, kDataRoot, GetParam()),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr(HowToGet(facts()))));
}

// In every variant: unique ids, clips, labels in range, no group in two splits.
TEST_P(EntryTest, LoadsToAConsistentDataset) {
  MemoryFiles files;
  WriteEverything(files);
  WriteData(files, "labels.csv",
            "path,culture,tags,recording\nours/b.flac,x,a:b,b\n");
  for (const Variant& variant : facts().variants) {
    DatasetOptions options;
    options.variant = variant.name;
    const absl::StatusOr<Dataset> dataset =
        LoadAnyDataset(files, kDataRoot, GetParam(), options);
    ASSERT_THAT(dataset, IsOk());
    EXPECT_EQ(dataset->variant, variant.name);
    EXPECT_EQ(CountSplits(*dataset).total(), dataset->recordings.size());
    EXPECT_THAT(dataset->missing_files, IsEmpty());
    std::set<std::string> ids;
    std::set<std::pair<std::string, Split>> groups;
    std::set<std::string> names;
    for (const Recording& recording : dataset->recordings) {
      EXPECT_TRUE(ids.insert(recording.id).second);
      groups.emplace(recording.group, recording.split);
      names.insert(recording.group);
      EXPECT_THAT(recording.clips, Not(IsEmpty()));
      EXPECT_THAT(recording.culture, Not(IsEmpty()));
      for (const std::size_t label : recording.labels) {
        EXPECT_LT(label, dataset->tags.size());
      }
      for (const AudioClip& clip : recording.clips) {
        EXPECT_TRUE(files.Exists(JoinPath(dataset->folder, clip.path)));
      }
    }
    EXPECT_EQ(groups.size(), names.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, EntryTest, testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

TEST(PublishedFactsTest, AddUpToTheSizesOfTheDatasets) {
  const auto total = [](const char* name, const char* variant) {
    return FindVariant(FindDatasetSource(name)->facts, variant)
        ->published->total();
  };
  // 25 863 clips less the three empty ones.
  EXPECT_EQ(total("mtat", "unfiltered"), 25863u - 3);
  // 25 000 tracks less the mis-cut ones.
  EXPECT_EQ(total("fma_medium", "ccml"),
            25000 - FindDatasetSource("fma_medium")->facts.known_bad.size());
  EXPECT_EQ(total("lyra", "ccml"), 1570u);
  EXPECT_EQ(total("turkish_makam", "ccml"), 5297u);
  EXPECT_EQ(total("hindustani", "ccml"), 1204u);
  EXPECT_EQ(total("carnatic", "ccml"), 2612u);
}

}  // namespace
}  // namespace culturemert
