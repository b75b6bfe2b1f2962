#include "models/weights/mert_shape.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/pretraining/pretraining_head_tensors.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

NamedShapes ShapesOf(const std::vector<TensorSpec>& tensors) {
  NamedShapes shapes;
  for (const TensorSpec& tensor : tensors) shapes[tensor.name] = tensor.shape;
  return shapes;
}

TEST(MertShapeTest, EveryPresetsShapeIsReadOffItsTensors) {
  for (const std::string& name : MertPresetNames()) {
    absl::StatusOr<MertConfig> preset = MertPreset(name);
    ASSERT_THAT(preset, IsOk());
    preset->codebooks = 5;
    preset->cqt_bins = 84;
    MertConfig inferred = *preset;
    inferred.conv_channels = inferred.hidden_size = inferred.layers = 1;
    inferred.feed_forward_size = inferred.positional_kernel = 1;
    inferred.positional_groups = inferred.head_size = inferred.codebooks = 1;
    inferred.codes = inferred.cqt_bins = 1;
    InferEncoderShape(ShapesOf(MertEncoderTensors(*preset)), &inferred);
    InferHeadShape(ShapesOf(PretrainingHeadTensors(*preset)), &inferred);
    inferred.heads = preset->heads;
    EXPECT_EQ(PrintConfig(inferred).value(), PrintConfig(*preset).value())
        << name;
  }
}

TEST(MertShapeTest, AttentionHeadsAreTakenToBe64Wide) {
  MertConfig config;
  InferEncoderShape({{"encoder.layer_norm.weight", {1024}}}, &config);
  EXPECT_EQ(config.heads, 16);
  InferEncoderShape({{"encoder.layer_norm.weight", {100}}}, &config);
  EXPECT_EQ(config.heads, 1);
}

TEST(MertShapeTest, StrangeShapesLeaveTheConfigurationAsItIs) {
  MertConfig config;
  config.heads = 12;
  const std::string before = PrintConfig(config).value();
  InferEncoderShape(
      {{"feature_extractor.conv_layers.0.conv.weight", {0, 1, 10}},
       {"encoder.layer_norm.weight", {}},
       {"encoder.layers.99999999999999999999.fc", {3}},
       {"encoder.pos_conv_embed.conv.weight_v", {768, 0, 128}}},
      &config);
  InferHeadShape({{"label_embs_concat", {0, 0}},
                  {"final_proj.weight", {512}},
                  {"encoder_cqt_model.fc.weight", {0, 0}}},
                 &config);
  EXPECT_EQ(PrintConfig(config).value(), before);
}

TEST(MertShapeTest, HeadsAreToldFromTheEncoderByName) {
  for (const TensorSpec& tensor : PretrainingHeadTensors(MertConfig())) {
    EXPECT_TRUE(IsMertHeadName(tensor.name)) << tensor.name;
  }
  for (const TensorSpec& tensor : MertEncoderTensors(MertConfig())) {
    EXPECT_FALSE(IsMertHeadName(tensor.name)) << tensor.name;
  }
}

}  // namespace
}  // namespace culturemert
