#include "models/weights/weights_file.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Pair;
using testing::SizeIs;

absl::StatusOr<WeightsFile> Load(absl::string_view name) {
  return LoadWeightsFile(Files::Real(),
                         absl::StrCat("tests/models/weights/golden/", name));
}

TEST(LoadWeightsFileTest, ReadsSafetensorsWithTheirMetadata) {
  const auto file = Load("odd.safetensors");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->kind, WeightsFileKind::kSafetensors);
  EXPECT_THAT(file->tensors, SizeIs(3));
  EXPECT_THAT(file->metadata, ElementsAre(Pair(HasSubstr("format"), "pt\n")));
}

TEST(LoadWeightsFileTest, ReadsBothFormatsOfTorchSaveTheSame) {
  const auto zip = Load("fairseq_zip.pt");
  const auto legacy = Load("fairseq_legacy.pt");
  ASSERT_THAT(zip, IsOk());
  ASSERT_THAT(legacy, IsOk());
  EXPECT_EQ(zip->kind, WeightsFileKind::kTorchZip);
  EXPECT_EQ(legacy->kind, WeightsFileKind::kTorchLegacy);
  EXPECT_THAT(zip->tensors, Contains(Key("model.weight")));
  EXPECT_THAT(legacy->tensors, Contains(Key("model.weight")));
  EXPECT_EQ(zip->string_lists, legacy->string_lists);
  EXPECT_THAT(zip->opaque, ElementsAre("argparse.Namespace",
                                       "fairseq.data.dictionary.Dictionary"));
  EXPECT_EQ(zip->opaque, legacy->opaque);
}

TEST(LoadWeightsFileTest, TheNameOfTheFileDoesNotMatter) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically(
                  "weights.safetensors",
                  *Files::Real().Read("tests/models/weights/golden/tensor.pt")),
              IsOk());
  const auto file = LoadWeightsFile(files, "weights.safetensors");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->kind, WeightsFileKind::kTorchZip);
}

TEST(LoadWeightsFileTest, FilesThatAreNoneAreNamed) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically(
                  "model.bin", "version https://git-lfs.github.com/spec/v1\n"),
              IsOk());
  EXPECT_THAT(LoadWeightsFile(files, "model.bin"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("model.bin: not a file of weights")));
  EXPECT_THAT(
      LoadWeightsFile(files, "none"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("cannot map none")));
}

}  // namespace
}  // namespace culturemert
