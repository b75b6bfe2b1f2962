// EnCodec's encoder and quantiser on x86 processors with AVX2 or AVX-512.
//
// The results have the same bits for any number of clips together and any
// number of threads, and on all such processors.

#ifndef CULTUREMERT_MODELS_ENCODEC_FAST_ENCODEC_H_
#define CULTUREMERT_MODELS_ENCODEC_FAST_ENCODEC_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/encodec/encodec_config.h"
#include "models/encodec/frame_kernels.h"
#include "models/encodec/front_end.h"
#include "models/encodec/lstm_stack.h"
#include "models/encodec/vector_quantizer.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// EncodecLayers of encodec_layers.h as they lie in memory.
struct StoredEncodec {
  StoredConvolution first;
  std::vector<StoredStage> stages;
  std::vector<StoredLstmLayer> lstm;
  StoredConvolution last;
  std::vector<const float*> books;
};

class FastEncodec {
 public:
  // Copies the weights, which fit `config`; kernels must outlive this. Errors:
  // those of ThreadPool::Create.
  static absl::StatusOr<std::unique_ptr<FastEncodec>> Create(
      const EncodecConfig& config, const StoredEncodec& weights,
      const FrameKernels& kernels, int threads);

  // `audio`: [clips, samples], samples >= 1, finite. `latents`:
  // [clips, latent, T] or null; `codes`: [clips, books, T] or null, where
  // T = EncodecFrames(samples). Memory is needed for 30 s of up to 16 clips at
  // a time, about 20 MB each. Safe to call from several threads at once.
  absl::Status Encode(const float* audio, std::int64_t clips,
                      std::int64_t samples, int books, float* latents,
                      std::int64_t* codes) const;

 private:
  struct Batch;

  FastEncodec(const EncodecConfig& config, const StoredEncodec& weights,
              const FrameKernels& kernels, std::unique_ptr<ThreadPool> pool);

  std::vector<LstmClips> MakeGroups(std::int64_t clips,
                                    std::int64_t steps) const;
  absl::Status EncodeBatch(const Batch& batch) const;
  absl::Status RunFrontEnd(const Batch& batch, std::int64_t begin,
                           std::int64_t end,
                           std::vector<LstmClips>& groups) const;
  absl::Status RunLast(const Batch& batch, std::int64_t begin, std::int64_t end,
                       const std::vector<LstmClips>& groups,
                       std::vector<AlignedFloats>& activated) const;
  void LastTile(const Batch& batch, std::int64_t clip, std::int64_t begin,
                std::int64_t end, const float* windows) const;

  const EncodecConfig config_;
  const FrameKernels& kernels_;
  const std::unique_ptr<ThreadPool> pool_;
  const FrontEnd front_end_;
  const LstmStack lstm_;
  const PackedMatrix last_;
  const AlignedFloats last_bias_;
  const VectorQuantizer quantizer_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_FAST_ENCODEC_H_
