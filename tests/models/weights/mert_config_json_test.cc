#include "models/weights/mert_config_json.h"

#include <nlohmann/json.hpp>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Text(const MertConfig& config) {
  absl::StatusOr<std::string> text = PrintConfig(config);
  EXPECT_THAT(text, IsOk());
  return text.value_or("");
}

// Of m-a-p/MERT-v1-95M, with the keys that matter.
nlohmann::json Published() {
  return nlohmann::json::parse(R"({
    "architectures": ["MERTModel"], "model_type": "mert_model",
    "activation_dropout": 0.1, "attention_relax": -1.0, "conv_bias": false,
    "conv_dim": [512, 512, 512, 512, 512, 512, 512],
    "conv_kernel": [10, 3, 3, 3, 3, 2, 2],
    "conv_stride": [5, 2, 2, 2, 2, 2, 2], "deepnorm": false,
    "do_stable_layer_norm": false, "feat_extract_activation": "gelu",
    "feat_extract_norm": "group", "feat_proj_layer_norm": true,
    "feature_extractor_cqt": false, "hidden_act": "gelu", "hidden_size": 768,
    "intermediate_size": 3072, "layer_norm_eps": 1e-05, "layerdrop": 0.1,
    "num_attention_heads": 12, "num_conv_pos_embedding_groups": 16,
    "num_conv_pos_embeddings": 128, "num_hidden_layers": 12,
    "sample_rate": 24000})");
}

TEST(MertConfigJsonTest, ThePublishedFileIsMert95MWithItsTrainingDropouts) {
  absl::StatusOr<MertConfig> config =
      ParseMertConfigJson(Published().dump(), "config.json");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(Text(*config), Text(MertConfig()));
}

TEST(MertConfigJsonTest, EverySizeIsRead) {
  nlohmann::json json = Published();
  json["conv_dim"] = std::vector<int>(7, 16);
  json["hidden_size"] = 32;
  json["num_hidden_layers"] = 3;
  json["num_attention_heads"] = 4;
  json["intermediate_size"] = 64;
  json["num_conv_pos_embeddings"] = 15;
  json["num_conv_pos_embedding_groups"] = 2;
  json["do_stable_layer_norm"] = true;
  json["layer_norm_eps"] = 1e-6;
  absl::StatusOr<MertConfig> config =
      ParseMertConfigJson(json.dump(), "config.json");
  ASSERT_THAT(config, IsOk());
  MertConfig expected;
  expected.conv_channels = 16;
  expected.hidden_size = 32;
  expected.layers = 3;
  expected.heads = 4;
  expected.feed_forward_size = 64;
  expected.positional_kernel = 15;
  expected.positional_groups = 2;
  expected.norm_placement = NormPlacement::kPre;
  expected.layer_norm_epsilon = 1e-6;
  EXPECT_EQ(Text(*config), Text(expected));
}

TEST(MertConfigJsonTest, AnEmptyObjectIsTransformersHubert) {
  absl::StatusOr<MertConfig> config = ParseMertConfigJson("{}", "config.json");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(Text(*config), Text(MertConfig()));
}

TEST(MertConfigJsonTest, WhatIsPrintedIsReadBackForEveryPreset) {
  for (const std::string& name : MertPresetNames()) {
    absl::StatusOr<MertConfig> config = MertPreset(name);
    ASSERT_THAT(config, IsOk());
    config->codebooks = 5;
    config->hidden_dropout = 0.3;
    absl::StatusOr<std::string> text = PrintMertConfigJson(*config);
    ASSERT_THAT(text, IsOk());
    EXPECT_TRUE(IsMertConfigJson(*text));
    absl::StatusOr<MertConfig> read = ParseMertConfigJson(*text, "config.json");
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(Text(*read), Text(*config)) << name;
  }
}

TEST(MertConfigJsonTest, AnEditedExportThatContradictsItselfIsRefused) {
  absl::StatusOr<std::string> text = PrintMertConfigJson(MertConfig());
  ASSERT_THAT(text, IsOk());
  nlohmann::json json = nlohmann::json::parse(*text);
  json["num_hidden_layers"] = 6;
  EXPECT_THAT(ParseMertConfigJson(json.dump(), "config.json"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("culturemert_config states another shape")));
}

struct BadKey {
  const char* key;
  const char* value;
  const char* message;
};

TEST(MertConfigJsonTest, WhatTheSuiteLacksIsRefusedByName) {
  const BadKey cases[] = {
      {"sample_rate", "16000", "sample_rate is \"16000\", expected 24000"},
      {"conv_bias", "true", "conv_bias"},
      {"feat_extract_norm", "\"layer\"", "expected \"group\""},
      {"feature_extractor_cqt", "true", "feature_extractor_cqt"},
      {"deepnorm", "true", "deepnorm"},
      {"hidden_act", "\"relu\"", "hidden_act"},
      {"conv_kernel", "[10, 3]", "conv_kernel"},
      {"conv_stride", "5", "conv_stride"},
      {"conv_dim", "[1, 1, 1, 1, 1, 1, 2]", "seven times the same"},
      {"conv_dim", "[]", "seven times the same"},
      {"conv_dim", "{}", "seven times the same"},
      {"hidden_size", "\"768\"", "hidden_size is"},
      {"hidden_size", "1e3", "expected an integer"},
      {"hidden_size", "-1", "hidden_size"},
      {"hidden_size", "18446744073709551615", "hidden_size"},
      {"num_attention_heads", "5", "heads"},
      {"num_conv_pos_embedding_groups", "0", "positional_groups"},
      {"layer_norm_eps", "\"small\"", "layer_norm_eps"},
      {"do_stable_layer_norm", "1", "true or false"},
      {"culturemert_config", "{\"laers\": 3}", "layers"},
  };
  for (const BadKey& bad : cases) {
    nlohmann::json json = Published();
    json[bad.key] = nlohmann::json::parse(bad.value);
    EXPECT_THAT(
        ParseMertConfigJson(json.dump(), "a/config.json"),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(HasSubstr("a/config.json"), HasSubstr(bad.message))))
        << bad.key;
  }
}

TEST(MertConfigJsonTest, AllThatIsWrongIsSaidAtOnce) {
  EXPECT_THAT(
      ParseMertConfigJson(R"({"deepnorm": true, "conv_bias": true})", "c"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("deepnorm"), HasSubstr("conv_bias"))));
}

TEST(MertConfigJsonTest, OtherModelsAndOtherFilesAreTold) {
  EXPECT_TRUE(IsMertConfigJson(R"({"model_type": "hubert"})"));
  EXPECT_TRUE(IsMertConfigJson(Published().dump()));
  for (const char* text : {"", "[]", "{}", R"({"model_type": "encodec"})",
                           R"({"model_type": 3})", "{\"model_type\""}) {
    EXPECT_FALSE(IsMertConfigJson(text)) << text;
  }
  EXPECT_THAT(ParseMertConfigJson("[]", "c"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("expected a JSON object")));
}

}  // namespace
}  // namespace culturemert
