#include "models/encodec/front_end.h"

#include <algorithm>
#include <utility>

#include "models/encodec/encodec_config.h"

namespace culturemert {
namespace {

// Frames that pass the strided levels together, few enough for the rows of all
// levels to stay in the second-level cache.
constexpr std::int64_t kBlockFrames = 6;
// Frames of the last convolution, whose weights are the largest, together.
constexpr std::int64_t kGroupFrames = 48;
// Rows of a level from its convolution to the end of its residual block.
constexpr std::int64_t kTileRows = 72;
constexpr std::int64_t kResidualHalo = 2;

constexpr std::int64_t CeilDivide(std::int64_t a, std::int64_t b) {
  return a / b + (a % b > 0);
}

// Rows behind the `halo` ones that came before them.
class RowBuffer {
 public:
  RowBuffer(std::int64_t halo, std::int64_t capacity, std::int64_t channels)
      : halo_(halo),
        channels_(channels),
        values_((halo + capacity) * channels) {}

  float* Row(std::int64_t row) {
    return values_.data() + (halo_ + row) * channels_;
  }
  FrameRows Windows(std::int64_t row, std::int64_t stride,
                    std::int64_t kernel) {
    return {Row(row * stride - halo_), stride * channels_, kernel * channels_};
  }
  MutableFrameRows Output(std::int64_t row) { return {Row(row), channels_}; }

  // The rows before the first of an input of `rows` rows.
  void FillStart(std::int64_t rows) {
    for (std::int64_t i = 1; i <= halo_; ++i) {
      const std::int64_t from = ReflectedRow(i, rows);
      if (from < 0) {
        std::fill_n(Row(-i), channels_, 0.0f);
      } else {
        std::copy_n(Row(from), channels_, Row(-i));
      }
    }
  }
  // Appends `extra` rows to the `count` present, which are the last of an input
  // of `rows` rows.
  void FillEnd(std::int64_t count, std::int64_t extra, std::int64_t rows) {
    for (std::int64_t i = 0; i < extra; ++i) {
      if (rows <= halo_) {
        std::fill_n(Row(count + i), channels_, 0.0f);
      } else {
        std::copy_n(Row(count - 2 - i), channels_, Row(count + i));
      }
    }
  }
  // Makes the last of `count` rows the ones before the next.
  void Advance(std::int64_t count) {
    std::copy_n(Row(count - halo_), halo_ * channels_, Row(-halo_));
  }

 private:
  std::int64_t halo_;
  std::int64_t channels_;
  AlignedFloats values_;
};

}  // namespace

// One pass over consecutive frames.
class FrontEndStream {
 public:
  using Level = FrontEnd::Level;

  FrontEndStream(const FrontEnd& front_end, const float* audio,
                 std::int64_t samples, std::int64_t start)
      : kernels_(front_end.kernels_),
        levels_(front_end.levels_),
        audio_(audio),
        samples_(samples),
        start_(start) {
    for (const Level& level : levels_) {
      const std::int64_t frames = level.residual ? kBlockFrames : kGroupFrames;
      sources_.push_back(
          {RowBuffer(level.halo, frames * level.source_rows_per_frame,
                     level.source_channels),
           0});
      if (!level.residual) continue;
      const std::int64_t channels = level.input_channels;
      tiles_.push_back({AlignedFloats(kTileRows * channels),
                        RowBuffer(kResidualHalo, kTileRows, channels),
                        AlignedFloats(kTileRows * level.hidden.columns())});
    }
  }

  // The next frames, [begin, end), of which those from `first` on are written.
  void Group(std::int64_t begin, std::int64_t end, std::int64_t first,
             MutableFrameRows output) {
    for (std::int64_t f = begin; f < end; f += kBlockFrames) {
      Block(f, std::min(end, f + kBlockFrames));
    }
    const Level& last = levels_.back();
    Source& source = sources_.back();
    const std::int64_t rows =
        FinishSource(last, source, begin * last.source_rows_per_frame);
    const std::int64_t skipped = std::max<std::int64_t>(0, first - begin);
    if (skipped < rows) {
      FrameProduct product = last.input.Product();
      product.rows = rows - skipped;
      product.inputs[0] =
          source.rows.Windows(skipped, last.stride, last.stride + last.halo);
      product.start = last.input_bias.data();
      product.output = {
          output.first + (begin + skipped - first) * output.stride,
          output.stride};
      kernels_.multiply(product);
    }
    NextSource(source);
  }

 private:
  struct Source {
    RowBuffer rows;
    std::int64_t filled = 0;
  };
  struct Tile {
    AlignedFloats raw;     // [kTileRows, channels]
    RowBuffer activated;   // Its ELU.
    AlignedFloats hidden;  // [kTileRows, hidden channels], its ELU
  };

  std::int64_t SourceLength(const Level& level) const {
    return CeilDivide(samples_,
                      kEncodecHopSamples / level.source_rows_per_frame);
  }

  // Pads the filled rows, the first of which is row `begin` of the whole, and
  // returns how many rows the level makes of them.
  std::int64_t FinishSource(const Level& level, Source& source,
                            std::int64_t begin) {
    const std::int64_t length = SourceLength(level);
    if (begin == 0) source.rows.FillStart(length);
    const std::int64_t rows = CeilDivide(source.filled, level.stride);
    source.rows.FillEnd(source.filled, rows * level.stride - source.filled,
                        length);
    return rows;
  }

  void NextSource(Source& source) {
    source.rows.Advance(source.filled);
    source.filled = 0;
  }

  // Takes frames [begin, end) from the audio to the last level's source.
  void Block(std::int64_t begin, std::int64_t end) {
    ReadAudio(begin, end);
    for (std::size_t i = 0; i < tiles_.size(); ++i) {
      const std::int64_t first_row = begin * levels_[i].source_rows_per_frame;
      const std::int64_t rows =
          FinishSource(levels_[i], sources_[i], first_row);
      for (std::int64_t row = 0; row < rows; row += kTileRows) {
        const bool starts = first_row == 0 && row == 0;
        ResidualTile(i, row, std::min(kTileRows, rows - row), starts);
      }
      NextSource(sources_[i]);
    }
  }

  void ReadAudio(std::int64_t begin, std::int64_t end) {
    Source& source = sources_.front();
    const std::int64_t first = begin * kEncodecHopSamples;
    const std::int64_t last = std::min(samples_, end * kEncodecHopSamples);
    // Behind the start of the stream the samples before are there already.
    const std::int64_t halo =
        begin == start_ ? std::min(first, levels_.front().halo) : 0;
    std::copy(audio_ + first - halo, audio_ + last, source.rows.Row(-halo));
    source.filled = last - first;
  }

  // Rows [row, row + count) of level i, up to the ELU behind its residual block
  // in the next level's source.
  void ResidualTile(std::size_t i, std::int64_t row, std::int64_t count,
                    bool starts) {
    const Level& level = levels_[i];
    Source& source = sources_[i];
    Source& next = sources_[i + 1];
    Tile& tile = tiles_[i];
    const std::int64_t channels = level.input_channels;
    const std::int64_t hidden = level.hidden.columns();

    FrameProduct input = level.input.Product();
    input.rows = count;
    input.inputs[0] =
        source.rows.Windows(row, level.stride, level.stride + level.halo);
    input.start = level.input_bias.data();
    input.output = {tile.raw.data(), channels};
    input.elu_output = tile.activated.Output(0);
    kernels_.multiply(input);
    if (starts) {
      tile.activated.FillStart(CeilDivide(SourceLength(level), level.stride));
    }

    FrameProduct block = level.hidden.Product();
    block.rows = count;
    block.inputs[0] = tile.activated.Windows(0, 1, kResidualHalo + 1);
    block.start = level.hidden_bias.data();
    block.elu_output = {tile.hidden.data(), hidden};
    kernels_.multiply(block);

    FrameProduct merge = level.merge.Product();
    merge.rows = count;
    merge.inputs[0] = {tile.hidden.data(), hidden, hidden};
    merge.inputs[1] = {tile.raw.data(), channels, channels};
    merge.start = level.merge_bias.data();
    merge.elu_output = next.rows.Output(next.filled);
    kernels_.multiply(merge);
    next.filled += count;
    tile.activated.Advance(count);
  }

  const FrameKernels& kernels_;
  const std::vector<Level>& levels_;
  const float* audio_;
  const std::int64_t samples_;
  const std::int64_t start_;
  std::vector<Source> sources_;  // Of each level.
  std::vector<Tile> tiles_;      // Of each level but the last.
};

FrontEnd::FrontEnd(const FrameKernels& kernels, const StoredConvolution& first,
                   const std::vector<StoredStage>& stages)
    : kernels_(kernels) {
  std::int64_t rows = kEncodecHopSamples;
  std::int64_t samples_per_row = 1;
  std::int64_t context = first.weight.kernel - 1;  // In samples.
  AddLevel(first, rows);
  for (const StoredStage& stage : stages) {
    AddResidual(stage);
    AddLevel(stage.down, rows);
    context += (kResidualHalo + levels_.back().halo) * samples_per_row;
    rows /= stage.down.stride;
    samples_per_row *= stage.down.stride;
  }
  context_frames_ = CeilDivide(context, kEncodecHopSamples);
}

void FrontEnd::AddLevel(const StoredConvolution& convolution,
                        std::int64_t rows) {
  Level level;
  level.input = PackedMatrix(kernels_, {convolution.weight});
  level.input_bias = PaddedCopy(convolution.bias, convolution.weight.out);
  level.stride = convolution.stride;
  level.halo = convolution.weight.kernel - convolution.stride;
  const StoredWeight& weight = convolution.weight;
  level.source_channels =
      weight.padded_rows ? PaddedChannels(weight.in) : weight.in;
  level.input_channels = level.input.columns();
  level.source_rows_per_frame = rows;
  levels_.push_back(std::move(level));
}

void FrontEnd::AddResidual(const StoredStage& stage) {
  Level& level = levels_.back();
  level.residual = true;
  level.hidden = PackedMatrix(kernels_, {stage.hidden.weight});
  level.hidden_bias = PaddedCopy(stage.hidden.bias, stage.hidden.weight.out);
  level.merge =
      PackedMatrix(kernels_, {stage.expand.weight, stage.shortcut.weight});
  level.merge_bias = PaddedCopy(stage.expand.bias, stage.expand.weight.out);
  for (std::int64_t i = 0; i < stage.shortcut.weight.out; ++i) {
    level.merge_bias.data()[i] += stage.shortcut.bias[i];
  }
}

void FrontEnd::Encode(const float* audio, std::int64_t samples,
                      std::int64_t first, std::int64_t count,
                      MutableFrameRows output) const {
  // What the frames before leave behind is found by passing them again.
  const std::int64_t start = std::max<std::int64_t>(0, first - context_frames_);
  const std::int64_t end = first + count;
  FrontEndStream stream(*this, audio, samples, start);
  for (std::int64_t begin = start; begin < end; begin += kGroupFrames) {
    stream.Group(begin, std::min(end, begin + kGroupFrames), first, output);
  }
}

}  // namespace culturemert
