// The weights of a layer in the order in which the kernels read them.

#ifndef CULTUREMERT_MODELS_ENCODEC_PACKED_MATRIX_H_
#define CULTUREMERT_MODELS_ENCODEC_PACKED_MATRIX_H_

#include <cstdint>
#include <vector>

#include "models/encodec/aligned_floats.h"
#include "models/encodec/frame_kernels.h"

namespace culturemert {

// A convolution, or a linear layer (kernel 1), as it is stored.
struct StoredWeight {
  const float* values = nullptr;  // [out, in, kernel]
  std::int64_t out = 0;
  std::int64_t in = 0;
  std::int64_t kernel = 1;
  // Whether the rows it multiplies have PaddedChannels(in) channels, as all
  // have but those of the audio itself.
  bool padded_rows = true;
};

// [depth, columns] in panels. `depth` counts, for each stored weight in turn,
// kernel x channels values, the channels padded as those of the rows are: the
// order of a window's values. The columns are `out`, padded. Padding is zero.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  // The weights stand above each other and have the same `out`.
  PackedMatrix(const FrameKernels& kernels,
               const std::vector<StoredWeight>& weights);

  // A product with these weights; rows, inputs, start and outputs are left to
  // the caller.
  FrameProduct Product() const;

  std::int64_t columns() const { return columns_; }

 private:
  std::int64_t columns_ = 0;
  AlignedFloats values_;
};

// `size` floats followed by zeros to a multiple of kChannelGroup.
AlignedFloats PaddedCopy(const float* values, std::int64_t size);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_PACKED_MATRIX_H_
