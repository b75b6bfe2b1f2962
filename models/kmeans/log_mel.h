// Log-mel energies of frames on the tokenizers' grid; frame_features.h defines
// them.

#ifndef CULTUREMERT_MODELS_KMEANS_LOG_MEL_H_
#define CULTUREMERT_MODELS_KMEANS_LOG_MEL_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace culturemert {
namespace kmeans_internal {

inline constexpr int kMelBands = 80;

class LogMel {
 public:
  LogMel();

  // `audio`: float32 [samples] on the CPU. Returns float32
  // [TokenizerFrames(samples), kMelBands]. Throws LibTorch's exceptions.
  at::Tensor Compute(const at::Tensor& audio) const;

 private:
  // A triangle over bins of the transform.
  struct Band {
    std::int64_t first_bin = 0;
    std::vector<float> weights;
  };

  at::Tensor window_;  // [1024]
  std::vector<Band> bands_;
};

}  // namespace kmeans_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_KMEANS_LOG_MEL_H_
