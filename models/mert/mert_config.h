// The shape of a MERT encoder and of its pre-training heads (Li et al., "MERT:
// Acoustic Music Understanding Model with Large-Scale Self-supervised
// Training", ICLR 2024): HuBERT's architecture (Hsu et al., 2021) on 24 kHz
// audio. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_MERT_MERT_CONFIG_H_
#define CULTUREMERT_MODELS_MERT_MERT_CONFIG_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/tensors/tensor_spec.h"
#include "tools/base/config/schema.h"

namespace culturemert {

inline constexpr int kMertRateHz = 24000;
// Samples from one frame to the next: the product of the strides; 75 frames a
// second.
inline constexpr std::int64_t kMertHopSamples = 320;
// The fewest samples of which there is a frame.
inline constexpr std::int64_t kMertMinSamples = 400;

struct MertConvLayer {
  std::int64_t kernel = 0;
  std::int64_t stride = 0;
};

// What makes features of audio.
enum class FrontEnd {
  kWaveform,     // Seven convolutions of the waveform: every published MERT.
  kSpectrogram,  // Two of a spectrogram (spectrogram_front_end.h).
};
inline ConfigNames<FrontEnd> ConfigNamesOf(FrontEnd) {
  return {{FrontEnd::kWaveform, "waveform"},
          {FrontEnd::kSpectrogram, "spectrogram"}};
}

// FrontEnd::kSpectrogram: bands of the spectrogram, convolutions, and the
// frames that each of them sees.
inline constexpr std::int64_t kSpectrogramBands = 224;
inline constexpr int kSpectrogramConvLayers = 2;
inline constexpr std::int64_t kSpectrogramConvKernel = 3;

// FrontEnd::kWaveform, the same in every MERT: no bias, no padding, each layer
// followed by GELU.
inline constexpr std::array<MertConvLayer, 7> kMertConvLayers = {
    {{10, 5}, {3, 2}, {3, 2}, {3, 2}, {3, 2}, {2, 2}, {2, 2}}};

// Where the layer norms of a transformer layer stand.
enum class NormPlacement {
  kPost,  // Behind each residual sum: MERT-95M.
  kPre,   // Before attention and feed-forward, and one at the end: MERT-330M.
};
inline ConfigNames<NormPlacement> ConfigNamesOf(NormPlacement) {
  return {{NormPlacement::kPost, "post"}, {NormPlacement::kPre, "pre"}};
}

// The defaults are MERT-v1-95M's, as its pre-training recipe
// (MERT_RVQ-VAE_CQT_95M.yaml of github.com/yizhilll/MERT) sets them.
struct MertConfig {
  FrontEnd front_end = FrontEnd::kWaveform;
  std::int64_t conv_channels = 512;
  std::int64_t hidden_size = 768;
  std::int64_t layers = 12;
  std::int64_t heads = 12;
  std::int64_t feed_forward_size = 3072;
  std::int64_t positional_kernel = 128;
  std::int64_t positional_groups = 16;
  NormPlacement norm_placement = NormPlacement::kPost;
  double layer_norm_epsilon = 1e-5;

  double input_dropout = 0.1;
  double hidden_dropout = 0.1;
  double attention_dropout = 0.1;
  double activation_dropout = 0.0;
  double layer_drop = 0.05;
  double feature_gradient_scale = 0.1;

  // The pre-training heads.
  std::int64_t head_size = 64;
  std::int64_t codebooks = 8;
  std::int64_t codes = 1024;
  std::int64_t cqt_bins = 336;

  static void Describe(ConfigSchema<MertConfig>& schema);
};

// OK if every field is in the range its description states and they fit
// together; else kInvalidArgument naming the fields.
absl::Status CheckMertConfig(const MertConfig& config);

// "mert_95m" (94,371,712 parameters without heads), "mert_330m"
// (MERT_RVQ-VAE_CQT_330M.yaml), "mini" (under two million, for experiments on
// small machines) and "tiny" (35 thousand, for tests). kNotFound lists them.
absl::StatusOr<MertConfig> MertPreset(absl::string_view name);
std::vector<std::string> MertPresetNames();

// Frames of `samples` samples at 24 kHz: 74 of one second, 374 of five; 0 below
// kMertMinSamples.
std::int64_t MertFrames(std::int64_t samples);

// The encoder's tensors under the names of the published Hugging Face
// checkpoint, weight norm in its older spelling (weight_g, weight_v). Sorted by
// name.
std::vector<TensorSpec> MertEncoderTensors(const MertConfig& config);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERT_MERT_CONFIG_H_
