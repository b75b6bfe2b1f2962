// The n-th largest magnitude among more numbers than fit into memory, exactly,
// in two passes over them. Free of LibTorch.
//
//   MagnitudeSelector selector;
//   for (...) selector.Count(values);          // first pass
//   selector.Choose(n);
//   for (...) selector.CountAgain(values);     // second pass, any order
//   const float threshold = selector.Threshold();
//
// The bits of non-negative floats, read as integers, are in the order of their
// values, so the upper half of the bits of the answer comes from a histogram of
// upper halves, and the lower half from one of those that share it.

#ifndef CULTUREMERT_MODELS_MERGING_MAGNITUDE_SELECTOR_H_
#define CULTUREMERT_MODELS_MERGING_MAGNITUDE_SELECTOR_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace culturemert {

class MagnitudeSelector {
 public:
  MagnitudeSelector();

  // A NaN counts as larger than infinity.
  void Count(absl::Span<const float> values);

  // How many values were counted.
  std::uint64_t size() const { return size_; }

  // Ends the first pass: the n-th largest magnitude is wanted, 1 <= n <=
  // size().
  void Choose(std::uint64_t n);

  // The same values once more.
  void CountAgain(absl::Span<const float> values);

  // That magnitude.
  float Threshold() const;

 private:
  std::uint64_t size_ = 0;
  std::uint64_t rank_ = 0;        // among those with the upper half below
  std::uint32_t upper_half_ = 0;  // of the answer's bits
  std::vector<std::uint64_t> histogram_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERGING_MAGNITUDE_SELECTOR_H_
