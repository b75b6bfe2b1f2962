// Dropout whose every decision is a pure function of a random stream and the
// element's place, so that a mask need not be kept for the backward pass, and
// does not depend on the batch, the number of threads or the device. Free of
// LibTorch.

#ifndef CULTUREMERT_MODELS_OPS_DROPOUT_H_
#define CULTUREMERT_MODELS_OPS_DROPOUT_H_

#include <cstdint>
#include <vector>

#include "tools/base/random/random_stream.h"

namespace culturemert {

// What is dropped of a matrix of any number of rows. An element is decided by
// 16 random bits: it is dropped if they are less than
// round(rate * 65536); else it is multiplied by the inverse of the chance to be
// kept. A row owns the blocks of its stream from
// row * 16 * ceil(columns / 128) on: the bits of column c are the half word
// (c mod 128) / 16 of block (c / 128) * 16 + c mod 16 of these;
// dropout_layout.h is the same the other way round.
class Dropout {
 public:
  // Drops nothing.
  Dropout() : Dropout(0, RandomStream(0, 0)) {}

  // `rate` in [0, 1); what rounds to 1 is taken as 65535 / 65536.
  Dropout(double rate, const RandomStream& stream);

  bool drops() const { return threshold_ > 0; }

  // What random bits are compared with, and the stream they are taken from.
  int threshold() const { return threshold_; }
  const RandomStream& stream() const { return stream_; }

  // What kept elements are multiplied by.
  double scale() const { return 65536.0 / (65536 - threshold_); }

  // factors[c] = 0 for elements of the row that are dropped, else scale().
  void Factors(std::int64_t row, std::int64_t columns, float* factors) const;
  void Factors(std::int64_t row, std::int64_t columns, double* factors) const;

 private:
  RandomStream stream_;
  int threshold_;
};

// One of these for each clip of a batch, all with the same rate: rows
// [b * rows_per_clip, (b + 1) * rows_per_clip) are clip b's.
struct BatchDropout {
  std::vector<Dropout> clips;
  std::int64_t rows_per_clip = 1;

  bool drops() const { return !clips.empty() && clips.front().drops(); }

  template <typename T>
  void Factors(std::int64_t row, std::int64_t columns, T* factors) const {
    clips[row / rows_per_clip].Factors(row % rows_per_clip, columns, factors);
  }
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_OPS_DROPOUT_H_
