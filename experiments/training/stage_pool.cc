#include "experiments/training/stage_pool.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/base/random/permutation.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr double kSamplesPerHour = 24000.0 * 3600;

struct Culture {
  std::vector<std::size_t> recordings;  // Places.
  double samples = 0;
};

using Cultures = std::map<std::string, Culture>;

double SamplesOf(const Cultures& cultures) {
  return std::accumulate(cultures.begin(), cultures.end(), 0.0,
                         [](double sum, const Cultures::value_type& culture) {
                           return sum + culture.second.samples;
                         });
}

// Appends a culture's recordings that come nearest to `wanted` samples.
void Choose(const Culture& culture, absl::Span<const SampledRecording> all,
            double wanted, const RandomStream& random,
            std::vector<std::size_t>& chosen) {
  std::vector<std::size_t> order = culture.recordings;
  Shuffle(random, absl::MakeSpan(order));
  double samples = 0;
  for (const std::size_t place : order) {
    const auto more = static_cast<double>(all[place].samples);
    const bool is_nearer_without = samples + more / 2 > wanted;
    if (samples > 0 && is_nearer_without) break;
    samples += more;
    chosen.push_back(place);
  }
}

// Appends `hours` of the cultures, in proportion to what they have.
void ChooseHours(const Cultures& cultures,
                 absl::Span<const SampledRecording> all, double hours,
                 const RandomStream& random, std::vector<std::size_t>& chosen) {
  const double available = SamplesOf(cultures);
  for (const auto& [name, culture] : cultures) {
    const double wanted = hours * kSamplesPerHour * culture.samples / available;
    Choose(culture, all, wanted, random.Substream(StreamId(name)), chosen);
  }
}

absl::Status CheckOptions(absl::Span<const SampledRecording> recordings,
                          const StagePoolOptions& options) {
  if (!(options.hours >= 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a pool of ", options.hours, " hours; 0 is all there is"));
  }
  if (!(options.replay_fraction >= 0 && options.replay_fraction < 1)) {
    return absl::InvalidArgumentError(absl::StrCat("replay_fraction is ",
                                                   options.replay_fraction,
                                                   ", but must be in [0, 1)"));
  }
  for (const SampledRecording& recording : recordings) {
    if (recording.samples >= 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("a recording of ", QuoteForMessage(recording.culture),
                     " has ", recording.samples, " samples"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::size_t>> ChooseStagePool(
    absl::Span<const SampledRecording> recordings,
    const StagePoolOptions& options) {
  if (absl::Status status = CheckOptions(recordings, options); !status.ok()) {
    return status;
  }
  Cultures mix;
  Cultures replay;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const std::vector<std::string>& names = options.replay_cultures;
    const bool is_replay = std::find(names.begin(), names.end(),
                                     recordings[i].culture) != names.end();
    if (is_replay && options.replay_fraction == 0) continue;
    Culture& culture = (is_replay ? replay : mix)[recordings[i].culture];
    culture.recordings.push_back(i);
    culture.samples += static_cast<double>(recordings[i].samples);
  }
  const RandomStream random(options.seed, StreamId("stage pool"));
  std::vector<std::size_t> chosen;
  if (options.hours == 0) {
    for (const Cultures* const part : {&mix, &replay}) {
      for (const auto& [name, culture] : *part) {
        chosen.insert(chosen.end(), culture.recordings.begin(),
                      culture.recordings.end());
      }
    }
  } else {
    ChooseHours(mix, recordings, options.hours * (1 - options.replay_fraction),
                random, chosen);
    ChooseHours(replay, recordings, options.hours * options.replay_fraction,
                random, chosen);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace culturemert
