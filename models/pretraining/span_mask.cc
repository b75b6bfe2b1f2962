#include "models/pretraining/span_mask.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::int64_t kMaxFrames = std::int64_t{1} << 24;

// What a sample's stream is used for.
enum Draw : std::uint64_t { kSpanCount, kSpanStarts, kLostFrames };

absl::Status CheckRequest(const SpanMaskConfig& config, std::int64_t frames) {
  RETURN_IF_ERROR(ValidateConfig(config));
  if (frames < 2 || frames > kMaxFrames) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot mask clips of ", frames, " frames, only of 2 to ", kMaxFrames));
  }
  return absl::OkStatus();
}

// The first `count` places of a random order of [0, bound).
std::vector<std::int64_t> WithoutReplacement(const RandomStream& stream,
                                             std::int64_t count,
                                             std::int64_t bound) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(bound));
  std::iota(values.begin(), values.end(), 0);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto offset = stream.UniformInt(
        static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(bound - i));
    std::swap(values[i], values[i + static_cast<std::int64_t>(offset)]);
  }
  values.resize(static_cast<std::size_t>(count));
  return values;
}

std::vector<std::int64_t> SpansOf(const SpanMaskConfig& config,
                                  std::int64_t frames,
                                  const RandomStream& sample) {
  const double expected = config.probability * static_cast<double>(frames) /
                          static_cast<double>(config.span_frames);
  const std::int64_t spans = std::max(
      config.min_spans,
      static_cast<std::int64_t>(expected + sample.UniformDouble(kSpanCount)));
  const std::int64_t starts = std::max(frames - config.span_frames, spans + 1);

  std::vector<std::uint8_t> hidden(static_cast<std::size_t>(frames), 0);
  for (const std::int64_t start :
       WithoutReplacement(sample.Substream(kSpanStarts), spans, starts)) {
    const std::int64_t end = std::min(start + config.span_frames, frames);
    for (std::int64_t frame = start; frame < end; ++frame) hidden[frame] = 1;
  }
  std::vector<std::int64_t> row;
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    if (hidden[frame] != 0) row.push_back(frame);
  }
  return row;
}

}  // namespace

void SpanMaskConfig::Describe(ConfigSchema<SpanMaskConfig>& schema) {
  schema.Struct("SpanMaskConfig",
                "The frames a step of pre-training hides from the encoder.");
  schema
      .Field("probability", &SpanMaskConfig::probability,
             "Frames that start a hidden span, times the length of a span; "
             "fewer are hidden, since spans overlap.")
      .Above(0)
      .AtMost(1);
  schema
      .Field("span_frames", &SpanMaskConfig::span_frames,
             "The length of a span.")
      .Unit("frames")
      .AtLeast(1)
      .AtMost(kMaxFrames);
  schema
      .Field("min_spans", &SpanMaskConfig::min_spans,
             "The fewest spans of a clip, however short it is.")
      .AtLeast(1)
      .AtMost(1000);
}

absl::StatusOr<std::vector<std::int64_t>> DrawSpans(
    const SpanMaskConfig& config, std::int64_t frames,
    const RandomStream& sample) {
  RETURN_IF_ERROR(CheckRequest(config, frames));
  return SpansOf(config, frames, sample);
}

absl::StatusOr<FrameMask> DrawSpanMask(const SpanMaskConfig& config,
                                       std::int64_t frames,
                                       absl::Span<const RandomStream> batch,
                                       std::int64_t first_row,
                                       std::int64_t rows) {
  RETURN_IF_ERROR(CheckRequest(config, frames));
  const auto batch_rows = static_cast<std::int64_t>(batch.size());
  if (first_row < 0 || rows < 1 || first_row > batch_rows - rows) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot mask ", rows, " rows from row ", first_row,
                     " on: the batch has ", batch_rows));
  }
  std::vector<std::vector<std::int64_t>> spans;
  spans.reserve(static_cast<std::size_t>(rows));
  FrameMask mask{rows, frames, frames, {}};
  for (std::int64_t row = 0; row < batch_rows; ++row) {
    std::vector<std::int64_t> drawn = SpansOf(config, frames, batch[row]);
    mask.masked_per_row =
        std::min(mask.masked_per_row, static_cast<std::int64_t>(drawn.size()));
    if (row >= first_row && row < first_row + rows) {
      spans.push_back(std::move(drawn));
    }
  }

  mask.masked.assign(static_cast<std::size_t>(rows * frames), 0);
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::vector<std::int64_t>& drawn = spans[row];
    for (const std::int64_t frame : drawn)
      mask.masked[row * frames + frame] = 1;
    const auto count = static_cast<std::int64_t>(drawn.size());
    for (const std::int64_t place :
         WithoutReplacement(batch[first_row + row].Substream(kLostFrames),
                            count - mask.masked_per_row, count)) {
      mask.masked[row * frames + drawn[place]] = 0;
    }
  }
  return mask;
}

absl::StatusOr<FrameMask> DrawSpanMask(const SpanMaskConfig& config,
                                       std::int64_t frames,
                                       absl::Span<const RandomStream> batch) {
  return DrawSpanMask(config, frames, batch, /*first_row=*/0,
                      static_cast<std::int64_t>(batch.size()));
}

}  // namespace culturemert
