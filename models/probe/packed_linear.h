// A linear map and its Adam moments in the order in which the kernels read
// them. Free of LibTorch; one thread at a time; the same bits on one machine
// whatever runs beside it.
//
// Arrays are rows of padded width, at the start of a cache line: [batch,
// padded_inputs] and the like, where the batch too is padded, to a multiple of
// kBatchMultiple. What pads must be 0 on the way in and is 0 on the way out,
// but for rows of the batch.

#ifndef CULTUREMERT_MODELS_PROBE_PACKED_LINEAR_H_
#define CULTUREMERT_MODELS_PROBE_PACKED_LINEAR_H_

#include <cstdint>

#include "absl/types/span.h"
#include "models/encodec/aligned_floats.h"
#include "models/probe/tile_kernels.h"

namespace culturemert {
namespace probe_internal {

inline constexpr std::int64_t kBatchMultiple = kTileColumns;

// The next multiple of kTileColumns.
inline std::int64_t Padded(std::int64_t size) {
  return (size + kTileColumns - 1) / kTileColumns * kTileColumns;
}

class PackedLinear {
 public:
  // All weights and moments are 0. Throws std::bad_alloc.
  PackedLinear(std::int64_t inputs, std::int64_t outputs);

  std::int64_t padded_inputs() const { return padded_inputs_; }
  std::int64_t padded_outputs() const { return padded_outputs_; }

  // `weight` is [outputs, inputs], `bias` [outputs], as torch.nn.Linear's.
  void SetParameters(absl::Span<const float> weight,
                     absl::Span<const float> bias);
  void GetParameters(absl::Span<float> weight, absl::Span<float> bias) const;

  // out = in W^T + bias: [padded batch, inputs] to [padded batch, outputs].
  void Forward(const float* in, std::int64_t padded_batch, float* out) const;

  // in_gradient = W^T out_gradient, both transposed: [outputs, padded batch] to
  // [inputs, padded batch].
  void Backward(const float* out_gradient, std::int64_t padded_batch,
                float* in_gradient) const;

  // Updates weights and bias by the gradient out_gradient^T in of the first
  // `batch` rows. Throws std::bad_alloc.
  void Update(const AdamStep& adam, const float* in, const float* out_gradient,
              std::int64_t batch);

 private:
  std::int64_t Index(std::int64_t input, std::int64_t output) const {
    return (output / kTileColumns * padded_inputs_ + input) * kTileColumns +
           output % kTileColumns;
  }

  const std::int64_t inputs_;
  const std::int64_t outputs_;
  const std::int64_t padded_inputs_;
  const std::int64_t padded_outputs_;
  // In panels; tile_kernels.h.
  AlignedFloats weights_;
  AlignedFloats first_moments_;
  AlignedFloats second_moments_;
  AlignedFloats bias_;
  AlignedFloats bias_first_moments_;
  AlignedFloats bias_second_moments_;
  // Of Update, as large as the largest batch so far.
  AlignedFloats input_tiles_;
  AlignedFloats gradient_panel_;
};

}  // namespace probe_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PROBE_PACKED_LINEAR_H_
