#include "models/weights/mert_weights.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/weights/export.h"
#include "models/weights/mert_shape.h"
#include "models/weights/safetensors.h"
#include "tools/base/config/config.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kGolden[] = "tests/models/weights/golden/mert_tiny/";

std::string Golden(absl::string_view name) {
  return absl::StrCat(kGolden, name);
}

MertCheckpoint Load(absl::string_view name) {
  absl::StatusOr<MertCheckpoint> checkpoint =
      LoadMertCheckpoint(Files::Real(), Golden(name));
  EXPECT_THAT(checkpoint, IsOk()) << name;
  return checkpoint.ok() ? *std::move(checkpoint) : MertCheckpoint();
}

NamedTensors LoadPlain(absl::string_view name) {
  absl::StatusOr<Safetensors> file =
      LoadSafetensors(Files::Real(), Golden(name));
  EXPECT_THAT(file, IsOk()) << name;
  return file.ok() ? file->tensors : NamedTensors();
}

void ExpectSameBits(const NamedTensors& tensors, const NamedTensors& expected) {
  ASSERT_EQ(tensors.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_EQ(tensors.count(name), 1u) << name;
    EXPECT_EQ(tensors.at(name).scalar_type(), at::kFloat) << name;
    EXPECT_TRUE(at::equal(tensors.at(name), tensor)) << name;
  }
}

MertConfig TinyConfig() {
  MertConfig config;
  config.conv_channels = 4;
  config.hidden_size = 8;
  config.layers = 2;
  config.heads = 4;
  config.feed_forward_size = 12;
  config.positional_kernel = 6;
  config.positional_groups = 2;
  config.norm_placement = NormPlacement::kPre;
  return config;
}

std::string Text(const MertConfig& config) {
  return PrintConfig(config).value_or("");
}

ModelProvenance Titled(const char* name) {
  ModelProvenance provenance;
  provenance.name = name;
  return provenance;
}

// A copy of the golden safetensors file in a file system of its own.
NamedTensors TinyEncoder() {
  NamedTensors copies;
  for (const auto& [name, tensor] : LoadPlain("old/model.safetensors")) {
    copies[name] = tensor.clone();
  }
  return copies;
}

absl::Status LoadError(const NamedTensors& tensors) {
  MemoryFiles files;
  EXPECT_THAT(WriteSafetensors(files, "/m.safetensors", tensors), IsOk());
  return LoadMertCheckpoint(files, "/m.safetensors").status();
}

TEST(MertWeightsTest, EveryFormOfTheSameModelGivesTheSameBits) {
  const NamedTensors expected = LoadPlain("old/model.safetensors");
  ASSERT_EQ(expected.size(), MertEncoderTensors(TinyConfig()).size());
  for (const char* name :
       {"old", "new", "bin", "sharded", "old/model.safetensors",
        "bin/pytorch_model.bin", "fairseq.pt", "fairseq_omegaconf.pt",
        "fairseq_args.pt"}) {
    SCOPED_TRACE(name);
    const MertCheckpoint checkpoint = Load(name);
    ExpectSameBits(checkpoint.encoder, expected);
    MertConfig config = TinyConfig();
    if (!checkpoint.heads.empty()) {
      config.codebooks = 2;
      config.codes = 4;
      config.head_size = 3;
      config.cqt_bins = 5;
    }
    EXPECT_EQ(Text(checkpoint.config), Text(config));
  }
}

TEST(MertWeightsTest, WhatAnExportHoldsIsWhatWasExported) {
  const MertCheckpoint original = Load("fairseq.pt");
  MemoryFiles files;
  ASSERT_THAT(ExportMert(files, "/export", original.config, original.encoder,
                         original.heads, Titled("tiny")),
              IsOk());
  for (const char* path : {"/export", "/export/model.safetensors"}) {
    absl::StatusOr<MertCheckpoint> read = LoadMertCheckpoint(files, path);
    ASSERT_THAT(read, IsOk());
    ExpectSameBits(read->encoder, original.encoder);
    EXPECT_EQ(Text(read->config), Text(original.config));
  }
  absl::StatusOr<MertCheckpoint> read = LoadMertCheckpoint(files, "/export");
  ASSERT_THAT(read, IsOk());
  ExpectSameBits(read->heads, original.heads);
  // The file alone states its configuration too.
  ASSERT_THAT(files.Remove("/export/config.json"), IsOk());
  read = LoadMertCheckpoint(files, "/export");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(Text(read->config), Text(original.config));
}

TEST(MertWeightsTest, HeadsAreOrderedByTheDictionariesOfTheCheckpoint) {
  const MertCheckpoint checkpoint = Load("fairseq.pt");
  ExpectSameBits(checkpoint.heads, LoadPlain("heads.safetensors"));
  EXPECT_THAT(checkpoint.notes,
              Contains(HasSubstr("dictionaries in the task state")));
}

TEST(MertWeightsTest, HeadsWithoutDictionariesAreInNumericOrderAndSaySo) {
  for (const char* name : {"fairseq_omegaconf.pt", "fairseq_args.pt"}) {
    const MertCheckpoint checkpoint = Load(name);
    ExpectSameBits(checkpoint.heads, LoadPlain("heads_in_order.safetensors"));
    EXPECT_THAT(checkpoint.notes, Contains(HasSubstr("no dictionary")));
  }
}

TEST(MertWeightsTest, HuggingFaceFilesHaveNoHeads) {
  const MertCheckpoint checkpoint = Load("old");
  EXPECT_THAT(checkpoint.heads, IsEmpty());
  EXPECT_EQ(checkpoint.dialect, "huggingface");
  EXPECT_EQ(checkpoint.format, "safetensors");
  EXPECT_THAT(checkpoint.ignored, IsEmpty());
  EXPECT_THAT(checkpoint.notes, ElementsAre("configuration from config.json"));
}

TEST(MertWeightsTest, WhatFairseqKeepsBesidesTheModelIsListedAsIgnored) {
  const MertCheckpoint checkpoint = Load("fairseq.pt");
  EXPECT_EQ(checkpoint.dialect, "fairseq");
  EXPECT_THAT(checkpoint.ignored,
              ElementsAre("last_optimizer_state.state.0.exp_avg",
                          "model.encoder_cqt_model.spec_layer.cqt_kernels_imag",
                          "model.encoder_cqt_model.spec_layer.cqt_kernels_real",
                          "model.encoder_cqt_model.spec_layer.lenghts"));
}

TEST(MertWeightsTest, WithoutAnyConfigurationTheAssumptionsAreStated) {
  MemoryFiles files;
  ASSERT_THAT(WriteSafetensors(files, "/m.safetensors", TinyEncoder()), IsOk());
  absl::StatusOr<MertCheckpoint> read =
      LoadMertCheckpoint(files, "/m.safetensors");
  ASSERT_THAT(read, IsOk());
  MertConfig expected = TinyConfig();
  expected.heads = 1;
  expected.norm_placement = NormPlacement::kPost;
  EXPECT_EQ(Text(read->config), Text(expected));
  EXPECT_THAT(read->notes,
              AllOf(Contains(HasSubstr("attention heads assumed to be 1")),
                    Contains(HasSubstr("norms assumed to stand behind"))));
}

TEST(MertWeightsTest, HalfPrecisionBecomesFloatAndIsNoted) {
  NamedTensors tensors = TinyEncoder();
  tensors["masked_spec_embed"] = tensors["masked_spec_embed"].to(at::kHalf);
  MemoryFiles files;
  ASSERT_THAT(WriteSafetensors(files, "/m.safetensors", tensors), IsOk());
  absl::StatusOr<MertCheckpoint> read =
      LoadMertCheckpoint(files, "/m.safetensors");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->encoder.at("masked_spec_embed").scalar_type(), at::kFloat);
  EXPECT_THAT(read->notes,
              Contains(HasSubstr("1 tensor of type Half converted")));
}

TEST(MertWeightsTest, AllTensorsThatAreWrongAreListedInOneError) {
  NamedTensors tensors = TinyEncoder();
  tensors.erase("encoder.layers.1.layer_norm.bias");
  tensors["encoder.layers.1.layernorm.bias"] = at::zeros({8});
  tensors["masked_spec_embed"] = at::zeros({9});
  EXPECT_THAT(
      LoadError(tensors),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("/m.safetensors: "),
                     HasSubstr("missing tensor: "
                               "encoder.layers.1.layer_norm.bias"),
                     HasSubstr("unexpected tensor: "
                               "encoder.layers.1.layernorm.bias"),
                     HasSubstr("masked_spec_embed is [9], expected [8]"))));
}

TEST(MertWeightsTest, EachMissingTensorIsNamed) {
  const NamedTensors whole = TinyEncoder();
  for (const auto& [name, tensor] : whole) {
    NamedTensors tensors = whole;
    tensors.erase(name);
    EXPECT_THAT(LoadError(tensors),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(name)));
  }
}

TEST(MertWeightsTest, IncompleteHeadsAreRefused) {
  NamedTensors tensors = TinyEncoder();
  for (const auto& [name, tensor] : LoadPlain("heads.safetensors")) {
    tensors[name] = tensor;
  }
  EXPECT_THAT(LoadError(tensors), IsOk());
  tensors.erase("final_proj.bias");
  EXPECT_THAT(LoadError(tensors),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("pre-training heads"),
                             HasSubstr("missing tensor: final_proj.bias"))));
}

TEST(MertWeightsTest, OneTensorInBothSpellingsIsRefused) {
  NamedTensors tensors = TinyEncoder();
  const std::string conv = "encoder.pos_conv_embed.conv.";
  tensors[conv + "parametrizations.weight.original0"] =
      tensors[conv + "weight_g"];
  EXPECT_THAT(LoadError(tensors),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("original0"), HasSubstr("weight_g"),
                             HasSubstr("expected one of them"))));
}

TEST(MertWeightsTest, AConfigurationThatDoesNotFitTheTensorsIsRefused) {
  MemoryFiles files;
  ASSERT_THAT(
      ExportMert(files, "/e", TinyConfig(), TinyEncoder(), {}, Titled("tiny")),
      IsOk());
  MertConfig other = TinyConfig();
  other.layers = 3;
  ASSERT_THAT(
      ExportMert(files, "/e", other, TinyEncoder(), {}, Titled("tiny")),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("encoder to export"), HasSubstr("missing"))));
}

TEST(MertWeightsTest, FoldersWithoutWeightsSayWhatTheyLack) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories("/empty"), IsOk());
  EXPECT_THAT(LoadMertCheckpoint(files, "/empty"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("no weights in /empty"),
                             HasSubstr("pytorch_model.bin"))));
  EXPECT_THAT(LoadMertCheckpoint(files, "/nowhere"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere")));
}

TEST(MertWeightsTest, AnIndexLeadsNowhereButIntoItsFolder) {
  for (const char* shard : {"\"../secret\"", "\"/etc/passwd\"", "\"\"", "7"}) {
    MemoryFiles files;
    ASSERT_THAT(files.CreateDirectories("/f"), IsOk());
    ASSERT_THAT(files.WriteAtomically(
                    "/f/model.safetensors.index.json",
                    absl::StrCat("{\"weight_map\": {\"a\": ", shard, "}}")),
                IsOk());
    EXPECT_THAT(LoadMertCheckpoint(files, "/f"),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("not the name of a file in its folder")))
        << shard;
  }
}

TEST(MertWeightsTest, AnUnrelatedConfigJsonBesideAFileIsNotUsed) {
  MemoryFiles files;
  ASSERT_THAT(WriteSafetensors(files, "/m.safetensors", TinyEncoder()), IsOk());
  ASSERT_THAT(
      files.WriteAtomically("/config.json", R"({"model_type": "bert"})"),
      IsOk());
  absl::StatusOr<MertCheckpoint> read =
      LoadMertCheckpoint(files, "/m.safetensors");
  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(read->notes, Contains(HasSubstr("config.json is not used")));
}

}  // namespace
}  // namespace culturemert
