#include "datasets/sampling/segment_sampler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "tools/base/random/permutation.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kMaxTotalSamples = std::uint64_t{1} << 62;
constexpr std::uint64_t kMaxEpochSegments = std::uint64_t{1} << 40;

absl::StatusOr<SegmentLengths> CheckedLengths(
    const SegmentSamplerOptions& options) {
  SegmentLengths lengths{options.segment_samples, options.minimum_samples,
                         options.piece_samples};
  if (lengths.segment_samples < 1) {
    return absl::InvalidArgumentError(absl::StrCat("segment_samples is ",
                                                   lengths.segment_samples,
                                                   ", but must be at least 1"));
  }
  if (lengths.minimum_samples < 0 || lengths.piece_samples < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "minimum_samples and piece_samples are ", lengths.minimum_samples,
        " and ", lengths.piece_samples, ", but must be at least 0"));
  }
  if (lengths.minimum_samples == 0) {
    lengths.minimum_samples = lengths.segment_samples;
  }
  if (lengths.piece_samples != 0 &&
      lengths.piece_samples < lengths.minimum_samples) {
    return absl::InvalidArgumentError(absl::StrCat(
        "piece_samples is ", lengths.piece_samples,
        ", so that no piece reaches the minimum of ", lengths.minimum_samples,
        " samples; make pieces longer (0: whole recordings) or lower ",
        "minimum_samples"));
  }
  return lengths;
}

absl::Status CheckRecordings(absl::Span<const SampledRecording> recordings,
                             std::int64_t minimum_samples) {
  if (recordings.empty()) {
    return absl::InvalidArgumentError(
        "there are no recordings to draw segments from");
  }
  std::uint64_t total = 0;
  std::int64_t longest = 0;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const std::int64_t samples = recordings[i].samples;
    if (samples < 0 || samples > DrawableAudio::kMaxRecordingSamples) {
      return absl::InvalidArgumentError(absl::StrCat(
          "recording ", i, " of the list has ", samples,
          " samples; expected 0 to ", DrawableAudio::kMaxRecordingSamples));
    }
    longest = std::max(longest, samples);
    total += static_cast<std::uint64_t>(samples);
    if (total > kMaxTotalSamples) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the recordings have more than ", kMaxTotalSamples, " samples"));
    }
  }
  if (longest < minimum_samples) {
    return absl::InvalidArgumentError(absl::StrCat(
        "none of the ", recordings.size(), " recordings has the ",
        minimum_samples, " samples that a segment needs, the longest has ",
        longest, "; add longer ones, or lower minimum_samples"));
  }
  return absl::OkStatus();
}

std::uint64_t Slots(const DrawableAudio& audio, std::int64_t segment_samples) {
  if (audio.samples() == 0) return 0;
  return std::max<std::uint64_t>(
      1, audio.samples() / static_cast<std::uint64_t>(segment_samples));
}

// How many segments of an epoch are of the mix, and how many are replay.
struct EpochParts {
  std::uint64_t mix = 0;
  std::uint64_t replay = 0;
};

absl::StatusOr<EpochParts> PartsOfEpoch(std::uint64_t mix_slots,
                                        std::uint64_t replay_slots,
                                        double replay_fraction) {
  const double mix = static_cast<double>(mix_slots);
  const double replay =
      replay_fraction < 1
          ? std::round(mix * (replay_fraction / (1 - replay_fraction)))
          : static_cast<double>(replay_slots);
  if (mix + replay > kMaxEpochSegments) {
    return absl::InvalidArgumentError(
        absl::StrCat("an epoch (one pass over the mix, and its replay) has ",
                     mix + replay, " segments, more than ", kMaxEpochSegments,
                     "; lower replay_fraction, now ", replay_fraction,
                     ", or draw from fewer recordings"));
  }
  return EpochParts{mix_slots, static_cast<std::uint64_t>(replay)};
}

// The segments an epoch of each culture.
std::vector<std::uint64_t> Quotas(const std::vector<CultureShare>& shares,
                                  const EpochParts& parts) {
  std::vector<std::uint64_t> quotas(shares.size());
  for (const bool replay : {false, true}) {
    std::vector<std::size_t> places;
    std::vector<double> part_shares;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (shares[i].replay != replay) continue;
      places.push_back(i);
      part_shares.push_back(shares[i].share_of_part);
    }
    const std::vector<std::uint64_t> part =
        Apportion(replay ? parts.replay : parts.mix, part_shares);
    for (std::size_t i = 0; i < places.size(); ++i) quotas[places[i]] = part[i];
  }
  return quotas;
}

// The sample where slot `slot` of `slots` begins, of a line of `samples`.
std::uint64_t SlotBegin(std::uint64_t slot, std::uint64_t slots,
                        std::uint64_t samples) {
  return absl::Uint128Low64(absl::uint128(slot) * samples / slots);
}

}  // namespace

SegmentSampler::SegmentSampler(const SegmentSamplerOptions& options)
    : drawing_(options.drawing),
      segment_samples_(options.segment_samples),
      random_(options.seed, StreamId("segment sampler")) {}

absl::StatusOr<std::unique_ptr<SegmentSampler>> SegmentSampler::Create(
    absl::Span<const SampledRecording> recordings,
    const SegmentSamplerOptions& options) {
  ASSIGN_OR_RETURN(const SegmentLengths lengths, CheckedLengths(options));
  RETURN_IF_ERROR(CheckRecordings(recordings, lengths.minimum_samples));
  auto sampler = absl::WrapUnique(new SegmentSampler(options));
  std::map<std::string, DrawableAudio> audio;
  std::map<std::string, SampledCulture> cultures;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const std::string& name = recordings[i].culture;
    DrawableAudio& line = audio.try_emplace(name, lengths).first->second;
    SampledCulture& culture = cultures[name];
    ++culture.recordings;
    if (!line.Add(static_cast<std::int64_t>(i), recordings[i].samples)) {
      ++culture.recordings_too_short;
    }
  }
  const std::set<std::string> replay(options.mix.replay_cultures.begin(),
                                     options.mix.replay_cultures.end());
  for (auto& [name, culture] : cultures) {
    culture.culture = name;
    culture.replay = replay.count(name) > 0;
    culture.drawable_samples = audio.at(name).samples();
    culture.slots = Slots(audio.at(name), options.segment_samples);
    sampler->cultures_.push_back(std::move(culture));
  }
  RETURN_IF_ERROR(sampler->AddSources(audio, options.mix));
  return sampler;
}

absl::Status SegmentSampler::AddSources(
    std::map<std::string, DrawableAudio>& audio, const CultureMix& mix) {
  std::map<std::string, std::uint64_t> amounts;
  for (const SampledCulture& culture : cultures_) {
    // A pass visits whole slots, a free draw any sample.
    amounts[culture.culture] = drawing_ == Drawing::kShuffledEpochs
                                   ? culture.slots
                                   : culture.drawable_samples;
  }
  ASSIGN_OR_RETURN(const std::vector<CultureShare> shares,
                   CultureShares(amounts, mix));
  std::uint64_t mix_slots = 0;
  std::uint64_t replay_slots = 0;
  shortest_segment_samples_ = segment_samples_;
  for (const CultureShare& share : shares) {
    DrawableAudio& drawable = audio.at(share.culture);
    const std::uint64_t slots = Slots(drawable, segment_samples_);
    (share.replay ? replay_slots : mix_slots) += slots;
    shortest_segment_samples_ =
        std::min(shortest_segment_samples_, drawable.shortest_piece_samples());
    sources_.push_back({std::move(drawable),
                        random_.Substream(StreamId(share.culture)), slots,
                        /*quota=*/0});
  }
  ASSIGN_OR_RETURN(const EpochParts parts,
                   PartsOfEpoch(mix_slots, replay_slots, mix.replay_fraction));
  segments_per_epoch_ = parts.mix + parts.replay;
  if (drawing_ == Drawing::kWithReplacement) {
    SetShares(shares);
    return absl::OkStatus();
  }
  return SetQuotas(shares, Quotas(shares, parts));
}

void SegmentSampler::SetShares(const std::vector<CultureShare>& shares) {
  double end = 0;
  for (const CultureShare& share : shares) {
    FindCulture(share.culture).share = share.share;
    end += share.share;
    share_ends_.push_back(end);
  }
  share_ends_.back() = 1;  // Whatever the sum was rounded to.
}

absl::Status SegmentSampler::SetQuotas(
    const std::vector<CultureShare>& shares,
    const std::vector<std::uint64_t>& quotas) {
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (quotas[i] == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "culture \"", shares[i].culture, "\" has a share of ",
          shares[i].share, ", which is less than one of an epoch's ",
          segments_per_epoch_,
          " segments, so that it would never be drawn from; raise its share, ",
          "leave it out, or draw with replacement"));
    }
    sources_[i].quota = quotas[i];
    FindCulture(shares[i].culture).share =
        static_cast<double>(quotas[i]) /
        static_cast<double>(segments_per_epoch_);
    end += quotas[i];
    quota_ends_.push_back(end);
  }
  return absl::OkStatus();
}

SampledCulture& SegmentSampler::FindCulture(const std::string& name) {
  return *std::lower_bound(
      cultures_.begin(), cultures_.end(), name,
      [](const SampledCulture& culture, const std::string& wanted) {
        return culture.culture < wanted;
      });
}

Segment SegmentSampler::At(std::uint64_t number) const {
  return At(number / segments_per_epoch_, number % segments_per_epoch_);
}

Segment SegmentSampler::At(std::uint64_t epoch, std::uint64_t index) const {
  epoch += index / segments_per_epoch_;
  index %= segments_per_epoch_;
  return drawing_ == Drawing::kShuffledEpochs
             ? DrawShuffled(epoch, index)
             : DrawWithReplacement(epoch, index);
}

// The epoch's numbers, dealt out to the cultures in intervals, are permuted; so
// the culture and the rank within the culture's quota follow from the index.
Segment SegmentSampler::DrawShuffled(std::uint64_t epoch,
                                     std::uint64_t index) const {
  const RandomStream order = random_.Substream(StreamId("epoch order"), epoch);
  const std::uint64_t number =
      IndexPermutation(order, segments_per_epoch_).At(index);
  const std::size_t place =
      std::upper_bound(quota_ends_.begin(), quota_ends_.end(), number) -
      quota_ends_.begin();
  const Source& source = sources_[place];
  const std::uint64_t rank = number - (place == 0 ? 0 : quota_ends_[place - 1]);
  return DrawFromSlot(source, epoch * source.quota + rank);
}

// `position` counts the culture's segments through all passes.
Segment SegmentSampler::DrawFromSlot(const Source& source,
                                     std::uint64_t position) const {
  const std::uint64_t pass = position / source.slots;
  const RandomStream order =
      source.random.Substream(StreamId("slot order"), pass);
  const std::uint64_t slot =
      IndexPermutation(order, source.slots).At(position % source.slots);
  const std::uint64_t begin =
      SlotBegin(slot, source.slots, source.audio.samples());
  const std::uint64_t end =
      SlotBegin(slot + 1, source.slots, source.audio.samples());
  const RandomStream draw =
      source.random.Substream(StreamId("slot point"), pass);
  return source.audio.At(begin + draw.UniformInt(2 * slot, end - begin),
                         draw.Bits32(2 * slot + 1));
}

Segment SegmentSampler::DrawWithReplacement(std::uint64_t epoch,
                                            std::uint64_t index) const {
  const RandomStream draw =
      random_.Substream(StreamId("replacement"), epoch).Substream(index);
  const std::size_t place =
      std::upper_bound(share_ends_.begin(), share_ends_.end(),
                       draw.UniformDouble(0)) -
      share_ends_.begin();
  const DrawableAudio& audio = sources_[place].audio;
  return audio.At(draw.UniformInt(1, audio.samples()), draw.Bits32(2));
}

}  // namespace culturemert
