// Residual vector quantisation by k-means: book 0 holds the means of the
// frames, each further book those of what the books before left over, so that
// the sum of one code a book comes nearer and nearer to the frame.

#ifndef CULTUREMERT_MODELS_KMEANS_RESIDUAL_KMEANS_H_
#define CULTUREMERT_MODELS_KMEANS_RESIDUAL_KMEANS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace culturemert {

struct ResidualKmeansOptions {
  int books = 8;
  int codes = 1024;     // a book
  int iterations = 20;  // of Lloyd's algorithm, for each book, at most
  std::uint64_t seed = 0;
};

// Safe to use from several threads at once. Copies share the codes.
class ResidualKmeans {
 public:
  // `frames`: floating point [N, F], N >= options.codes, taken to the CPU and
  // to float32. The books are the same bytes for any number of threads (and
  // differ by rounding between processors with and without AVX2). 200,000
  // frames of 100 features take 8 books of 256 codes some 10 to 20 seconds on 2
  // cores. kInvalidArgument: another shape or type, fewer frames than codes,
  // values that are not finite; books outside 1 to 64, codes outside 1 to
  // 65536, iterations outside 1 to 10000.
  static absl::StatusOr<ResidualKmeans> Fit(
      const at::Tensor& frames, const ResidualKmeansOptions& options);

  // `books`: float32 [books, codes, F], in the ranges above, finite. What Fit
  // made and books() gave.
  static absl::StatusOr<ResidualKmeans> FromBooks(const at::Tensor& books);

  // `frames`: floating point [N, F], N >= 0. Returns int64 [books, N] on the
  // frames' device; the search runs on the CPU. Each frame's codes depend on
  // nothing else. kInvalidArgument: another F or type, values that are not
  // finite.
  absl::StatusOr<at::Tensor> Encode(const at::Tensor& frames) const;

  // `codes`: int64 [n, N] of the first n books, 1 <= n <= books. Returns the
  // sums of the codes, float32 [N, F] on the CPU. kInvalidArgument: another
  // shape or type, codes outside the books.
  absl::StatusOr<at::Tensor> Decode(const at::Tensor& codes) const;

  const at::Tensor& books() const {
    return books_;
  }  // float32 [books, codes, F]

 private:
  explicit ResidualKmeans(const at::Tensor& books) : books_(books) {}

  at::Tensor books_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_KMEANS_RESIDUAL_KMEANS_H_
