#include "models/encodec/fast_encodec.h"

#include <algorithm>
#include <utility>

#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSegmentFrames = 2250;  // 30 s
constexpr std::int64_t kBatchClips = 16;
// Clips whose LSTM states are multiplied together.
constexpr std::int64_t kGroupClips = 8;
// Frames of the last convolution and the quantiser together.
constexpr std::int64_t kLastFrames = 48;
constexpr std::int64_t kLastHalo = kEncodecOuterKernel - 1;
// The least frames for which it pays to pass the ones before them again.
constexpr std::int64_t kLeastFrames = 48;

constexpr std::int64_t CeilDivide(std::int64_t a, std::int64_t b) {
  return a / b + (a % b > 0);
}

}  // namespace

struct FastEncodec::Batch {
  const float* audio;  // [clips, samples]
  std::int64_t clips;
  std::int64_t samples;
  std::int64_t frames;
  int books;
  float* latents;
  std::int64_t* codes;
};

absl::StatusOr<std::unique_ptr<FastEncodec>> FastEncodec::Create(
    const EncodecConfig& config, const StoredEncodec& weights,
    const FrameKernels& kernels, int threads) {
  ASSIGN_OR_RETURN(std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(threads));
  return std::unique_ptr<FastEncodec>(
      new FastEncodec(config, weights, kernels, std::move(pool)));
}

FastEncodec::FastEncodec(const EncodecConfig& config,
                         const StoredEncodec& weights,
                         const FrameKernels& kernels,
                         std::unique_ptr<ThreadPool> pool)
    : config_(config),
      kernels_(kernels),
      pool_(std::move(pool)),
      front_end_(kernels, weights.first, weights.stages),
      lstm_(kernels, weights.lstm, EncodecLstmWidth(config)),
      last_(kernels, {weights.last.weight}),
      last_bias_(PaddedCopy(weights.last.bias, config.latent_size)),
      quantizer_(kernels, weights.books, config.codes_per_book,
                 config.latent_size) {}

absl::Status FastEncodec::Encode(const float* audio, std::int64_t clips,
                                 std::int64_t samples, int books,
                                 float* latents, std::int64_t* codes) const {
  const std::int64_t frames = EncodecFrames(samples);
  for (std::int64_t clip = 0; clip < clips; clip += kBatchClips) {
    Batch batch = {audio + clip * samples,
                   std::min(kBatchClips, clips - clip),
                   samples,
                   frames,
                   books,
                   nullptr,
                   nullptr};
    if (latents != nullptr) {
      batch.latents = latents + clip * config_.latent_size * frames;
    }
    if (codes != nullptr) batch.codes = codes + clip * books * frames;
    RETURN_IF_ERROR(EncodeBatch(batch));
  }
  return absl::OkStatus();
}

std::vector<LstmClips> FastEncodec::MakeGroups(std::int64_t clips,
                                               std::int64_t steps) const {
  const auto layers = static_cast<std::int64_t>(lstm_.layers());
  const std::int64_t per_group = std::clamp<std::int64_t>(
      CeilDivide(clips * layers, pool_->size()), 1, kGroupClips);
  std::vector<LstmClips> groups;
  for (std::int64_t clip = 0; clip < clips; clip += per_group) {
    groups.emplace_back(std::min(per_group, clips - clip), steps, lstm_.width(),
                        lstm_.layers());
  }
  return groups;
}

absl::Status FastEncodec::EncodeBatch(const Batch& batch) const {
  const std::int64_t steps = std::min(kSegmentFrames, batch.frames);
  std::vector<LstmClips> groups = MakeGroups(batch.clips, steps);
  // Of each clip, [kLastHalo + steps, width].
  std::vector<AlignedFloats> activated;
  for (std::int64_t clip = 0; clip < batch.clips; ++clip) {
    activated.emplace_back((kLastHalo + steps) * lstm_.width());
  }
  for (std::int64_t begin = 0; begin < batch.frames; begin += steps) {
    const std::int64_t end = std::min(batch.frames, begin + steps);
    RETURN_IF_ERROR(RunFrontEnd(batch, begin, end, groups));
    RETURN_IF_ERROR(lstm_.Run(*pool_, end - begin, groups));
    RETURN_IF_ERROR(RunLast(batch, begin, end, groups, activated));
  }
  return absl::OkStatus();
}

absl::Status FastEncodec::RunFrontEnd(const Batch& batch, std::int64_t begin,
                                      std::int64_t end,
                                      std::vector<LstmClips>& groups) const {
  // Four parts a thread, so that one which is late holds up little.
  const std::int64_t wanted =
      pool_->size() == 1 ? 1 : CeilDivide(4 * pool_->size(), batch.clips);
  const std::int64_t part =
      std::max(kLeastFrames, CeilDivide(end - begin, wanted));
  const std::int64_t parts = CeilDivide(end - begin, part);
  const std::int64_t per_group = groups.front().clips;
  return ParallelFor(*pool_, batch.clips * parts, [&](std::int64_t i) {
    const std::int64_t clip = i / parts;
    const std::int64_t first = begin + i % parts * part;
    LstmClips& group = groups[clip / per_group];
    const std::int64_t stride = group.clips * lstm_.width();
    front_end_.Encode(batch.audio + clip * batch.samples, batch.samples, first,
                      std::min(part, end - first),
                      {group.input.data() + (first - begin) * stride +
                           clip % per_group * lstm_.width(),
                       stride});
    return absl::OkStatus();
  });
}

absl::Status FastEncodec::RunLast(const Batch& batch, std::int64_t begin,
                                  std::int64_t end,
                                  const std::vector<LstmClips>& groups,
                                  std::vector<AlignedFloats>& activated) const {
  const std::int64_t width = lstm_.width();
  const std::int64_t frames = end - begin;
  const std::int64_t per_group = groups.front().clips;
  RETURN_IF_ERROR(ParallelFor(*pool_, batch.clips, [&](std::int64_t clip) {
    const LstmClips& group = groups[clip / per_group];
    const std::int64_t stride = group.clips * width;
    const float* input = group.input.data() + clip % per_group * width;
    const float* hidden =
        group.hidden.back().data() + stride + clip % per_group * width;
    float* rows = activated[clip].data() + kLastHalo * width;
    for (std::int64_t t = 0; t < frames; ++t) {
      kernels_.add_elu(input + t * stride, hidden + t * stride, width,
                       rows + t * width);
    }
    for (std::int64_t i = 1; begin == 0 && i <= kLastHalo; ++i) {
      const std::int64_t from = ReflectedRow(i, batch.frames);
      if (from >= 0) std::copy_n(rows + from * width, width, rows - i * width);
    }
    return absl::OkStatus();
  }));
  const std::int64_t tiles = CeilDivide(frames, kLastFrames);
  RETURN_IF_ERROR(ParallelFor(*pool_, batch.clips * tiles, [&](std::int64_t i) {
    const std::int64_t clip = i / tiles;
    const std::int64_t first = begin + i % tiles * kLastFrames;
    LastTile(batch, clip, first, std::min(end, first + kLastFrames),
             activated[clip].data() + (first - begin) * width);
    return absl::OkStatus();
  }));
  for (AlignedFloats& rows : activated) {
    std::copy_n(rows.data() + frames * width, kLastHalo * width, rows.data());
  }
  return absl::OkStatus();
}

void FastEncodec::LastTile(const Batch& batch, std::int64_t clip,
                           std::int64_t begin, std::int64_t end,
                           const float* windows) const {
  const std::int64_t width = lstm_.width();
  const std::int64_t columns = last_.columns();
  const std::int64_t rows = end - begin;
  AlignedFloats latents(rows * columns);  // [rows, columns]
  FrameProduct product = last_.Product();
  product.rows = rows;
  product.inputs[0] = {windows, width, kEncodecOuterKernel * width};
  product.start = last_bias_.data();
  product.output = {latents.data(), columns};
  kernels_.multiply(product);
  if (batch.latents != nullptr) {
    const std::int64_t size = config_.latent_size;
    float* out = batch.latents + clip * size * batch.frames + begin;
    for (std::int64_t i = 0; i < size; ++i) {
      for (std::int64_t r = 0; r < rows; ++r) {
        out[i * batch.frames + r] = latents.data()[r * columns + i];
      }
    }
  }
  if (batch.codes != nullptr) {
    quantizer_.Encode(rows, batch.books, latents.data(),
                      batch.codes + clip * batch.books * batch.frames + begin,
                      batch.frames);
  }
}

}  // namespace culturemert
