// The inner loops of a probe's linear maps: products of matrices, a tile of 8
// rows and 32 columns at a time, in registers. Free of LibTorch.
//
// Weights lie in panels of 32 outputs: panel p is [rows, 32], its element (i,
// j) the weight from input i to output 32 p + j. All that is called aligned
// starts at a cache line, and so do its rows.

#ifndef CULTUREMERT_MODELS_PROBE_TILE_KERNELS_H_
#define CULTUREMERT_MODELS_PROBE_TILE_KERNELS_H_

#include <cstdint>

namespace culturemert {
namespace probe_internal {

inline constexpr std::int64_t kTileRows = 8;
inline constexpr std::int64_t kTileColumns = 32;

// A matrix that is read element by element: (i, k) at
// values[i * row_stride + k * depth_stride].
struct LeftMatrix {
  const float* values = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t depth_stride = 0;
};

// A tile of the result: (i, j) is start[i * start_stride + j], to begin with,
// and out[i * stride + j]. `start` may be `out`.
struct ResultTile {
  const float* start = nullptr;
  std::int64_t start_stride = 0;
  float* out = nullptr;
  std::int64_t stride = 0;
};

// Adds to the tile, for i in [0, 8) and j in [0, 32), the sum over k in [0,
// depth) of left(i, k) * right[k * right_stride + j]. All but `left` aligned.
void MultiplyTile(const LeftMatrix& left, const float* right,
                  std::int64_t right_stride, std::int64_t depth,
                  const ResultTile& result);

// The same with panels as the left matrix: rows i of each of `panels` panels of
// `panel_rows` rows, the first row at `weights`; k runs through the outputs.
// `right` has 32 * panels rows.
void MultiplyPanelRows(const float* weights, std::int64_t panel_rows,
                       std::int64_t panels, const float* right,
                       std::int64_t right_stride, const ResultTile& result);

// An update of Adam: first = beta1 first + (1 - beta1) g, second = beta2 second
// + (1 - beta2) g^2, weight -= step first / (sqrt(second) + epsilon).
struct AdamStep {
  float beta1 = 0;
  float beta2 = 0;
  float epsilon = 0;
  float step = 0;
};

// That update of a tile of 8 rows in a panel, whose gradient is the sum of
// MultiplyTile. `weights` and both moments are at the tile's first row.
void UpdateTile(const AdamStep& adam, const LeftMatrix& left,
                const float* right, std::int64_t right_stride,
                std::int64_t depth, float* weights, float* first_moments,
                float* second_moments);

// That update of `size` numbers by their gradients.
void UpdateNumbers(const AdamStep& adam, std::int64_t size,
                   const float* gradients, float* values, float* first_moments,
                   float* second_moments);

// to[j * to_stride + i] = from[i * from_stride + j] for i < rows, j < columns.
void Transpose(const float* from, std::int64_t from_stride, std::int64_t rows,
               std::int64_t columns, float* to, std::int64_t to_stride);

// values[i] = max(values[i], 0), times factors[i] unless `factors` is null.
void RectifyAndScale(const float* factors, std::int64_t size, float* values);

// gradient[i] *= scale where activations[i] > 0, else 0: behind
// RectifyAndScale, whose factors are 0 or `scale`.
void ScaleWherePositive(const float* activations, float scale,
                        std::int64_t size, float* gradient);

// sum[d] = the sum over n of weights[n] * states[n * size + d], d < size.
void MixStates(const float* states, const float* weights, std::int64_t count,
               std::int64_t size, float* sum);

// Adds the product of gradient and state n to dots[n], n < count.
void AddDots(const float* states, const float* gradient, std::int64_t count,
             std::int64_t size, double* dots);

}  // namespace probe_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PROBE_TILE_KERNELS_H_
