#include "models/pretraining/mixture_plan.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::int64_t kMaxSamples = std::int64_t{1} << 40;

// What a sample's stream is used for.
enum Draw : std::uint64_t { kIsMixed, kPieceCount, kPieces };

// What each piece's own stream is used for.
enum PieceDraw : std::uint64_t { kPoolStart, kPieceSamples, kClipStart };

std::int64_t UniformBetween(const RandomStream& stream, std::uint64_t index,
                            std::int64_t lowest, std::int64_t highest) {
  return lowest + static_cast<std::int64_t>(stream.UniformInt(
                      index, static_cast<std::uint64_t>(highest - lowest + 1)));
}

std::vector<MixturePiece> PlanClip(const MixtureConfig& config,
                                   std::int64_t clip_samples,
                                   std::int64_t pool_samples,
                                   const RandomStream& sample) {
  std::vector<MixturePiece> pieces;
  if (sample.UniformDouble(kIsMixed) >= config.probability) return pieces;
  const std::int64_t count =
      UniformBetween(sample, kPieceCount, config.min_pieces, config.max_pieces);
  for (std::int64_t i = 0; i < count; ++i) {
    const RandomStream draws =
        sample.Substream(kPieces, static_cast<std::uint64_t>(i));
    MixturePiece piece;
    piece.pool_first_sample = UniformBetween(
        draws, kPoolStart, 0, pool_samples - config.max_piece_samples);
    piece.samples =
        UniformBetween(draws, kPieceSamples, config.min_piece_samples,
                       config.max_piece_samples);
    piece.clip_first_sample =
        UniformBetween(draws, kClipStart, 0, clip_samples - piece.samples);
    pieces.push_back(piece);
  }
  return pieces;
}

}  // namespace

void MixtureConfig::Describe(ConfigSchema<MixtureConfig>& schema) {
  schema.Struct("MixtureConfig",
                "Pieces of other clips of the batch, added to the audio the "
                "encoder hears and not to what it predicts.");
  schema
      .Field("probability", &MixtureConfig::probability,
             "The chance of a clip to be mixed.")
      .AtLeast(0)
      .AtMost(1);
  schema
      .Field("min_pieces", &MixtureConfig::min_pieces,
             "The fewest pieces of a clip that is mixed.")
      .AtLeast(1);
  schema.Field("max_pieces", &MixtureConfig::max_pieces, "The most.")
      .AtMost(1000);
  schema
      .Field("min_piece_samples", &MixtureConfig::min_piece_samples,
             "The length of the shortest piece.")
      .Unit("samples")
      .AtLeast(1);
  schema
      .Field("max_piece_samples", &MixtureConfig::max_piece_samples,
             "The length of the longest piece.")
      .Unit("samples")
      .AtMost(kMaxSamples);
  schema
      .Field("gain", &MixtureConfig::gain,
             "What the samples of a piece are multiplied by.")
      .AtLeast(0)
      .AtMost(100);
  schema.Check([](const MixtureConfig& config, ConfigReport report) {
    if (config.max_pieces < config.min_pieces) {
      report("max_pieces", "must not be below min_pieces");
    }
    if (config.max_piece_samples < config.min_piece_samples) {
      report("max_piece_samples", "must not be below min_piece_samples");
    }
  });
}

absl::StatusOr<MixturePlan> PlanMixture(
    const MixtureConfig& config, std::int64_t clip_samples,
    absl::Span<const RandomStream> samples) {
  RETURN_IF_ERROR(ValidateConfig(config));
  if (samples.empty()) {
    return absl::InvalidArgumentError("cannot mix a batch without clips");
  }
  MixturePlan plan(samples.size());
  if (samples.size() == 1 || config.probability == 0) return plan;
  if (clip_samples < config.max_piece_samples || clip_samples > kMaxSamples) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot add pieces of up to ", config.max_piece_samples,
                     " samples to clips of ", clip_samples,
                     "; set max_piece_samples to no more than the clips have"));
  }
  const std::int64_t pool_samples =
      static_cast<std::int64_t>(samples.size() - 1) * clip_samples;
  for (std::size_t clip = 0; clip < samples.size(); ++clip) {
    plan[clip] = PlanClip(config, clip_samples, pool_samples, samples[clip]);
  }
  return plan;
}

}  // namespace culturemert
