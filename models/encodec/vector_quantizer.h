// EnCodec's residual vector quantiser on rows of latents; see ReferenceCodes in
// encodec_reference.h.

#ifndef CULTUREMERT_MODELS_ENCODEC_VECTOR_QUANTIZER_H_
#define CULTUREMERT_MODELS_ENCODEC_VECTOR_QUANTIZER_H_

#include <cstdint>
#include <vector>

#include "models/encodec/aligned_floats.h"
#include "models/encodec/frame_kernels.h"
#include "models/encodec/packed_matrix.h"

namespace culturemert {

class VectorQuantizer {
 public:
  // Copies the books, each [codes, size].
  VectorQuantizer(const FrameKernels& kernels,
                  const std::vector<const float*>& books, std::int64_t codes,
                  std::int64_t size);

  // `rest`: [rows, PaddedChannels(size)], the latents; what the books leave of
  // them afterwards. Code b of row r goes to codes[b * book_stride + r].
  void Encode(std::int64_t rows, int books, float* rest, std::int64_t* codes,
              std::int64_t book_stride) const;

 private:
  struct Book {
    std::vector<float> vectors;   // [codes, size]
    PackedMatrix packed;          // The same.
    AlignedFloats squared_norms;  // Infinite behind the last code.
  };

  const FrameKernels& kernels_;
  const std::int64_t codes_;
  const std::int64_t size_;
  AlignedFloats zeros_;
  std::vector<Book> books_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_VECTOR_QUANTIZER_H_
