#include "models/weights/export.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>

#include <nlohmann/json.hpp>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/pretraining/pretraining_head_tensors.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

MertConfig Tiny() { return MertPreset("tiny").value(); }

NamedTensors Filled(const std::vector<TensorSpec>& specs) {
  NamedTensors tensors;
  double next = 1;
  for (const TensorSpec& spec : specs) {
    tensors[spec.name] = at::full(spec.shape, next++, at::kDouble);
  }
  return tensors;
}

ModelProvenance Reproduction() {
  ModelProvenance provenance;
  provenance.name = "CultureMERT, reproduced";
  provenance.base_model = "m-a-p/MERT-v1-95M";
  provenance.method = "two stages";
  provenance.data = "Lyra 50 h";
  provenance.record_hash = "0123abcd";
  return provenance;
}

std::string Card(const ModelProvenance& provenance) {
  MemoryFiles files;
  EXPECT_THAT(ExportMert(files, "/e", Tiny(),
                         Filled(MertEncoderTensors(Tiny())), {}, provenance),
              IsOk());
  return files.Read("/e/README.md").value_or("");
}

TEST(ExportTest, TheCardTellsWhereTheModelIsFrom) {
  EXPECT_THAT(Card(Reproduction()),
              AllOf(HasSubstr("license: \"cc-by-nc-4.0\""),
                    HasSubstr("base_model: \"m-a-p/MERT-v1-95M\""),
                    HasSubstr("# CultureMERT, reproduced"),
                    HasSubstr("| data | Lyra 50 h |"),
                    HasSubstr("| audio | recordings |"),
                    HasSubstr("| record of the run | 0123abcd |"),
                    Not(HasSubstr("pretraining_heads"))));
}

TEST(ExportTest, ATextCannotBreakTheCardsTableOrItsHead) {
  ModelProvenance provenance = Reproduction();
  provenance.data = "a | b";
  provenance.base_model = "\"quoted\": yes";
  EXPECT_THAT(Card(provenance),
              AllOf(HasSubstr("| data | a \\| b |"),
                    HasSubstr("base_model: \"\\\"quoted\\\": yes\"\n")));
}

TEST(ExportTest, AModelTrainedOnRenderedAudioSaysSo) {
  ModelProvenance provenance = Reproduction();
  provenance.audio = HeardAudio::kRendered;
  provenance.base_model.clear();
  EXPECT_THAT(
      Card(provenance),
      AllOf(HasSubstr("| audio | synthetic"),
            HasSubstr("| base model | none, trained from scratch |"),
            HasSubstr("| licence | not stated |"), Not(HasSubstr("license:"))));
}

TEST(ExportTest, AModelThatHeardNothingClaimsNoRecordings) {
  ModelProvenance provenance = Reproduction();
  provenance.audio = HeardAudio::kNone;
  EXPECT_THAT(Card(provenance), HasSubstr("| audio | none: weights as "));
  provenance.audio = HeardAudio::kUnknown;
  EXPECT_THAT(Card(provenance), Not(HasSubstr("| audio |")));
}

TEST(ExportTest, TransformersGetsTheFilesItLooksFor) {
  MemoryFiles files;
  ASSERT_THAT(
      ExportMert(files, "/a/b", Tiny(), Filled(MertEncoderTensors(Tiny())),
                 Filled(PretrainingHeadTensors(Tiny())), Reproduction()),
      IsOk());
  const auto config =
      nlohmann::json::parse(files.Read("/a/b/config.json").value());
  EXPECT_EQ(config["model_type"], "hubert");
  EXPECT_EQ(config["num_attention_heads"], 4);
  const auto preprocessor = nlohmann::json::parse(
      files.Read("/a/b/preprocessor_config.json").value());
  EXPECT_EQ(preprocessor["sampling_rate"], 24000);
  EXPECT_EQ(preprocessor["do_normalize"], true);
  EXPECT_TRUE(files.Exists("/a/b/model.safetensors"));
  EXPECT_TRUE(files.Exists("/a/b/pretraining_heads.safetensors"));
}

TEST(ExportTest, AnEarlierExportsHeadsDoNotStay) {
  MemoryFiles files;
  const NamedTensors encoder = Filled(MertEncoderTensors(Tiny()));
  ASSERT_THAT(
      ExportMert(files, "/e", Tiny(), encoder,
                 Filled(PretrainingHeadTensors(Tiny())), Reproduction()),
      IsOk());
  ASSERT_THAT(ExportMert(files, "/e", Tiny(), encoder, {}, Reproduction()),
              IsOk());
  EXPECT_FALSE(files.Exists("/e/pretraining_heads.safetensors"));
}

TEST(ExportTest, ProvenanceThatNoCardCanHoldIsRefused) {
  const NamedTensors encoder = Filled(MertEncoderTensors(Tiny()));
  MemoryFiles files;
  EXPECT_THAT(
      ExportMert(files, "/e", Tiny(), encoder, {}, {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("needs a name")));
  ModelProvenance provenance = Reproduction();
  provenance.data = "two\nlines";
  EXPECT_THAT(ExportMert(files, "/e", Tiny(), encoder, {}, provenance),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("data"), HasSubstr("two\\nlines"))));
  EXPECT_FALSE(files.Exists("/e"));
}

TEST(ExportTest, TensorsOfAnotherShapeAreRefusedAndNothingIsWritten) {
  NamedTensors heads = Filled(PretrainingHeadTensors(Tiny()));
  heads.erase("final_proj.bias");
  MemoryFiles files;
  EXPECT_THAT(
      ExportMert(files, "/e", Tiny(), Filled(MertEncoderTensors(Tiny())), heads,
                 Reproduction()),
      StatusIs(
          absl::StatusCode::kInvalidArgument,
          AllOf(HasSubstr("heads to export"), HasSubstr("final_proj.bias"))));
  EXPECT_FALSE(files.Exists("/e"));
}

}  // namespace
}  // namespace culturemert
