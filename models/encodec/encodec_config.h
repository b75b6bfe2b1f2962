// The shape of an EnCodec encoder with its residual vector quantiser (Défossez,
// Copet, Synnaeve, Adi, "High Fidelity Neural Audio Compression", 2022;
// github.com/facebookresearch/encodec). Free of LibTorch.

#ifndef CULTUREMERT_MODELS_ENCODEC_ENCODEC_CONFIG_H_
#define CULTUREMERT_MODELS_ENCODEC_ENCODEC_CONFIG_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "models/tensors/tensor_spec.h"

namespace culturemert {

inline constexpr int kEncodecRateHz = 24000;
// Samples from one frame to the next: the product of the ratios; 75 frames a
// second.
inline constexpr std::int64_t kEncodecHopSamples = 320;
// Kernels in time of the first and last convolution, and of the first one of
// each residual block.
inline constexpr std::int64_t kEncodecOuterKernel = 7;
inline constexpr std::int64_t kEncodecResidualKernel = 3;

// The defaults are those of encodec_24khz (facebook/encodec_24khz).
struct EncodecConfig {
  // Channels of the first convolution; each of the strided ones doubles them.
  std::int64_t base_width = 32;
  // Strides of the encoder, the first one first; their kernels are twice as
  // long. (The packages list them the other way round, as the decoder's.)
  std::vector<std::int64_t> ratios = {2, 4, 5, 8};
  std::int64_t lstm_layers = 2;
  std::int64_t latent_size = 128;
  // Codebooks stored: 32 are 24 kbit/s; 6 kbit/s use the first 8.
  std::int64_t books = 32;
  std::int64_t codes_per_book = 1024;

  // Base width 2, latent size 8, 8 books of 64 codes; for tests.
  static EncodecConfig Tiny();
};

// OK if each field is in its range (base_width even, 2 to 4096, latent_size 1
// to 4096, codes_per_book 1 to 65536, books 1 to 256, lstm_layers 1 to 8), the
// last width is at most 65536, and there are 1 to 8 ratios of at least 2 whose
// product is kEncodecHopSamples. Else kInvalidArgument naming the field.
absl::Status CheckEncodecConfig(const EncodecConfig& config);

// Frames of `samples` samples, the last of which may be cut: ceil(samples/320).
constexpr std::int64_t EncodecFrames(std::int64_t samples) {
  return samples / kEncodecHopSamples + (samples % kEncodecHopSamples > 0);
}

// Channels behind the last strided convolution, which the LSTM keeps.
std::int64_t EncodecLstmWidth(const EncodecConfig& config);

// The tensors of encoder and quantiser under their names in the Hugging Face
// checkpoint, weight norm in its older spelling (weight_g, weight_v):
// "encoder.layers.0.conv.weight_g", "quantizer.layers.0.codebook.embed".
// The decoder and the statistics with which codebooks are trained are not among
// them. `config` must be valid.
std::vector<TensorSpec> EncodecTensors(const EncodecConfig& config);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_ENCODEC_CONFIG_H_
