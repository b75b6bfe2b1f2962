#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/weights/safetensors.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_DECLARE_FLAG(std::vector<std::string>, adapted);
ABSL_DECLARE_FLAG(std::string, model_name);

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string Golden(const char* name) {
  return absl::StrCat("tests/models/weights/golden/mert_tiny/", name);
}

struct Result {
  absl::Status status;
  std::string output;
};

Result RunCommand(const std::string& name,
                  const std::vector<std::string>& arguments) {
  for (const Command& command : Commands()) {
    if (command.name != name) continue;
    std::ostringstream out;
    absl::Status status = command.run(arguments, out);
    return {status, out.str()};
  }
  ADD_FAILURE() << "no command " << name;
  return {};
}

TEST(WeightsCommandsTest, InfoTellsModelOriginAndTensors) {
  const Result result = RunCommand("weights info", {Golden("fairseq.pt")});
  EXPECT_THAT(result.status, IsOk());
  EXPECT_THAT(
      result.output,
      AllOf(HasSubstr("MERT: 2 layers of 8, 4 attention heads"),
            HasSubstr("heads for 2 books of 4 codes"),
            HasSubstr("torch.save (zip), 1 file, names of the dialect fairseq"),
            HasSubstr("label rows by the dictionaries"),
            HasSubstr("4 tensors knowingly left out"),
            HasSubstr("1 769 parameters in 56 tensors"),
            HasSubstr("label_embs_concat"), HasSubstr("[8, 3] float32")));
}

TEST(WeightsCommandsTest, InfoOnAnotherModelSaysWhichAreKnown) {
  const Result result =
      RunCommand("weights info", {Golden("heads.safetensors")});
  EXPECT_THAT(result.status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("heads.safetensors"),
                             HasSubstr("of no known model"),
                             HasSubstr("EnCodec"), HasSubstr("fairseq MERT"),
                             HasSubstr("\"final_proj.bias\""))));
  EXPECT_TRUE(IsUsageError(RunCommand("weights info", {}).status));
}

TEST(WeightsCommandsTest, DiffOfTwoFormsOfOneModelFindsThemTheSame) {
  const Result result = RunCommand(
      "weights diff", {Golden("new"), Golden("bin/pytorch_model.bin")});
  EXPECT_THAT(result.status, IsOk());
  EXPECT_THAT(result.output, HasSubstr("the same: 51 tensors"));
}

TEST(WeightsCommandsTest, DiffFailsAndNamesWhatDiffers) {
  Result result = RunCommand("weights diff",
                             {Golden("fairseq.pt"), Golden("fairseq_args.pt")});
  EXPECT_THAT(result.status,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("1 of 56 tensors in values, 0 in name")));
  EXPECT_THAT(result.output, AllOf(HasSubstr("label_embs_concat"),
                                   Not(HasSubstr("masked_spec_embed"))));
  result = RunCommand("weights diff", {Golden("old"), Golden("fairseq.pt")});
  EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("5 in name or shape")));
  EXPECT_THAT(result.output,
              HasSubstr("only in the second: label_embs_concat"));
  EXPECT_TRUE(IsUsageError(RunCommand("weights diff", {Golden("old")}).status));
}

TEST(WeightsCommandsTest, WhatIsConvertedIsTheSame) {
  const std::string output = testing::TempDir() + "/converted.safetensors";
  absl::SetFlag(&FLAGS_weights, Golden("fairseq.pt"));
  absl::SetFlag(&FLAGS_output, output);
  EXPECT_THAT(RunCommand("weights convert", {}).status, IsOk());
  EXPECT_THAT(RunCommand("weights diff", {Golden("fairseq.pt"), output}).status,
              IsOk());
  absl::SetFlag(&FLAGS_output, testing::TempDir());
  EXPECT_TRUE(IsUsageError(RunCommand("weights convert", {}).status));
}

TEST(WeightsCommandsTest, AModelMergedWithItselfIsTheSame) {
  const std::string base = testing::TempDir() + "/base.safetensors";
  const std::string output = testing::TempDir() + "/merged.safetensors";
  absl::SetFlag(&FLAGS_weights, Golden("fairseq.pt"));
  absl::SetFlag(&FLAGS_output, base);
  ASSERT_THAT(RunCommand("weights convert", {}).status, IsOk());
  absl::SetFlag(&FLAGS_weights, base);
  absl::SetFlag(&FLAGS_output, output);
  EXPECT_TRUE(IsUsageError(RunCommand("weights merge", {}).status));
  absl::SetFlag(&FLAGS_adapted, {base, base});
  const Result result = RunCommand("weights merge", {});
  EXPECT_THAT(result.status, IsOk());
  EXPECT_THAT(result.output, HasSubstr("2 models merged by task_arithmetic"));
  EXPECT_THAT(RunCommand("weights diff", {base, output}).status, IsOk());
}

TEST(WeightsCommandsTest, TaskVectorsAreScaledAsToldAndAdded) {
  const auto path = [](float value) {
    return absl::StrCat(testing::TempDir(), "/all_", value, ".safetensors");
  };
  for (const float value : {1.0f, 3.0f, 9.0f}) {
    ASSERT_THAT(WriteSafetensors(Files::Real(), path(value),
                                 {{"weight", at::full({2, 3}, value)}}),
                IsOk());
  }
  const std::string output = testing::TempDir() + "/added.safetensors";
  absl::SetFlag(&FLAGS_weights, path(1));
  absl::SetFlag(&FLAGS_adapted, {path(3), path(9)});
  absl::SetFlag(&FLAGS_output, output);
  // base + scale ((3 - 1) + (9 - 1))
  for (const auto& [scale, expected] :
       {std::pair("0.25", 3.5f), std::pair("-0.5", -4.0f)}) {
    absl::SetFlag(&FLAGS_set, {absl::StrCat("merge.scale=", scale)});
    ASSERT_THAT(RunCommand("weights merge", {}).status, IsOk());
    const absl::StatusOr<Safetensors> merged =
        LoadSafetensors(Files::Real(), output);
    ASSERT_THAT(merged, IsOk());
    EXPECT_TRUE(
        at::equal(merged->tensors.at("weight"), at::full({2, 3}, expected)));
  }
  absl::SetFlag(&FLAGS_set, {});
}

TEST(WeightsCommandsTest, WhatShapesDoNotTellIsMergedFromTheBase) {
  const std::string folder = testing::TempDir() + "/merged_folder";
  ASSERT_THAT(Files::Real().CreateDirectories(folder), IsOk());
  const std::string base = Golden("new/model.safetensors");
  absl::SetFlag(&FLAGS_weights, base);
  absl::SetFlag(&FLAGS_adapted, {base});
  absl::SetFlag(&FLAGS_output, folder + "/model.safetensors");
  EXPECT_THAT(RunCommand("weights merge", {}).output, HasSubstr("the base's"));
  EXPECT_THAT(RunCommand("weights info", {folder}).output,
              HasSubstr("MERT: 2 layers of 8, 4 attention heads"));
  ASSERT_THAT(Files::Real().WriteAtomically(folder + "/config.json", "{}"),
              IsOk());
  EXPECT_THAT(RunCommand("weights merge", {}).output,
              HasSubstr("was left as it is"));
  EXPECT_THAT(Files::Real().Read(folder + "/config.json"), IsOkAndHolds("{}"));
}

TEST(WeightsCommandsTest, MergingTellsWhatIsWrongWithItsSettings) {
  absl::SetFlag(&FLAGS_weights, "base.safetensors");
  absl::SetFlag(&FLAGS_output, "merged.safetensors");
  absl::SetFlag(&FLAGS_adapted, {"a.safetensors"});
  absl::SetFlag(&FLAGS_set, {"merge.method=slerp"});
  absl::Status status = RunCommand("weights merge", {}).status;
  EXPECT_TRUE(IsUsageError(status));
  EXPECT_THAT(status.message(), HasSubstr("takes two adapted models, not 1"));
  absl::SetFlag(&FLAGS_set, {"merge.lambda=1"});
  status = RunCommand("weights merge", {}).status;
  EXPECT_TRUE(IsUsageError(status));
  EXPECT_THAT(status.message(), HasSubstr("merge.lambda"));
  absl::SetFlag(&FLAGS_set, {});
}

TEST(WeightsCommandsTest, WhatIsExportedIsTheSame) {
  const std::string output = testing::TempDir() + "/exported";
  absl::SetFlag(&FLAGS_weights, Golden("fairseq.pt"));
  absl::SetFlag(&FLAGS_output, output);
  EXPECT_TRUE(IsUsageError(RunCommand("weights export", {}).status));
  absl::SetFlag(&FLAGS_model_name, "tiny");
  EXPECT_THAT(RunCommand("weights export", {}).status, IsOk());
  EXPECT_THAT(RunCommand("weights diff", {Golden("fairseq.pt"), output}).status,
              IsOk());
}

}  // namespace
}  // namespace culturemert
