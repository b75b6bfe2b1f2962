#include "experiments/evaluation/probe_lane.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/metrics/tag_metrics.h"
#include "tools/base/random/permutation.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// torch.optim.lr_scheduler.ReduceLROnPlateau's defaults: how much better,
// relative to the best, an epoch must be to count as better, and the smallest
// change of the learning rate that is made.
constexpr double kPlateauThreshold = 1e-4;
constexpr double kSmallestChange = 1e-8;

double Sigmoid(double x) {
  const double power = std::exp(-std::abs(x));
  return (x < 0 ? power : 1) / (1 + power);
}

}  // namespace

std::optional<double> MacroRocAuc(absl::Span<const ProbeRecording> recordings,
                                  absl::Span<const double> probabilities) {
  if (recordings.empty()) return std::nullopt;
  const std::size_t tags = recordings.front().labels.size();
  std::vector<std::uint8_t> truth(recordings.size());
  std::vector<double> scores(recordings.size());
  double sum = 0;
  int defined = 0;
  for (std::size_t tag = 0; tag < tags; ++tag) {
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      truth[i] = recordings[i].labels[tag];
      scores[i] = probabilities[i * tags + tag];
    }
    const std::optional<double> roc_auc = RocAuc(truth, scores);
    if (!roc_auc.has_value()) continue;
    sum += *roc_auc;
    ++defined;
  }
  if (defined == 0) return std::nullopt;
  return sum / defined;
}

absl::StatusOr<std::unique_ptr<ProbeLane>> ProbeLane::Create(
    const ProbeData& data, const ProbingConfig& config, std::uint64_t seed,
    double learning_rate) {
  if (data.train.empty()) {
    return absl::InvalidArgumentError(
        "there are no recordings to train a probe on");
  }
  ASSIGN_OR_RETURN(const ProbeConfig shape,
                   ProbeFor(config, data.states, data.state_size,
                            static_cast<std::int64_t>(data.tags.size())));
  ASSIGN_OR_RETURN(std::unique_ptr<Probe> probe,
                   Probe::Create(shape, seed, config.batch_size));
  auto lane = std::unique_ptr<ProbeLane>(
      new ProbeLane(data, config, seed, learning_rate, std::move(probe)));
  if (lane->states_.empty()) {
    return absl::InvalidArgumentError(
        "no training recording carries a tag: there are no few-shot examples");
  }
  return lane;
}

ProbeLane::ProbeLane(const ProbeData& data, const ProbingConfig& config,
                     std::uint64_t seed, double learning_rate,
                     std::unique_ptr<Probe> probe)
    : data_(data),
      config_(config),
      seed_(seed),
      first_learning_rate_(learning_rate),
      probe_(std::move(probe)),
      learning_rate_(learning_rate) {
  const auto add = [&](const ProbeRecording& recording) {
    for (std::size_t i = 0; i < recording.features.size();
         i += data.window_size()) {
      states_.push_back(recording.features.data() + i);
      labels_.push_back(recording.labels.data());
    }
  };
  if (config.shots > 0) {
    for (const std::size_t i : DrawShots(data.train, config.shots, seed)) {
      add(data.train[i]);
    }
  } else {
    for (const ProbeRecording& recording : data.train) add(recording);
  }
}

absl::StatusOr<double> ProbeLane::Train(std::uint64_t epoch) {
  const RandomStream shuffle(seed_, StreamId("probing:shuffle"));
  const RandomStream dropout(seed_, StreamId("probing:dropout"));
  const std::vector<std::uint64_t> order =
      Permutation(shuffle.Substream(epoch), states_.size());
  const auto batch_size = static_cast<std::size_t>(config_.batch_size);
  std::vector<const float*> states;
  std::vector<const std::uint8_t*> labels;
  double sum = 0;
  for (std::size_t first = 0; first < order.size(); first += batch_size) {
    const std::size_t end = std::min(first + batch_size, order.size());
    states.clear();
    labels.clear();
    for (std::size_t i = first; i < end; ++i) {
      states.push_back(states_[order[i]]);
      labels.push_back(labels_[order[i]]);
    }
    ASSIGN_OR_RETURN(
        const double loss,
        probe_->Step({states, labels, dropout.Substream(epoch, first)},
                     ProbeAdamStep(learning_rate_, ++updates_)));
    sum += loss * static_cast<double>(end - first);
  }
  return sum / static_cast<double>(order.size());
}

absl::Status ProbeLane::RunEpoch() {
  const std::uint64_t number = epochs_.size() + 1;
  ProbeEpoch epoch;
  epoch.learning_rate = learning_rate_;
  ASSIGN_OR_RETURN(epoch.train_loss, Train(number));
  ASSIGN_OR_RETURN(const std::vector<double> probabilities,
                   Probabilities(data_.valid));
  has_diverged_ =
      !std::isfinite(epoch.train_loss) ||
      !std::all_of(probabilities.begin(), probabilities.end(),
                   [](double value) { return std::isfinite(value); });
  if (has_diverged_) {
    is_finished_ = true;
    return absl::OkStatus();
  }
  epoch.valid_roc_auc = MacroRocAuc(data_.valid, probabilities);
  epochs_.push_back(epoch);
  Judge(epoch.valid_roc_auc);
  return absl::OkStatus();
}

void ProbeLane::Judge(const std::optional<double>& roc_auc) {
  const bool is_best = !roc_auc.has_value() || !best_roc_auc_.has_value() ||
                       *roc_auc > *best_roc_auc_;
  if (is_best) {
    best_epoch_ = epochs_.size();
    best_roc_auc_ = roc_auc;
    best_parameters_ = probe_->parameters();
  }
  if (roc_auc.has_value()) FollowPlateau(*roc_auc);
  const std::size_t without_best = epochs_.size() - best_epoch_;
  is_finished_ =
      epochs_.size() >= static_cast<std::size_t>(config_.max_epochs) ||
      without_best >= static_cast<std::size_t>(config_.stop_patience);
}

void ProbeLane::FollowPlateau(double roc_auc) {
  if (!plateau_roc_auc_.has_value() ||
      roc_auc > *plateau_roc_auc_ * (1 + kPlateauThreshold)) {
    plateau_roc_auc_ = roc_auc;
    plateau_epochs_ = 0;
    return;
  }
  if (++plateau_epochs_ <= config_.plateau_patience) return;
  plateau_epochs_ = 0;
  const double lower = learning_rate_ * config_.plateau_factor;
  if (learning_rate_ - lower > kSmallestChange) learning_rate_ = lower;
}

absl::Status ProbeLane::RestoreBest() {
  return probe_->SetParameters(best_parameters_);
}

absl::StatusOr<std::vector<double>> ProbeLane::Probabilities(
    absl::Span<const ProbeRecording> recordings) {
  const std::size_t tags = data_.tags.size();
  std::vector<const float*> states;
  for (const ProbeRecording& recording : recordings) {
    for (std::size_t i = 0; i < recording.features.size();
         i += data_.window_size()) {
      states.push_back(recording.features.data() + i);
    }
  }
  std::vector<float> logits(states.size() * tags);
  RETURN_IF_ERROR(probe_->Logits(states, absl::MakeSpan(logits)));
  std::vector<double> probabilities;
  probabilities.reserve(recordings.size() * tags);
  std::size_t first = 0;
  for (const ProbeRecording& recording : recordings) {
    const std::size_t windows = recording.features.size() / data_.window_size();
    for (std::size_t tag = 0; tag < tags; ++tag) {
      double sum = 0;
      for (std::size_t w = 0; w < windows; ++w) {
        sum += logits[(first + w) * tags + tag];
      }
      probabilities.push_back(Sigmoid(sum / static_cast<double>(windows)));
    }
    first += windows;
  }
  return probabilities;
}

}  // namespace culturemert
