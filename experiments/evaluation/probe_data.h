// What probes are trained and scored on: features joined with the tags and
// splits of a data set.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_DATA_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/catalog/dataset.h"
#include "experiments/evaluation/feature_store.h"

namespace culturemert {

struct ProbeRecording {
  std::string id;
  // [windows, states, state_size]; belongs to the feature store.
  absl::Span<const float> features;
  std::vector<std::uint8_t> labels;  // Of each tag 0 or 1.
};

struct ProbeData {
  std::int64_t states = 0;
  std::int64_t state_size = 0;
  std::vector<std::string> tags;
  std::vector<ProbeRecording> train;
  std::vector<ProbeRecording> valid;
  std::vector<ProbeRecording> test;

  std::size_t window_size() const {
    return static_cast<std::size_t>(states * state_size);
  }
};

// kInvalidArgument, naming the recording, unless there are states and tags,
// every recording has a whole number of windows, at least one, and a label of 0
// or 1 for each tag.
absl::Status CheckProbeData(const ProbeData& data);

// Views of `features`, which must outlive them. kInvalidArgument that lists
// (the first ten, and how many more) the recordings of `dataset` without
// features.
absl::StatusOr<ProbeData> JoinProbeData(const FeatureStore& features,
                                        const Dataset& dataset);

// The training recordings of a few-shot probe: in a random order of the seed, a
// recording is taken if one of its tags was taken fewer than `shots` times so
// far. So each tag has at least `shots` recordings, or all it has, and none is
// without tags. Indices into `train`, ascending.
std::vector<std::size_t> DrawShots(absl::Span<const ProbeRecording> train,
                                   std::int64_t shots, std::uint64_t seed);

// Owns features that were brought to mean 0 and variance 1, each by itself,
// over the windows of the training split; a feature that never varies there
// becomes 0. Sums are float64. The data must be checked.
class StandardisedData {
 public:
  explicit StandardisedData(const ProbeData& data);
  StandardisedData(const StandardisedData&) = delete;
  StandardisedData& operator=(const StandardisedData&) = delete;

  const ProbeData& data() const { return data_; }

 private:
  ProbeData data_;
  std::vector<std::vector<float>> features_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_DATA_H_
