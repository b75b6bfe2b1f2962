#include "experiments/evaluation/probe_data.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/evaluation/name_list.h"
#include "tools/base/random/permutation.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

absl::Status CheckRecording(const ProbeData& data,
                            const ProbeRecording& recording) {
  const std::string place =
      absl::StrCat("recording ", QuoteForMessage(recording.id));
  if (recording.features.empty() ||
      recording.features.size() % data.window_size() != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, " has ", recording.features.size(),
                     " features, expected a multiple of ", data.states,
                     " states of ", data.state_size));
  }
  if (recording.labels.size() != data.tags.size()) {
    return absl::InvalidArgumentError(absl::StrCat(place, " has ",
                                                   recording.labels.size(),
                                                   " labels, there "
                                                   "are ",
                                                   data.tags.size(), " tags"));
  }
  for (const std::uint8_t label : recording.labels) {
    if (label > 1) {
      return absl::InvalidArgumentError(absl::StrCat(
          place, " has the label ", static_cast<int>(label), ", not 0 or 1"));
    }
  }
  return absl::OkStatus();
}

std::vector<ProbeRecording>& SplitOf(ProbeData& data, Split split) {
  switch (split) {
    case Split::kTrain:
      return data.train;
    case Split::kValid:
      return data.valid;
    case Split::kTest:
      break;
  }
  return data.test;
}

// Calls visit(window) for the features of each window.
template <typename Visit>
void ForEachWindow(const ProbeData& data,
                   absl::Span<const ProbeRecording> recordings, Visit visit) {
  for (const ProbeRecording& recording : recordings) {
    for (std::size_t i = 0; i < recording.features.size();
         i += data.window_size()) {
      visit(recording.features.subspan(i, data.window_size()));
    }
  }
}

}  // namespace

absl::Status CheckProbeData(const ProbeData& data) {
  if (data.states < 1 || data.state_size < 1 || data.tags.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "features of ", data.states, " states of ", data.state_size, " for ",
        data.tags.size(), " tags; expected at least one of each"));
  }
  for (const auto* split : {&data.train, &data.valid, &data.test}) {
    for (const ProbeRecording& recording : *split) {
      RETURN_IF_ERROR(CheckRecording(data, recording));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ProbeData> JoinProbeData(const FeatureStore& features,
                                        const Dataset& dataset) {
  ProbeData data;
  data.states = features.format().states;
  data.state_size = features.format().state_size;
  data.tags = dataset.tags;
  std::vector<std::string> missing;
  for (const Recording& recording : dataset.recordings) {
    const std::optional<std::size_t> index = features.Find(recording.id);
    if (!index.has_value()) {
      missing.push_back(recording.id);
      continue;
    }
    ProbeRecording joined = {recording.id, features.Features(*index),
                             std::vector<std::uint8_t>(data.tags.size(), 0)};
    for (const std::size_t label : recording.labels) joined.labels[label] = 1;
    SplitOf(data, recording.split).push_back(std::move(joined));
  }
  if (!missing.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        features.directory(), ": ",
        ListNames(absl::StrCat("recordings of ", dataset.facts.name,
                               " have no features"),
                  missing)));
  }
  return data;
}

std::vector<std::size_t> DrawShots(absl::Span<const ProbeRecording> train,
                                   std::int64_t shots, std::uint64_t seed) {
  std::vector<std::size_t> taken;
  if (train.empty()) return taken;
  std::vector<std::int64_t> counts(train.front().labels.size(), 0);
  const RandomStream stream(seed, StreamId("probing:shots"));
  for (const std::uint64_t index : Permutation(stream, train.size())) {
    const std::vector<std::uint8_t>& labels = train[index].labels;
    bool is_wanted = false;
    for (std::size_t tag = 0; tag < labels.size(); ++tag) {
      is_wanted |= labels[tag] != 0 && counts[tag] < shots;
    }
    if (!is_wanted) continue;
    for (std::size_t tag = 0; tag < labels.size(); ++tag) {
      counts[tag] += labels[tag];
    }
    taken.push_back(index);
  }
  std::sort(taken.begin(), taken.end());
  return taken;
}

StandardisedData::StandardisedData(const ProbeData& data) : data_(data) {
  const std::size_t size = data.window_size();
  std::vector<double> means(size, 0);
  std::vector<double> squares(size, 0);
  double windows = 0;
  ForEachWindow(data, data.train, [&](absl::Span<const float> window) {
    for (std::size_t i = 0; i < size; ++i) means[i] += window[i];
    windows += 1;
  });
  for (double& mean : means) mean /= windows;
  ForEachWindow(data, data.train, [&](absl::Span<const float> window) {
    for (std::size_t i = 0; i < size; ++i) {
      squares[i] += (window[i] - means[i]) * (window[i] - means[i]);
    }
  });
  for (auto* split : {&data_.train, &data_.valid, &data_.test}) {
    for (ProbeRecording& recording : *split) {
      std::vector<float>& values = features_.emplace_back(
          recording.features.begin(), recording.features.end());
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double deviation = std::sqrt(squares[i % size] / windows);
        values[i] =
            deviation > 0
                ? static_cast<float>((values[i] - means[i % size]) / deviation)
                : 0;
      }
      recording.features = values;
    }
  }
}

}  // namespace culturemert
