// One probe on its way: a seed at a learning rate. probing_config.h has the
// rules.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_LANE_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_LANE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "experiments/evaluation/probe_data.h"
#include "experiments/evaluation/probing_config.h"
#include "models/probe/probe.h"

namespace culturemert {

// An epoch's line in a learning curve.
struct ProbeEpoch {
  double learning_rate = 0;
  // Binary cross-entropy, the mean over the epoch's examples and tags, with
  // dropout.
  double train_loss = 0;
  // Macro, over the recordings of the validation split; none where no tag of it
  // has both classes.
  std::optional<double> valid_roc_auc;

  friend bool operator==(const ProbeEpoch& a, const ProbeEpoch& b) {
    return a.learning_rate == b.learning_rate && a.train_loss == b.train_loss &&
           a.valid_roc_auc == b.valid_roc_auc;
  }
};

// For one thread at a time. What it computes depends on its own arguments only:
// the order of examples on (seed, epoch), dropout on (seed, epoch, batch).
class ProbeLane {
 public:
  // `data`, checked, and `config` must outlive the lane. kInvalidArgument
  // without training examples, few-shot ones if the configuration asks for
  // those, else the errors of Probe::Create.
  static absl::StatusOr<std::unique_ptr<ProbeLane>> Create(
      const ProbeData& data, const ProbingConfig& config, std::uint64_t seed,
      double learning_rate);

  std::uint64_t seed() const { return seed_; }
  double learning_rate() const { return first_learning_rate_; }

  // Whether training has ended: by the number of epochs, by patience, or since
  // the loss is no longer a finite number.
  bool is_finished() const { return is_finished_; }
  bool has_diverged() const { return has_diverged_; }
  const std::vector<ProbeEpoch>& epochs() const { return epochs_; }
  // From 1; the last one where no epoch has a validation score; 0 if not even
  // the first was right.
  std::size_t best_epoch() const { return best_epoch_; }
  std::optional<double> best_roc_auc() const { return best_roc_auc_; }

  // An epoch of training and the validation behind it.
  absl::Status RunEpoch();

  // Puts the parameters of the best epoch in place; at the end.
  absl::Status RestoreBest();

  // [recordings, tags]: the sigmoid of the logits' mean over the windows.
  absl::StatusOr<std::vector<double>> Probabilities(
      absl::Span<const ProbeRecording> recordings);

  std::vector<double> LayerWeights() const { return probe_->LayerWeights(); }

 private:
  ProbeLane(const ProbeData& data, const ProbingConfig& config,
            std::uint64_t seed, double learning_rate,
            std::unique_ptr<Probe> probe);

  absl::StatusOr<double> Train(std::uint64_t epoch);
  void Judge(const std::optional<double>& roc_auc);
  void FollowPlateau(double roc_auc);

  const ProbeData& data_;
  const ProbingConfig& config_;
  const std::uint64_t seed_;
  const double first_learning_rate_;
  const std::unique_ptr<Probe> probe_;
  // Of each training window.
  std::vector<const float*> states_;
  std::vector<const std::uint8_t*> labels_;

  double learning_rate_;
  std::int64_t updates_ = 0;
  std::vector<ProbeEpoch> epochs_;
  bool is_finished_ = false;
  bool has_diverged_ = false;
  std::size_t best_epoch_ = 0;
  std::optional<double> best_roc_auc_;
  Probe::Parameters best_parameters_;
  // Of the scheduler, whose best is not the selection's.
  std::optional<double> plateau_roc_auc_;
  std::int64_t plateau_epochs_ = 0;
};

// The mean over the tags that have both classes, of `probabilities`
// [recordings, tags]; none if there is no such tag.
std::optional<double> MacroRocAuc(absl::Span<const ProbeRecording> recordings,
                                  absl::Span<const double> probabilities);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_PROBE_LANE_H_
