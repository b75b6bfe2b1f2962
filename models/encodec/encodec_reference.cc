#include "models/encodec/encodec_reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/reflection_pad1d.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

namespace culturemert {
namespace {

at::Tensor Pad(const at::Tensor& x, std::int64_t left, std::int64_t right) {
  const std::int64_t length = x.size(2);
  const std::int64_t extra =
      std::max<std::int64_t>(0, std::max(left, right) - length + 1);
  const at::Tensor padded =
      at::reflection_pad1d(at::constant_pad_nd(x, {0, extra}), {left, right});
  return padded.narrow(2, 0, left + length + right);
}

// [B, in, T] to [B, out, ceil(T / stride)]
at::Tensor Convolve(const EncodecConvolution& convolution,
                    const at::Tensor& x) {
  const std::int64_t stride = convolution.stride;
  const std::int64_t left = convolution.weight.size(2) - stride;
  const std::int64_t right = (stride - x.size(2) % stride) % stride;
  return at::conv1d(Pad(x, left, right), convolution.weight, convolution.bias,
                    stride);
}

// [B, width, T], the input added to the output of the last layer.
at::Tensor Recur(const std::vector<EncodecLstmLayer>& layers,
                 const at::Tensor& x) {
  std::vector<at::Tensor> parameters;
  for (const EncodecLstmLayer& layer : layers) {
    parameters.insert(parameters.end(),
                      {layer.input_weight, layer.recurrent_weight,
                       layer.input_bias, layer.recurrent_bias});
  }
  const auto count = static_cast<std::int64_t>(layers.size());
  const at::Tensor state =
      at::zeros({count, x.size(0), x.size(1)}, x.options());
  const at::Tensor y = std::get<0>(
      at::lstm(x.permute({2, 0, 1}), {state, state}, parameters,
               /*has_biases=*/true, count, /*dropout=*/0.0, /*train=*/false,
               /*bidirectional=*/false, /*batch_first=*/false));
  return y.permute({1, 2, 0}) + x;
}

}  // namespace

at::Tensor ReferenceLatents(const EncodecLayers& layers,
                            const at::Tensor& audio) {
  at::Tensor x = Convolve(layers.first, audio.unsqueeze(1));
  for (const EncodecStage& stage : layers.stages) {
    const at::Tensor hidden = Convolve(stage.hidden, at::elu(x));
    x = Convolve(stage.shortcut, x) + Convolve(stage.expand, at::elu(hidden));
    x = Convolve(stage.down, at::elu(x));
  }
  x = Recur(layers.lstm, x);
  return Convolve(layers.last, at::elu(x));
}

at::Tensor ReferenceCodes(const EncodecLayers& layers,
                          const at::Tensor& latents, int books) {
  at::Tensor rest = latents.transpose(1, 2).contiguous();  // [B, T, latent]
  std::vector<at::Tensor> codes;
  for (int book = 0; book < books; ++book) {
    const at::Tensor& embed = layers.books[book];
    const at::Tensor distance = rest.pow(2).sum(2, /*keepdim=*/true) -
                                at::matmul(2 * rest, embed.t()) +
                                embed.pow(2).sum(1);   // [B, T, codes]
    codes.push_back(std::get<1>((-distance).max(2)));  // [B, T]
    rest =
        rest - embed.index_select(0, codes.back().flatten()).view(rest.sizes());
  }
  return at::stack(codes, 1);
}

}  // namespace culturemert
