#include "models/encodec/lstm_stack.h"

#include <algorithm>
#include <utility>

namespace culturemert {
namespace {

// Steps a layer takes at a time: the products with the input are made for all
// of them together, and the next layer starts this much later.
constexpr std::int64_t kChunkSteps = 25;
// Gate columns multiplied at a time: a whole number of panels.
constexpr std::int64_t kGateColumns = 256;

// The rows of the four gates, each padded to a whole number of channel groups.
std::vector<float> PadGates(const float* values, std::int64_t width,
                            std::int64_t row_size) {
  const std::int64_t padded = PaddedChannels(width);
  std::vector<float> rows(4 * padded * row_size);
  for (std::int64_t gate = 0; gate < 4; ++gate) {
    std::copy_n(values + gate * width * row_size, width * row_size,
                rows.data() + gate * padded * row_size);
  }
  return rows;
}

// The product by column blocks, in turn from the first to the last and back:
// what one step used last of weights larger than the cache, the next one finds
// there.
void MultiplyBackAndForth(const FrameKernels& kernels,
                          const FrameProduct& product, bool back) {
  const std::int64_t blocks =
      (product.columns + kGateColumns - 1) / kGateColumns;
  for (std::int64_t i = 0; i < blocks; ++i) {
    const std::int64_t column = (back ? blocks - 1 - i : i) * kGateColumns;
    FrameProduct block = product;
    block.columns = std::min(kGateColumns, product.columns - column);
    block.weights += column * product.inputs[0].depth;
    block.start += column;
    block.output.first += column;
    kernels.multiply(block);
  }
}

}  // namespace

LstmClips::LstmClips(std::int64_t clips, std::int64_t steps, std::int64_t width,
                     std::size_t layers)
    : clips(clips), input(steps * clips * width) {
  for (std::size_t i = 0; i < layers; ++i) {
    hidden.emplace_back((1 + steps) * clips * width);
    cell.emplace_back(clips * width);
  }
}

LstmStack::LstmStack(const FrameKernels& kernels,
                     const std::vector<StoredLstmLayer>& layers,
                     std::int64_t width)
    : kernels_(kernels), width_(PaddedChannels(width)) {
  for (const StoredLstmLayer& stored : layers) {
    const std::vector<float> input =
        PadGates(stored.input_weight, width, width);
    const std::vector<float> recurrent =
        PadGates(stored.recurrent_weight, width, width);
    const std::vector<float> bias = PadGates(stored.input_bias, width, 1);
    const std::vector<float> more = PadGates(stored.recurrent_bias, width, 1);
    Layer layer;
    layer.input = PackedMatrix(kernels, {{input.data(), 4 * width_, width}});
    layer.recurrent =
        PackedMatrix(kernels, {{recurrent.data(), 4 * width_, width}});
    layer.bias = PaddedCopy(bias.data(), 4 * width_);
    for (std::int64_t i = 0; i < 4 * width_; ++i) {
      layer.bias.data()[i] += more[i];
    }
    layers_.push_back(std::move(layer));
  }
}

absl::Status LstmStack::Run(ThreadPool& pool, std::int64_t steps,
                            std::vector<LstmClips>& groups) const {
  const auto layers = static_cast<std::int64_t>(layers_.size());
  const auto count = static_cast<std::int64_t>(groups.size());
  const std::int64_t chunks = (steps + kChunkSteps - 1) / kChunkSteps;
  for (std::int64_t wave = 0; wave < chunks + layers - 1; ++wave) {
    const absl::Status status =
        ParallelFor(pool, layers * count, [&](std::int64_t i) {
          const std::int64_t layer = i / count;
          const std::int64_t begin = (wave - layer) * kChunkSteps;
          if (begin >= 0 && begin < steps) {
            RunChunk(layer, begin, std::min(steps, begin + kChunkSteps),
                     groups[i % count]);
          }
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
  }
  for (LstmClips& group : groups) {
    const std::int64_t state = group.clips * width_;
    for (AlignedFloats& hidden : group.hidden) {
      std::copy_n(hidden.data() + steps * state, state, hidden.data());
    }
  }
  return absl::OkStatus();
}

void LstmStack::RunChunk(std::size_t index, std::int64_t begin,
                         std::int64_t end, LstmClips& group) const {
  const Layer& layer = layers_[index];
  const std::int64_t clips = group.clips;
  const std::int64_t state = clips * width_;
  const std::int64_t gates_size = 4 * width_;
  const float* below =
      index == 0 ? group.input.data() : group.hidden[index - 1].data() + state;
  float* hidden = group.hidden[index].data();  // That before step 0.
  float* cell = group.cell[index].data();

  AlignedFloats from_input((end - begin) * clips * gates_size);
  FrameProduct input = layer.input.Product();
  input.rows = (end - begin) * clips;
  input.inputs[0] = {below + begin * state, width_, width_};
  input.start = layer.bias.data();
  input.output = {from_input.data(), gates_size};
  kernels_.multiply(input);

  AlignedFloats gates(clips * gates_size);
  FrameProduct recurrent = layer.recurrent.Product();
  recurrent.rows = clips;
  recurrent.start_stride = gates_size;
  recurrent.output = {gates.data(), gates_size};
  for (std::int64_t step = begin; step < end; ++step) {
    recurrent.inputs[0] = {hidden + step * state, width_, width_};
    recurrent.start = from_input.data() + (step - begin) * clips * gates_size;
    MultiplyBackAndForth(kernels_, recurrent, step % 2 == 1);
    for (std::int64_t clip = 0; clip < clips; ++clip) {
      kernels_.lstm_step(gates.data() + clip * gates_size, width_,
                         cell + clip * width_,
                         hidden + (step + 1) * state + clip * width_);
    }
  }
}

}  // namespace culturemert
