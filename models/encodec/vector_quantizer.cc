#include "models/encodec/vector_quantizer.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace culturemert {
namespace {

float SquaredNorm(const float* values, std::int64_t size) {
  double sum = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    sum += static_cast<double>(values[i]) * values[i];
  }
  return static_cast<float>(sum);
}

}  // namespace

VectorQuantizer::VectorQuantizer(const FrameKernels& kernels,
                                 const std::vector<const float*>& books,
                                 std::int64_t codes, std::int64_t size)
    : kernels_(kernels),
      codes_(codes),
      size_(size),
      zeros_(PaddedChannels(codes)) {
  for (const float* values : books) {
    Book book;
    book.vectors.assign(values, values + codes * size);
    book.packed = PackedMatrix(kernels, {{values, codes, size}});
    book.squared_norms = AlignedFloats(PaddedChannels(codes));
    float* norms = book.squared_norms.data();
    std::fill_n(norms, book.squared_norms.size(),
                std::numeric_limits<float>::infinity());
    for (std::int64_t code = 0; code < codes; ++code) {
      norms[code] = SquaredNorm(values + code * size, size);
    }
    books_.push_back(std::move(book));
  }
}

void VectorQuantizer::Encode(std::int64_t rows, int books, float* rest,
                             std::int64_t* codes,
                             std::int64_t book_stride) const {
  const std::int64_t row_size = PaddedChannels(size_);
  const std::int64_t columns = PaddedChannels(codes_);
  AlignedFloats dots(rows * columns);
  for (int b = 0; b < books; ++b) {
    const Book& book = books_[b];
    FrameProduct product = book.packed.Product();
    product.rows = rows;
    product.inputs[0] = {rest, row_size, row_size};
    product.start = zeros_.data();
    product.output = {dots.data(), columns};
    kernels_.multiply(product);
    for (std::int64_t r = 0; r < rows; ++r) {
      float* row = rest + r * row_size;
      float* distances = dots.data() + r * columns;
      const float least = kernels_.squared_distances(SquaredNorm(row, size_),
                                                     book.squared_norms.data(),
                                                     columns, distances);
      // The first of equals, as torch.max gives.
      const std::int64_t found =
          std::find(distances, distances + codes_, least) - distances;
      const std::int64_t code = found < codes_ ? found : 0;
      codes[b * book_stride + r] = code;
      const float* vector = book.vectors.data() + code * size_;
      for (std::int64_t i = 0; i < size_; ++i) row[i] -= vector[i];
    }
  }
}

}  // namespace culturemert
