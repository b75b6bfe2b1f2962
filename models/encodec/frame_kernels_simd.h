// The kernels of frame_kernels.h written once for any vector width. Included by
// the source of each instruction set, which defines `Vector` beforehand, with
// nothing else that other sources could share inline functions with: those
// would be compiled for processors that this one need not be.
//
// Vector: kWidth, Load, Store, Broadcast, Multiply, Add, Subtract, Divide,
// MultiplyAdd (a b + c), Minimum, Maximum, Round (to the nearest integer),
// PowerOfTwo (of an integral value in [-126, 127]), PositiveOr (x where x > 0,
// else y).

#ifndef CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_SIMD_H_
#define CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_SIMD_H_

#include <cstdint>

#include "models/encodec/frame_kernels.h"

namespace culturemert {
namespace {

// exp(x) - 1 to 2 units in the last place, x taken into [-87, 88]:
// x = n ln 2 + r, |r| <= ln 2 / 2, and the Taylor polynomial of r.
inline Vector ExpMinusOne(Vector x) {
  x = Maximum(Minimum(x, Vector::Broadcast(88.0f)), Vector::Broadcast(-87.0f));
  const Vector n = Round(Multiply(x, Vector::Broadcast(1.44269504f)));
  Vector r = MultiplyAdd(n, Vector::Broadcast(-0.693359375f), x);
  r = MultiplyAdd(n, Vector::Broadcast(2.12194440e-4f), r);
  Vector p = Vector::Broadcast(1.0f / 5040);
  p = MultiplyAdd(p, r, Vector::Broadcast(1.0f / 720));
  p = MultiplyAdd(p, r, Vector::Broadcast(1.0f / 120));
  p = MultiplyAdd(p, r, Vector::Broadcast(1.0f / 24));
  p = MultiplyAdd(p, r, Vector::Broadcast(1.0f / 6));
  p = MultiplyAdd(p, r, Vector::Broadcast(0.5f));
  p = MultiplyAdd(Multiply(p, r), r, r);  // exp(r) - 1
  const Vector scale = PowerOfTwo(n);
  return MultiplyAdd(scale, p, Subtract(scale, Vector::Broadcast(1.0f)));
}

inline Vector Elu(Vector x) { return PositiveOr(x, ExpMinusOne(x)); }

inline Vector Sigmoid(Vector x) {
  const Vector one = Vector::Broadcast(1.0f);
  const Vector minus_x = Subtract(Vector::Broadcast(0.0f), x);
  return Divide(one, Add(Vector::Broadcast(2.0f), ExpMinusOne(minus_x)));
}

inline Vector Tanh(Vector x) {
  const Vector e = ExpMinusOne(Add(x, x));
  return Divide(e, Add(e, Vector::Broadcast(2.0f)));
}

// kRows rows by kPanels panels of kVectors vectors, accumulated in registers.
template <int kRows, int kPanels, int kVectors>
void MultiplyTile(const FrameProduct& product, std::int64_t row,
                  std::int64_t column, const float* panels,
                  std::int64_t panel_size) {
  constexpr int kWidth = Vector::kWidth;
  constexpr int kAll = kPanels * kVectors;
  Vector sums[kRows][kAll];
  for (int r = 0; r < kRows; ++r) {
    const float* start =
        product.start + (row + r) * product.start_stride + column;
    for (int v = 0; v < kAll; ++v)
      sums[r][v] = Vector::Load(start + v * kWidth);
  }
  for (const FrameRows& input : product.inputs) {
    const float* values = input.first + row * input.stride;
    for (std::int64_t k = 0; k < input.depth; ++k) {
      Vector weights[kAll];
      for (int v = 0; v < kAll; ++v) {
        weights[v] = Vector::Load(panels + v / kVectors * panel_size +
                                  v % kVectors * kWidth);
      }
      panels += kVectors * kWidth;
      for (int r = 0; r < kRows; ++r) {
        const Vector value = Vector::Broadcast(values[r * input.stride + k]);
        for (int v = 0; v < kAll; ++v) {
          sums[r][v] = MultiplyAdd(value, weights[v], sums[r][v]);
        }
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    if (product.output.first != nullptr) {
      float* out =
          product.output.first + (row + r) * product.output.stride + column;
      for (int v = 0; v < kAll; ++v) sums[r][v].Store(out + v * kWidth);
    }
    if (product.elu_output.first != nullptr) {
      float* out = product.elu_output.first +
                   (row + r) * product.elu_output.stride + column;
      for (int v = 0; v < kAll; ++v) Elu(sums[r][v]).Store(out + v * kWidth);
    }
  }
}

// The tile of `rows` <= kRows rows.
template <int kRows, int kPanels, int kVectors>
void MultiplyRows(const FrameProduct& product, std::int64_t rows,
                  std::int64_t row, std::int64_t column, const float* panels,
                  std::int64_t panel_size) {
  if constexpr (kRows > 0) {
    if (rows == kRows) {
      MultiplyTile<kRows, kPanels, kVectors>(product, row, column, panels,
                                             panel_size);
    } else {
      MultiplyRows<kRows - 1, kPanels, kVectors>(product, rows, row, column,
                                                 panels, panel_size);
    }
  }
}

void MultiplyFrames(const FrameProduct& product) {
  constexpr std::int64_t kPanelColumns = 2 * Vector::kWidth;
  const std::int64_t depth = product.inputs[0].depth + product.inputs[1].depth;
  const std::int64_t panel_size = depth * kPanelColumns;
  const float* panels = product.weights;
  std::int64_t column = 0;
  // Few rows leave few chains of additions to overlap: more panels at once.
  constexpr int kWide = 4;
  constexpr std::int64_t kWideRows = Vector::kWidth == 16 ? 2 : 1;
  while (product.rows <= kWideRows &&
         product.columns - column >= kWide * kPanelColumns) {
    MultiplyRows<kWideRows, kWide, 2>(product, product.rows, 0, column, panels,
                                      panel_size);
    column += kWide * kPanelColumns;
    panels += kWide * panel_size;
  }
  while (column < product.columns) {
    const bool whole = product.columns - column >= kPanelColumns;
    for (std::int64_t row = 0; row < product.rows; row += kTileRows) {
      const std::int64_t left = product.rows - row;
      const std::int64_t rows = left < kTileRows ? left : kTileRows;
      if (whole) {
        MultiplyRows<kTileRows, 1, 2>(product, rows, row, column, panels, 0);
      } else if constexpr (kPanelColumns > kChannelGroup) {
        MultiplyRows<kTileRows, 1, 1>(product, rows, row, column, panels, 0);
      }
    }
    column += kPanelColumns;
    panels += panel_size;
  }
}

void LstmStep(const float* gates, std::int64_t width, float* cell,
              float* hidden) {
  for (std::int64_t i = 0; i < width; i += Vector::kWidth) {
    const Vector input = Sigmoid(Vector::Load(gates + i));
    const Vector forget = Sigmoid(Vector::Load(gates + width + i));
    const Vector candidate = Tanh(Vector::Load(gates + 2 * width + i));
    const Vector output = Sigmoid(Vector::Load(gates + 3 * width + i));
    const Vector state =
        MultiplyAdd(forget, Vector::Load(cell + i), Multiply(input, candidate));
    state.Store(cell + i);
    Multiply(output, Tanh(state)).Store(hidden + i);
  }
}

void AddElu(const float* x, const float* y, std::int64_t size, float* values) {
  for (std::int64_t i = 0; i < size; i += Vector::kWidth) {
    Elu(Add(Vector::Load(x + i), Vector::Load(y + i))).Store(values + i);
  }
}

float SquaredDistances(float squared_norm, const float* squared_norms,
                       std::int64_t size, float* dots) {
  const Vector norm = Vector::Broadcast(squared_norm);
  Vector least = Vector::Broadcast(__builtin_huge_valf());
  for (std::int64_t i = 0; i < size; i += Vector::kWidth) {
    const Vector distance =
        Add(MultiplyAdd(Vector::Load(dots + i), Vector::Broadcast(-2.0f), norm),
            Vector::Load(squared_norms + i));
    distance.Store(dots + i);
    least = Minimum(least, distance);
  }
  float lanes[Vector::kWidth];
  least.Store(lanes);
  float result = lanes[0];
  for (const float lane : lanes) result = lane < result ? lane : result;
  return result;
}

}  // namespace
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_FRAME_KERNELS_SIMD_H_
