// Zeroed floats at the start of a cache line.

#ifndef CULTUREMERT_MODELS_ENCODEC_ALIGNED_FLOATS_H_
#define CULTUREMERT_MODELS_ENCODEC_ALIGNED_FLOATS_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>

namespace culturemert {

class AlignedFloats {
 public:
  AlignedFloats() = default;
  // Throws std::bad_alloc where memory runs out.
  explicit AlignedFloats(std::int64_t size)
      : values_(new (kAlignment) float[static_cast<std::size_t>(size)]),
        size_(size) {
    std::fill_n(values_.get(), size, 0.0f);
  }

  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::int64_t size() const { return size_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Deleter {
    void operator()(float* values) const {
      ::operator delete[](values, kAlignment);
    }
  };

  std::unique_ptr<float[], Deleter> values_;
  std::int64_t size_ = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_ALIGNED_FLOATS_H_
