#include "models/cqt/cqt_loops.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace cqt_internal {
namespace {

template <typename T>
std::vector<T> Noise(std::int64_t size, std::uint64_t id) {
  const RandomStream random(1, id);
  std::vector<T> values(size);
  for (std::int64_t i = 0; i < size; ++i) {
    values[i] = static_cast<T>(random.Normal(i));
  }
  return values;
}

template <typename T>
class CqtLoopsTest : public testing::Test {
 protected:
  const double tolerance_ = 300 * std::numeric_limits<T>::epsilon();
};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(CqtLoopsTest, Types);

TYPED_TEST(CqtLoopsTest, FoldSpectrumIsItsDefinition) {
  using T = TypeParam;
  for (const std::int64_t period : {kStripe<T>, 3 * kStripe<T>}) {
    for (const std::int64_t folds : {1, 2, 7}) {
      const std::vector<T> real = Noise<T>(folds * period, 1);
      const std::vector<T> imaginary = Noise<T>(folds * period, 2);
      const std::vector<T> weights = Noise<T>(folds * period, 3);
      std::vector<T> folded(2 * period);
      FoldSpectrum(real.data(), imaginary.data(), weights.data(), folds, period,
                   folded.data());
      for (std::int64_t j = 0; j < period; ++j) {
        double expected_real = 0;
        double expected_imaginary = 0;
        for (std::int64_t i = 0; i < folds; ++i) {
          const double weight =
              weights[(j / kStripe<T> * folds + i) * kStripe<T> +
                      j % kStripe<T>];
          expected_real += weight * real[i * period + j];
          expected_imaginary += weight * imaginary[i * period + j];
        }
        ASSERT_NEAR(folded[2 * j], expected_real, this->tolerance_);
        ASSERT_NEAR(folded[2 * j + 1], expected_imaginary, this->tolerance_);
      }
    }
  }
}

TYPED_TEST(CqtLoopsTest, CorrelateFramesIsItsDefinition) {
  using T = TypeParam;
  constexpr int kColumns = 2 * kCorrelatedBins<T>;
  for (const std::int64_t taps : {0, 1, 63, 64, 65, 200}) {
    for (const std::int64_t hop : {1, 320}) {
      const std::vector<T> audio =
          Noise<T>((kCorrelatedFrames - 1) * hop + taps, 4);
      const std::vector<T> kernels = Noise<T>(taps * kColumns, 5);
      T sums[kCorrelatedFrames][kColumns];
      CorrelateFrames(audio.data(), hop, kernels.data(), taps, &sums[0][0]);
      for (int t = 0; t < kCorrelatedFrames; ++t) {
        for (int c = 0; c < kColumns; ++c) {
          double expected = 0;
          for (std::int64_t n = 0; n < taps; ++n) {
            expected += static_cast<double>(audio[t * hop + n]) *
                        kernels[n * kColumns + c];
          }
          ASSERT_NEAR(sums[t][c], expected, this->tolerance_)
              << taps << " " << hop << " " << t << " " << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace cqt_internal
}  // namespace culturemert
