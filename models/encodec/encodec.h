// EnCodec at 24 kHz: audio to latents to codes (Défossez et al., "High Fidelity
// Neural Audio Compression", 2022; github.com/facebookresearch/encodec). The
// decoder is not part of it.
//
//   ASSIGN_OR_RETURN(const auto encodec, Encodec::Create(config, tensors));
//   ASSIGN_OR_RETURN(const at::Tensor codes, encodec->Codes(audio));
//
// Weights of type float32 on the CPU run on kernels of this folder where the
// processor has AVX2 and FMA: then the results have the same bits for any
// number of rows and threads. All others run on LibTorch's operations
// (encodec_reference.h), row by row on the CPU, so that there too the rows do
// not depend on each other; the last bits may then depend on the number of
// threads.

#ifndef CULTUREMERT_MODELS_ENCODEC_ENCODEC_H_
#define CULTUREMERT_MODELS_ENCODEC_ENCODEC_H_

#include <ATen/core/Tensor.h>

#include <memory>

#include "absl/status/statusor.h"
#include "models/encodec/encodec_config.h"
#include "models/encodec/encodec_layers.h"
#include "models/encodec/fast_encodec.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// Safe to use from several threads at once.
class Encodec {
 public:
  // `weights`: those of EncodecTensors(config), on any device; of float64 to
  // compute in that, else in float32. `threads`: of the kernels of this folder,
  // 1 to 1024; 0 for at::get_num_threads(), as LibTorch's operations use.
  // Errors: those of BuildEncodecLayers and ThreadPool::Create.
  static absl::StatusOr<std::unique_ptr<Encodec>> Create(
      const EncodecConfig& config, const NamedTensors& weights,
      int threads = 0);

  const EncodecConfig& config() const { return config_; }

  // `audio`: floating point, [B, samples], B and samples at least 1, full scale
  // 1. Returns [B, latent_size, EncodecFrames(samples)] of the weights' type on
  // the audio's device. Records no gradient. kInvalidArgument: another shape or
  // type, or samples that are not finite.
  absl::StatusOr<at::Tensor> Latents(const at::Tensor& audio) const;

  // The same up to the codes of the first `books` books: int64
  // [B, books, EncodecFrames(samples)] in [0, codes_per_book), on the audio's
  // device. kInvalidArgument also unless 1 <= books <= config().books.
  absl::StatusOr<at::Tensor> Codes(const at::Tensor& audio,
                                   int books = 8) const;

  // The codes of latents, [B, latent_size, T] of a floating-point type, by
  // LibTorch's operations.
  absl::StatusOr<at::Tensor> Quantize(const at::Tensor& latents,
                                      int books = 8) const;

 private:
  Encodec(EncodecConfig config, EncodecLayers layers,
          std::unique_ptr<FastEncodec> fast);

  absl::Status CheckBooks(int books) const;
  // On the weights' device, of their type, contiguous.
  absl::StatusOr<at::Tensor> Prepare(const at::Tensor& audio) const;
  at::Tensor RowLatents(const at::Tensor& audio) const;

  const EncodecConfig config_;
  const EncodecLayers layers_;
  const std::unique_ptr<FastEncodec> fast_;  // Null where it cannot run.
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_ENCODEC_H_
