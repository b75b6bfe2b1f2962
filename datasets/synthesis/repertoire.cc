#include "datasets/synthesis/repertoire.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "tools/base/random/permutation.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kTunesPerGroup = 10;
constexpr std::uint64_t kFirstPlace[] = {0, 7, 8};  // Of each split.
constexpr std::uint64_t kPlaces[] = {7, 1, 2};

// The tunes of a group in order of splits: seven places of training first.
std::array<std::uint64_t, kTunesPerGroup> PlacesOfGroup(
    const RandomStream& stream, std::uint64_t group) {
  std::array<std::uint64_t, kTunesPerGroup> tunes;
  std::iota(tunes.begin(), tunes.end(), std::uint64_t{0});
  Shuffle(stream.Substream(StreamId("split"), group), absl::MakeSpan(tunes));
  for (int split = 0; split < 3; ++split) {
    const auto first = tunes.begin() + kFirstPlace[split];
    std::sort(first, first + kPlaces[split]);
  }
  return tunes;
}

}  // namespace

Tune Repertoire::TuneOf(std::uint64_t recording) const {
  const std::uint64_t number = recording / kPerformancesPerTune;
  const std::uint64_t group = number / kTunesPerGroup;
  const auto tunes = PlacesOfGroup(stream_, group);
  const auto place = static_cast<std::uint64_t>(
      std::find(tunes.begin(), tunes.end(), number % kTunesPerGroup) -
      tunes.begin());
  const int split = place < kFirstPlace[1] ? 0 : place < kFirstPlace[2] ? 1 : 2;
  return {number, static_cast<Split>(split),
          group * kPlaces[split] + place - kFirstPlace[split]};
}

std::uint64_t Repertoire::RecordingInSplit(Split split,
                                           std::uint64_t ordinal) const {
  const auto kind = static_cast<std::size_t>(split);
  const std::uint64_t tune_ordinal = ordinal / kPerformancesPerTune;
  const std::uint64_t group = tune_ordinal / kPlaces[kind];
  const auto tunes = PlacesOfGroup(stream_, group);
  const std::uint64_t tune =
      group * kTunesPerGroup +
      tunes[kFirstPlace[kind] + tune_ordinal % kPlaces[kind]];
  return tune * kPerformancesPerTune + ordinal % kPerformancesPerTune;
}

std::size_t Repertoire::Balanced(const Tune& tune, absl::string_view facet,
                                 absl::Span<const int> weights) const {
  std::vector<std::size_t> block;
  for (std::size_t kind = 0; kind < weights.size(); ++kind) {
    block.insert(block.end(), static_cast<std::size_t>(weights[kind]), kind);
  }
  Shuffle(stream_.Substream(StreamId(facet), StreamId(NameOf(tune.split)))
              .Substream(tune.ordinal / block.size()),
          absl::MakeSpan(block));
  return block[tune.ordinal % block.size()];
}

RandomStream Repertoire::TuneStream(const Tune& tune) const {
  return stream_.Substream(StreamId("tune"), tune.number);
}

RandomStream Repertoire::PerformanceStream(std::uint64_t recording) const {
  return stream_.Substream(StreamId("performance"), recording);
}

}  // namespace culturemert
