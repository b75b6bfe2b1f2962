#include "models/mert/mert_config.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/config/config.h"

namespace culturemert {
namespace {

MertConfig Mert330M() {
  MertConfig config;
  config.hidden_size = 1024;
  config.layers = 24;
  config.heads = 16;
  config.feed_forward_size = 4096;
  config.norm_placement = NormPlacement::kPre;
  config.input_dropout = 0;
  config.hidden_dropout = 0;
  config.attention_dropout = 0;
  config.layer_drop = 0;
  config.feature_gradient_scale = 1;
  config.head_size = 128;
  return config;
}

MertConfig Mini() {
  MertConfig config;
  config.front_end = FrontEnd::kSpectrogram;
  config.conv_channels = 128;
  config.hidden_size = 192;
  config.layers = 4;
  config.heads = 4;
  config.feed_forward_size = 512;
  config.positional_kernel = 64;
  config.norm_placement = NormPlacement::kPre;
  config.head_size = 32;
  return config;
}

MertConfig Tiny() {
  MertConfig config;
  config.conv_channels = 16;
  config.hidden_size = 32;
  config.layers = 3;
  config.heads = 4;
  config.feed_forward_size = 64;
  config.positional_kernel = 16;
  config.positional_groups = 4;
  config.head_size = 8;
  config.codes = 16;
  return config;
}

std::vector<std::pair<std::string, MertConfig>> Presets() {
  return {{"mert_95m", MertConfig()},
          {"mert_330m", Mert330M()},
          {"mini", Mini()},
          {"tiny", Tiny()}};
}

void AddNorm(const std::string& name, std::int64_t size,
             std::vector<TensorSpec>* tensors) {
  tensors->push_back({name + ".weight", {size}});
  tensors->push_back({name + ".bias", {size}});
}

void AddLinear(const std::string& name, std::int64_t inputs,
               std::int64_t outputs, std::vector<TensorSpec>* tensors) {
  tensors->push_back({name + ".weight", {outputs, inputs}});
  tensors->push_back({name + ".bias", {outputs}});
}

void AddFrontEnd(const MertConfig& config, std::vector<TensorSpec>* tensors) {
  const std::int64_t channels = config.conv_channels;
  const std::string prefix = "feature_extractor.conv_layers.";
  if (config.front_end == FrontEnd::kSpectrogram) {
    for (int i = 0; i < kSpectrogramConvLayers; ++i) {
      const std::string name = absl::StrCat(prefix, i, ".conv.");
      tensors->push_back({name + "weight",
                          {channels, i == 0 ? kSpectrogramBands : channels,
                           kSpectrogramConvKernel}});
      tensors->push_back({name + "bias", {channels}});
    }
    return;
  }
  for (std::size_t i = 0; i < kMertConvLayers.size(); ++i) {
    tensors->push_back(
        {absl::StrCat(prefix, i, ".conv.weight"),
         {channels, i == 0 ? 1 : channels, kMertConvLayers[i].kernel}});
  }
  AddNorm(prefix + "0.layer_norm", channels, tensors);
}

void AddTransformerLayer(const MertConfig& config, std::int64_t layer,
                         std::vector<TensorSpec>* tensors) {
  const std::string prefix = absl::StrCat("encoder.layers.", layer, ".");
  const std::int64_t size = config.hidden_size;
  for (const char* name : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
    AddLinear(prefix + "attention." + name, size, size, tensors);
  }
  AddNorm(prefix + "layer_norm", size, tensors);
  AddLinear(prefix + "feed_forward.intermediate_dense", size,
            config.feed_forward_size, tensors);
  AddLinear(prefix + "feed_forward.output_dense", config.feed_forward_size,
            size, tensors);
  AddNorm(prefix + "final_layer_norm", size, tensors);
}

}  // namespace

void MertConfig::Describe(ConfigSchema<MertConfig>& schema) {
  schema.Struct("MertConfig", "The shape of a MERT encoder and its heads.");
  schema.Field("front_end", &MertConfig::front_end,
               "What makes features of audio: convolutions of the waveform, as "
               "in every published MERT, or of a spectrogram, for models that "
               "are trained in minutes.");
  schema
      .Field("conv_channels", &MertConfig::conv_channels,
             "Channels of the front-end's convolutions.")
      .AtLeast(1)
      .AtMost(8192);
  schema
      .Field("hidden_size", &MertConfig::hidden_size,
             "Size of the vector of a frame in the transformer.")
      .AtLeast(1)
      .AtMost(16384);
  schema.Field("layers", &MertConfig::layers, "Transformer layers.")
      .AtLeast(1)
      .AtMost(256);
  schema
      .Field("heads", &MertConfig::heads,
             "Attention heads; they divide hidden_size.")
      .AtLeast(1)
      .AtMost(256);
  schema
      .Field("feed_forward_size", &MertConfig::feed_forward_size,
             "Size between the two maps of the feed-forward part.")
      .AtLeast(1)
      .AtMost(65536);
  schema
      .Field("positional_kernel", &MertConfig::positional_kernel,
             "Frames the convolutional position embedding sees at once.")
      .AtLeast(1)
      .AtMost(1024);
  schema
      .Field("positional_groups", &MertConfig::positional_groups,
             "Groups of that convolution; they divide hidden_size.")
      .AtLeast(1)
      .AtMost(16384);
  schema.Field("norm_placement", &MertConfig::norm_placement,
               "Where the layer norms stand: behind each residual sum (post), "
               "or before attention and feed-forward (pre).");
  schema
      .Field("layer_norm_epsilon", &MertConfig::layer_norm_epsilon,
             "Added to variances, of the group norm too.")
      .Above(0)
      .AtMost(1);
  schema
      .Field("input_dropout", &MertConfig::input_dropout,
             "Dropout of the projected features.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("hidden_dropout", &MertConfig::hidden_dropout,
             "Dropout before each residual sum and at the entry.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("attention_dropout", &MertConfig::attention_dropout,
             "Dropout of attention weights.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("activation_dropout", &MertConfig::activation_dropout,
             "Dropout behind the GELU of the feed-forward part.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("layer_drop", &MertConfig::layer_drop,
             "Chance of a layer to be skipped in a training step.")
      .AtLeast(0)
      .Below(1);
  schema
      .Field("feature_gradient_scale", &MertConfig::feature_gradient_scale,
             "Factor of the gradient into the convolutional front-end.")
      .AtLeast(0)
      .AtMost(1);
  schema
      .Field("head_size", &MertConfig::head_size,
             "Size of a codebook's projected vector and label embeddings.")
      .AtLeast(1)
      .AtMost(16384);
  schema
      .Field("codebooks", &MertConfig::codebooks,
             "Codebooks of the acoustic teacher.")
      .AtLeast(1)
      .AtMost(64);
  schema.Field("codes", &MertConfig::codes, "Codes of each codebook.")
      .AtLeast(2)
      .AtMost(65536);
  schema
      .Field("cqt_bins", &MertConfig::cqt_bins,
             "Bins of the musical teacher's constant-Q transform.")
      .AtLeast(1)
      .AtMost(4096);
  schema.Check([](const MertConfig& config, ConfigReport report) {
    if (config.hidden_size % config.heads != 0) {
      report("heads", "must divide hidden_size");
    }
    if (config.hidden_size % config.positional_groups != 0) {
      report("positional_groups", "must divide hidden_size");
    }
  });
}

absl::Status CheckMertConfig(const MertConfig& config) {
  return ValidateConfig(config);
}

absl::StatusOr<MertConfig> MertPreset(absl::string_view name) {
  for (const auto& [preset, config] : Presets()) {
    if (preset == name) return config;
  }
  return absl::NotFoundError(
      absl::StrCat("no MERT shape is called '", name, "'; there are ",
                   absl::StrJoin(MertPresetNames(), ", ")));
}

std::vector<std::string> MertPresetNames() {
  std::vector<std::string> names;
  for (const auto& [name, config] : Presets()) names.push_back(name);
  return names;
}

std::int64_t MertFrames(std::int64_t samples) {
  std::int64_t length = samples;
  for (const MertConvLayer& layer : kMertConvLayers) {
    if (length < layer.kernel) return 0;
    length = (length - layer.kernel) / layer.stride + 1;
  }
  return length;
}

std::vector<TensorSpec> MertEncoderTensors(const MertConfig& config) {
  const std::int64_t channels = config.conv_channels;
  const std::int64_t size = config.hidden_size;
  std::vector<TensorSpec> tensors;
  tensors.push_back({"masked_spec_embed", {size}});
  AddFrontEnd(config, &tensors);
  AddNorm("feature_projection.layer_norm", channels, &tensors);
  AddLinear("feature_projection.projection", channels, size, &tensors);
  const std::string positional = "encoder.pos_conv_embed.conv.";
  tensors.push_back(
      {positional + "weight_g", {1, 1, config.positional_kernel}});
  tensors.push_back(
      {positional + "weight_v",
       {size, size / config.positional_groups, config.positional_kernel}});
  tensors.push_back({positional + "bias", {size}});
  AddNorm("encoder.layer_norm", size, &tensors);
  for (std::int64_t layer = 0; layer < config.layers; ++layer) {
    AddTransformerLayer(config, layer, &tensors);
  }
  std::sort(
      tensors.begin(), tensors.end(),
      [](const TensorSpec& a, const TensorSpec& b) { return a.name < b.name; });
  return tensors;
}

}  // namespace culturemert
