#include "experiments/actions/import_weights.h"

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

// Of a folder with these files.
absl::StatusOr<std::string> HashOf(
    const std::map<std::string, std::string>& contents) {
  MemoryFiles files;
  RETURN_IF_ERROR(files.CreateDirectories("/weights/deeper"));
  for (const auto& [name, text] : contents) {
    RETURN_IF_ERROR(
        files.WriteAtomically(absl::StrCat("/weights/", name), text));
  }
  ASSIGN_OR_RETURN(const Hash128 hash, HashOfWeights(files, "/weights"));
  return hash.ToHex();
}

TEST(HashOfWeightsTest, NamesAndBytesOfAFoldersFilesCount) {
  const auto hash = HashOf({{"a.bin", "1"}, {"b.bin", "2"}});
  ASSERT_THAT(hash, IsOk());
  EXPECT_THAT(HashOf({{"b.bin", "2"}, {"a.bin", "1"}}), IsOkAndHolds(*hash));
  for (const std::map<std::string, std::string>& other :
       {std::map<std::string, std::string>{{"a.bin", "1"}, {"b.bin", "3"}},
        {{"a.bin", "1"}, {"c.bin", "2"}},
        {{"a.bin", "2"}, {"b.bin", "1"}},
        {{"a.bin", "1"}},
        {{"a.bin", "1"}, {"b.bin", "2"}, {"c.bin", ""}}}) {
    EXPECT_THAT(HashOf(other), IsOk());
    EXPECT_NE(*HashOf(other), *hash);
  }
}

TEST(HashOfWeightsTest, SubfoldersDoNotCount) {
  const auto hash = HashOf({{"a.bin", "1"}});
  ASSERT_THAT(hash, IsOk());
  EXPECT_THAT(HashOf({{"a.bin", "1"}, {"deeper/b.bin", "2"}}),
              IsOkAndHolds(*hash));
}

TEST(HashOfWeightsTest, WhatIsThereForReadersDoesNotCount) {
  const auto hash = HashOf({{"a.bin", "1"}});
  ASSERT_THAT(hash, IsOk());
  EXPECT_THAT(HashOf({{"a.bin", "1"}, {"README.md", "2"}, {"LICENSE", "3"}}),
              IsOkAndHolds(*hash));
  EXPECT_THAT(HashOf({{"README.md", "2"}}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no files")));
}

TEST(HashOfWeightsTest, AFileIsItsBytesWhateverItsName) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically("/one.pt", "1"), IsOk());
  ASSERT_THAT(files.WriteAtomically("/two.pt", "1"), IsOk());
  const auto one = HashOfWeights(files, "/one.pt");
  const auto two = HashOfWeights(files, "/two.pt");
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(two, IsOk());
  EXPECT_EQ(one->ToHex(), two->ToHex());
}

TEST(HashOfWeightsTest, NothingToHashIsNotFound) {
  MemoryFiles files;
  EXPECT_THAT(HashOfWeights(files, "/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
  EXPECT_THAT(HashOf({}), StatusIs(absl::StatusCode::kNotFound,
                                   HasSubstr("no files of weights")));
}

ModelProvenance Provenance() {
  ModelProvenance provenance;
  provenance.name = "test";
  return provenance;
}

MertConfig Tiny() {
  MertConfig shape;
  shape.conv_channels = 16;
  shape.hidden_size = 32;
  shape.layers = 2;
  shape.heads = 4;
  shape.feed_forward_size = 64;
  shape.positional_kernel = 16;
  shape.positional_groups = 4;
  return shape;
}

TEST(ImportWeightsTest, AnImportOfAnImportIsTheSameWeights) {
  MemoryFiles files;
  ASSERT_THAT(WriteRandomWeights(files, Tiny(), 7, "/random", Provenance()),
              IsOk());
  ASSERT_THAT(ImportWeights(files, "/random", "/once", Provenance()), IsOk());
  ASSERT_THAT(ImportWeights(files, "/once", "/twice", Provenance()), IsOk());
  EXPECT_EQ(files.Read("/twice/model.safetensors").value(),
            files.Read("/random/model.safetensors").value());
}

TEST(ImportWeightsTest, RandomWeightsDependOnTheSeedAlone) {
  MemoryFiles files;
  ASSERT_THAT(WriteRandomWeights(files, Tiny(), 7, "/seven", Provenance()),
              IsOk());
  ASSERT_THAT(WriteRandomWeights(files, Tiny(), 7, "/again", Provenance()),
              IsOk());
  ASSERT_THAT(WriteRandomWeights(files, Tiny(), 8, "/eight", Provenance()),
              IsOk());
  const std::string seven = files.Read("/seven/model.safetensors").value();
  EXPECT_EQ(files.Read("/again/model.safetensors").value(), seven);
  EXPECT_NE(files.Read("/eight/model.safetensors").value(), seven);
}

TEST(MergeWeightsTest, TheAverageOfAModelWithItselfIsTheModel) {
  MemoryFiles files;
  ASSERT_THAT(WriteRandomWeights(files, Tiny(), 1, "/base", Provenance()),
              IsOk());
  ASSERT_THAT(WriteRandomWeights(files, Tiny(), 2, "/adapted", Provenance()),
              IsOk());
  MergeOptions options;
  options.method = MergeMethod::kAverage;
  ASSERT_THAT(MergeWeights(files, "/base", {"/adapted", "/adapted"}, options,
                           "/merged", Provenance()),
              IsOk());
  EXPECT_EQ(files.Read("/merged/model.safetensors").value(),
            files.Read("/adapted/model.safetensors").value());
}

TEST(MergeWeightsTest, ModelsOfAnotherShapeAreRefused) {
  MemoryFiles files;
  MertConfig wide = Tiny();
  wide.feed_forward_size = 128;
  ASSERT_THAT(WriteRandomWeights(files, Tiny(), 1, "/base", Provenance()),
              IsOk());
  ASSERT_THAT(WriteRandomWeights(files, wide, 2, "/wide", Provenance()),
              IsOk());
  EXPECT_THAT(
      MergeWeights(files, "/base", {"/wide"}, {}, "/merged", Provenance()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("feed_forward")));
  EXPECT_TRUE(
      absl::IsNotFound(files.Info("/merged/model.safetensors").status()));
}

}  // namespace
}  // namespace culturemert
