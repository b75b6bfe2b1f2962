// Features with something to learn in one of their states, for tests of
// probing.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_EVALUATION_PROBING_TEST_DATA_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_EVALUATION_PROBING_TEST_DATA_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "experiments/evaluation/probe_data.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// Owns the features that its data are views of: three states of eight numbers,
// all noise but those of state 2, where number t is higher where tag t is
// there.
class ProbingTestData {
 public:
  static constexpr std::int64_t kStates = 3;
  static constexpr std::int64_t kStateSize = 8;

  explicit ProbingTestData(int tags = 4) {
    data_.states = kStates;
    data_.state_size = kStateSize;
    for (int t = 0; t < tags; ++t) data_.tags.push_back(absl::StrCat("t", t));
  }
  ProbingTestData(const ProbingTestData&) = delete;
  ProbingTestData& operator=(const ProbingTestData&) = delete;

  // Adds recordings of `windows` windows to a split.
  void Fill(std::vector<ProbeRecording>& split, int recordings,
            int windows = 1) {
    for (int i = 0; i < recordings; ++i) {
      std::vector<std::uint8_t> labels;
      for (std::size_t t = 0; t < data_.tags.size(); ++t) {
        labels.push_back(random_.Bits32(next_++) % 3 == 0 ? 1 : 0);
      }
      split.push_back(Recording(labels, windows));
    }
  }

  ProbeRecording Recording(const std::vector<std::uint8_t>& labels,
                           int windows) {
    std::vector<float> features(
        static_cast<std::size_t>(windows * kStates * kStateSize));
    for (std::size_t i = 0; i < features.size(); ++i) {
      features[i] = static_cast<float>(random_.Normal(next_++));
      const std::size_t state = i / kStateSize % kStates;
      const std::size_t number = i % kStateSize;
      if (state == 2 && number < labels.size() && labels[number] != 0) {
        features[i] += 4;
      }
    }
    features_.push_back(std::move(features));
    return {absl::StrCat("r", features_.size()), features_.back(), labels};
  }

  ProbeData& data() { return data_; }

 private:
  const RandomStream random_{5, 6};
  std::uint64_t next_ = 0;
  std::deque<std::vector<float>> features_;
  ProbeData data_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_EVALUATION_PROBING_TEST_DATA_H_
