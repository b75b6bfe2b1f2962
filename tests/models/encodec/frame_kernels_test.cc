#include "models/encodec/frame_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "models/encodec/aligned_floats.h"
#include "models/encodec/packed_matrix.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

std::vector<float> Normal(std::int64_t size, std::uint64_t seed) {
  std::vector<float> values(size);
  RandomStream(seed, StreamId("values")).FillNormal(absl::MakeSpan(values), 0);
  return values;
}

class FrameKernelsTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    kernels_ = GetParam() == 2 ? Avx2FrameKernels() : Avx512FrameKernels();
    if (kernels_ == nullptr) GTEST_SKIP() << "not on this processor";
  }

  const FrameKernels* kernels_ = nullptr;
};

struct ProductCase {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t depth;
  std::int64_t second_depth;
  std::int64_t stride;  // Of the first input's rows.
};

// inputs[0] has rows that overlap, inputs[1] rows of their own.
struct ProductData {
  ProductData(const ProductCase& c, const FrameKernels& kernels)
      : first(Normal(c.rows * c.stride + c.depth, 1)),
        second(Normal(c.rows * c.second_depth, 2)),
        weights(Normal(c.columns * (c.depth + c.second_depth), 3)),
        start(Normal(c.rows * c.columns, 4)),
        packed(kernels, {{weights.data(), c.columns, c.depth + c.second_depth,
                          1, /*padded_rows=*/false}}) {}

  std::vector<float> first, second, weights, start;
  PackedMatrix packed;
};

std::vector<float> PlainProduct(const ProductCase& c, const ProductData& data) {
  const std::int64_t depth = c.depth + c.second_depth;
  std::vector<float> out;
  for (std::int64_t r = 0; r < c.rows; ++r) {
    for (std::int64_t column = 0; column < c.columns; ++column) {
      float sum = data.start[r * c.columns + column];
      const float* weights = data.weights.data() + column * depth;
      for (std::int64_t k = 0; k < c.depth; ++k) {
        sum = std::fma(data.first[r * c.stride + k], weights[k], sum);
      }
      for (std::int64_t k = 0; k < c.second_depth; ++k) {
        sum = std::fma(data.second[r * c.second_depth + k],
                       weights[c.depth + k], sum);
      }
      out.push_back(sum);
    }
  }
  return out;
}

TEST_P(FrameKernelsTest, ProductsAreTheChainsOfTheirInputsToTheLastBit) {
  for (std::int64_t rows = 1; rows <= 27; ++rows) {
    for (const std::int64_t columns : {16, 32, 48, 128, 176}) {
      const ProductCase c = {rows, columns, 37, rows % 3 * 16, 5 + rows % 2};
      const ProductData data(c, *kernels_);
      std::vector<float> out(rows * columns, 99);
      std::vector<float> elu(rows * columns, 99);
      FrameProduct product = data.packed.Product();
      product.rows = rows;
      product.inputs[0] = {data.first.data(), c.stride, c.depth};
      product.inputs[1] = {data.second.data(), c.second_depth, c.second_depth};
      product.start = data.start.data();
      product.start_stride = columns;
      product.output = {out.data(), columns};
      product.elu_output = {elu.data(), columns};
      kernels_->multiply(product);
      ASSERT_EQ(out, PlainProduct(c, data)) << rows << " x " << columns;
      for (std::size_t i = 0; i < out.size(); ++i) {
        const double x = out[i];
        const double expected = x > 0 ? x : std::expm1(x);
        ASSERT_NEAR(elu[i], expected, 3e-7 * std::abs(expected)) << x;
      }
    }
  }
}

TEST_P(FrameKernelsTest, EluHoldsFromTheSmallestToTheLargestValues) {
  const std::vector<float> zeros(16);
  std::vector<float> x = {0.0f,  -0.0f, -1e-30f, -1e-7f, -1e-3f, -0.3466f,
                          -0.5f, -1.0f, -10.0f,  -86.9f, -87.1f, -1000.0f,
                          1e-30, 1.0f,  100.0f,  1e30f};
  std::vector<float> out(16);
  kernels_->add_elu(x.data(), zeros.data(), 16, out.data());
  for (int i = 0; i < 16; ++i) {
    const double expected = x[i] > 0 ? x[i] : std::expm1(double{x[i]});
    EXPECT_NEAR(out[i], expected, 3e-7 * std::abs(expected)) << x[i];
  }
}

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST_P(FrameKernelsTest, LstmStepIsThatOfTheDefinition) {
  constexpr int kWidth = 48;
  std::vector<float> gates = Normal(4 * kWidth, 5);
  for (float& gate : gates) gate *= 3;
  gates[0] = 200;
  gates[kWidth + 1] = -200;
  gates[2 * kWidth + 2] = -200;
  const std::vector<float> before = Normal(kWidth, 6);
  std::vector<float> cell = before;
  std::vector<float> hidden(kWidth);
  kernels_->lstm_step(gates.data(), kWidth, cell.data(), hidden.data());
  for (int i = 0; i < kWidth; ++i) {
    const double state =
        Sigmoid(gates[kWidth + i]) * before[i] +
        Sigmoid(gates[i]) * std::tanh(double{gates[2 * kWidth + i]});
    EXPECT_NEAR(cell[i], state, 1e-6) << i;
    EXPECT_NEAR(hidden[i], Sigmoid(gates[3 * kWidth + i]) * std::tanh(state),
                1e-6)
        << i;
  }
}

TEST_P(FrameKernelsTest, SquaredDistancesNameTheLeast) {
  std::vector<float> dots = Normal(64, 7);
  const std::vector<float> norms = Normal(64, 8);
  const std::vector<float> before = dots;
  const float least =
      kernels_->squared_distances(5.0f, norms.data(), 64, dots.data());
  float expected_least = HUGE_VALF;
  for (int i = 0; i < 64; ++i) {
    const float expected = (5.0f - 2 * before[i]) + norms[i];
    EXPECT_EQ(dots[i], expected) << i;
    expected_least = std::min(expected_least, expected);
  }
  EXPECT_EQ(least, expected_least);
}

INSTANTIATE_TEST_SUITE_P(EveryWidth, FrameKernelsTest, testing::Values(2, 512),
                         [](const auto& info) {
                           return "Avx" + std::to_string(info.param);
                         });

TEST(FrameKernelsWidthTest, WiderVectorsGiveTheSameBits) {
  const FrameKernels* narrow = Avx2FrameKernels();
  const FrameKernels* wide = Avx512FrameKernels();
  if (narrow == nullptr || wide == nullptr) GTEST_SKIP() << "only one of them";
  std::vector<float> gates = Normal(4 * 1600, 9);
  for (float& gate : gates) gate *= 4;
  const std::vector<float> zeros(gates.size());
  std::vector<float> a(gates.size()), b(gates.size());
  narrow->add_elu(gates.data(), zeros.data(), 4 * 1600, a.data());
  wide->add_elu(gates.data(), zeros.data(), 4 * 1600, b.data());
  EXPECT_EQ(a, b);
  std::vector<float> cell_a = Normal(1600, 10), cell_b = cell_a;
  narrow->lstm_step(gates.data(), 1600, cell_a.data(), a.data());
  wide->lstm_step(gates.data(), 1600, cell_b.data(), b.data());
  EXPECT_EQ(a, b);
  EXPECT_EQ(cell_a, cell_b);
}

}  // namespace
}  // namespace culturemert
