#include "models/weights/encodec_weights.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/weights/safetensors.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// Each tensor is full of a number of its own.
NamedTensors HuggingFaceTensors() {
  NamedTensors tensors;
  double next = 1;
  for (const TensorSpec& spec : EncodecTensors(EncodecConfig::Tiny())) {
    tensors[spec.name] = at::full(spec.shape, next++, at::kFloat);
  }
  tensors["quantizer.layers.0.codebook.inited"] = at::zeros({1});
  tensors["decoder.layers.0.conv.bias"] = at::zeros({3});
  return tensors;
}

std::string NewSpelling(std::string name) {
  return absl::StrReplaceAll(
      name, {{"weight_g", "parametrizations.weight.original0"},
             {"weight_v", "parametrizations.weight.original1"}});
}

// The other way round than the suite does it.
std::string OriginalName(std::string name) {
  absl::string_view rest = name;
  if (absl::ConsumePrefix(&rest, "quantizer.")) {
    return absl::StrCat("quantizer.vq.",
                        absl::StrReplaceAll(rest, {{"codebook", "_codebook"}}));
  }
  return absl::StrReplaceAll(
      name, {{".layers.", ".model."}, {".conv.", ".conv.conv."}});
}

absl::StatusOr<EncodecCheckpoint> LoadFrom(
    const NamedTensors& tensors, const std::string& config_json = "") {
  MemoryFiles files;
  EXPECT_THAT(WriteSafetensors(files, "/model.safetensors", tensors), IsOk());
  if (!config_json.empty()) {
    EXPECT_THAT(files.WriteAtomically("/config.json", config_json), IsOk());
  }
  absl::StatusOr<EncodecCheckpoint> read =
      LoadEncodecCheckpoint(files, "/model.safetensors");
  // The tensors lie in the file system that ends here.
  if (read.ok()) {
    for (auto& [name, tensor] : read->tensors) tensor = tensor.clone();
  }
  return read;
}

TEST(EncodecWeightsTest, AllSpellingsGiveTheSameTensors) {
  const NamedTensors hugging_face = HuggingFaceTensors();
  NamedTensors parametrizations;
  NamedTensors original;
  for (const auto& [name, tensor] : hugging_face) {
    parametrizations[NewSpelling(name)] = tensor;
    original[OriginalName(name)] = tensor;
  }
  struct Case {
    NamedTensors tensors;
    std::string dialect;
    std::string ignored;
  };
  const Case cases[] = {
      {hugging_face, "huggingface", "quantizer.layers.0.codebook.inited"},
      {parametrizations, "huggingface", "quantizer.layers.0.codebook.inited"},
      {original, "encodec", "quantizer.vq.layers.0._codebook.inited"}};
  for (const Case& c : cases) {
    absl::StatusOr<EncodecCheckpoint> read = LoadFrom(c.tensors);
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(read->dialect, c.dialect);
    EXPECT_THAT(read->ignored, ElementsAre(HasSubstr("decoder."), c.ignored));
    EXPECT_EQ(read->config.base_width, 2);
    EXPECT_EQ(read->config.latent_size, 8);
    EXPECT_EQ(read->config.books, 8);
    EXPECT_EQ(read->config.codes_per_book, 64);
    EXPECT_THAT(read->config.ratios, ElementsAre(2, 4, 5, 8));
    for (const TensorSpec& spec : EncodecTensors(EncodecConfig::Tiny())) {
      ASSERT_EQ(read->tensors.count(spec.name), 1u) << spec.name;
      EXPECT_TRUE(
          at::equal(read->tensors.at(spec.name), hugging_face.at(spec.name)))
          << spec.name;
    }
  }
}

TEST(EncodecWeightsTest, EachMissingTensorIsNamed) {
  const NamedTensors whole = HuggingFaceTensors();
  for (const TensorSpec& spec : EncodecTensors(EncodecConfig::Tiny())) {
    // What tells the shape is missed by its neighbours instead.
    if (spec.name == "quantizer.layers.7.codebook.embed") continue;
    NamedTensors tensors = whole;
    tensors.erase(spec.name);
    EXPECT_THAT(LoadFrom(tensors), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("/model.safetensors")))
        << spec.name;
  }
}

TEST(EncodecWeightsTest, AnotherEncodecIsRefusedByItsConfiguration) {
  EXPECT_THAT(LoadFrom(HuggingFaceTensors(),
                       R"({"model_type": "encodec", "sampling_rate": 24000})"),
              IsOk());
  EXPECT_THAT(
      LoadFrom(HuggingFaceTensors(),
               R"({"model_type": "encodec", "sampling_rate": 48000,
                   "normalize": true, "upsampling_ratios": [8, 5, 4, 2]})"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("/config.json"),
                     HasSubstr("sampling_rate is 48000, expected 24000"),
                     HasSubstr("normalize is true"))));
  absl::StatusOr<EncodecCheckpoint> read =
      LoadFrom(HuggingFaceTensors(), R"({"model_type": "hubert"})");
  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(read->notes, Contains(HasSubstr("is not used")));
}

TEST(EncodecWeightsTest, HostileShapesAreErrors) {
  for (const char* name :
       {"encoder.layers.0.conv.weight_v", "encoder.layers.3.conv.weight_v",
        "quantizer.layers.0.codebook.embed"}) {
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{}, {0}, {0, 0, 0}, {100000, 1, 1}}) {
      NamedTensors tensors = HuggingFaceTensors();
      tensors[name] = at::zeros(shape);
      EXPECT_THAT(LoadFrom(tensors), testing::Not(IsOk())) << name;
    }
  }
}

}  // namespace
}  // namespace culturemert
