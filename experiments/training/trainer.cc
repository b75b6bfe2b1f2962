#include "experiments/training/trainer.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "experiments/distributed/gradient_buckets.h"
#include "experiments/training/adam.h"
#include "experiments/training/batch_shares.h"
#include "experiments/training/checkpoint.h"
#include "experiments/training/compute_type.h"
#include "experiments/training/failed_update.h"
#include "experiments/training/held_out.h"
#include "experiments/training/matrix_speed.h"
#include "experiments/training/metrics_log.h"
#include "experiments/training/rank_sums.h"
#include "experiments/training/stage_loss.h"
#include "experiments/training/step_flops.h"
#include "experiments/training/tensor_groups.h"
#include "experiments/training/training_report.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kParameter[] = "parameter.";
constexpr char kStageParameter[] = "stage_parameter.";
constexpr char kFirstMoment[] = "first_moment.";
constexpr char kSecondMoment[] = "second_moment.";

double WallSeconds() {
  return absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
}

// One run of Train.
class Training {
 public:
  Training(const TrainingConfig& config, const PretrainingModel& model,
           const std::vector<StageData>& stages,
           const std::optional<TrainingData>& held_out,
           const TrainerOptions& options)
      : config_(config),
        model_(model),
        stages_(stages),
        held_out_(held_out),
        options_(options),
        files_(*options.files) {}

  // Tells the other ranks of an error, as they would wait for this one.
  absl::StatusOr<TrainingOutcome> Run() {
    absl::StatusOr<TrainingOutcome> outcome = RunStages();
    if (!outcome.ok() && NumRanks() > 1) {
      options_.processes->Abort(outcome.status().message()).IgnoreError();
    }
    return outcome;
  }

 private:
  absl::StatusOr<TrainingOutcome> RunStages() {
    RETURN_IF_ERROR(Open());
    while (stage_ < stages_.size()) {
      RETURN_IF_ERROR(RunStage());
      if (is_stopped_) break;
      ++stage_;
      stage_update_ = 0;
    }
    if (IsLeader()) RETURN_IF_ERROR(checkpoints_->Wait());
    outcome_.is_finished = stage_ == stages_.size();
    outcome_.updates = update_;
    outcome_.seconds_of_this_run =
        absl::ToDoubleSeconds(MonotonicNow() - started_);
    return outcome_;
  }

  int NumRanks() const {
    return options_.processes == nullptr ? 1 : options_.processes->size();
  }
  int Rank() const {
    return options_.processes == nullptr ? 0 : options_.processes->rank();
  }
  bool IsLeader() const { return Rank() == 0; }

  const StageConfig& Stage() const { return config_.stages[stage_]; }
  StageBatches Batches() const { return BatchesOf(config_, Stage()); }
  std::int64_t StageUpdates() const { return stage_updates_[stage_]; }

  absl::Status Open() {
    if (stages_.size() != config_.stages.size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "data of ", stages_.size(), " stages for ", config_.stages.size()));
    }
    RETURN_IF_ERROR(CheckBatchShares(config_, NumRanks()));
    std::vector<ReportedStage> reported;
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      const StageConfig& stage = config_.stages[i];
      stage_updates_.push_back(
          UpdatesOf(config_, stage, stages_[i].pool_seconds));
      reported.push_back({stage.name, stage.objective, stage_updates_.back(),
                          BatchesOf(config_, stage)});
    }
    ASSIGN_OR_RETURN(peak_flops_, MeasurePeak());
    report_ = std::make_unique<TrainingReport>(
        std::move(reported), config_.log_every_seconds, peak_flops_,
        options_.is_quiet || !IsLeader(), *options_.console);
    if (IsLeader()) RETURN_IF_ERROR(OpenFolder());
    RETURN_IF_ERROR(ShareProgress());
    started_ = saved_ = MonotonicNow();
    return absl::OkStatus();
  }

  // Of all processes at the same time; 0, and no time spent on it, for a quiet
  // run.
  absl::StatusOr<double> MeasurePeak() const {
    double flops = 0;
    if (!options_.is_quiet) {
      const at::Tensor& any = model_.encoder->parameters().begin()->second;
      ASSIGN_OR_RETURN(flops, MeasureMatrixFlops(
                                  any.device(), ResolveComputeType(
                                                    config_.dtype, any.device(),
                                                    any.scalar_type())));
    }
    ASSIGN_OR_RETURN(const std::vector<double> all,
                     SumNumbers({flops}, options_.processes));
    return all.front();
  }

  absl::Status OpenFolder() {
    RETURN_IF_ERROR(files_.CreateDirectories(options_.folder));
    ASSIGN_OR_RETURN(lock_,
                     files_.Lock(JoinPath(options_.folder, "training.lock")));
    ASSIGN_OR_RETURN(
        checkpoints_,
        CheckpointStore::Open(files_, JoinPath(options_.folder, "checkpoints"),
                              {config_.checkpoint.keep_last}));
    for (const std::string& warning : checkpoints_->warnings()) {
      report_->Warn(warning);
    }
    if (checkpoints_->latest().has_value()) RETURN_IF_ERROR(ReadProgress());
    ASSIGN_OR_RETURN(log_, MetricsLog::Open(files_, options_.folder,
                                            update_ - 1, WallSeconds()));
    return absl::OkStatus();
  }

  // All ranks start where the leader is, with its weights.
  absl::Status ShareProgress() {
    if (NumRanks() == 1) return absl::OkStatus();
    std::vector<double> place(3);
    if (IsLeader()) {
      place = {static_cast<double>(stage_), static_cast<double>(stage_update_),
               static_cast<double>(update_)};
    }
    ASSIGN_OR_RETURN(place, SumNumbers(std::move(place), options_.processes));
    stage_ = static_cast<std::size_t>(place[0]);
    stage_update_ = static_cast<std::int64_t>(place[1]);
    update_ = static_cast<std::int64_t>(place[2]);
    return Broadcast(AllParameters(model_));
  }

  absl::Status Broadcast(const NamedTensors& named) {
    if (NumRanks() == 1) return absl::OkStatus();
    std::vector<at::Tensor> tensors;
    for (const auto& [name, tensor] : named) tensors.push_back(tensor.detach());
    return options_.processes->Broadcast(tensors);
  }

  absl::Status ReadProgress() {
    const Checkpoint& checkpoint = *checkpoints_->latest();
    const nlohmann::json& details = checkpoint.progress.details;
    const std::string identity = details.value("identity", "");
    if (identity != options_.identity) {
      return absl::FailedPreconditionError(absl::StrCat(
          checkpoint.folder, " is of the run ", identity, ", this one is ",
          options_.identity, "; choose another folder, or remove it"));
    }
    stage_ = details.value("stage", std::size_t{0});
    stage_update_ = details.value("stage_update", std::int64_t{0});
    update_ = checkpoint.progress.update;
    if (stage_ >= stages_.size() || stage_update_ > StageUpdates()) {
      return absl::FailedPreconditionError(absl::StrCat(
          checkpoint.folder, " is in stage ", stage_ + 1, " at update ",
          stage_update_, ", which this configuration does not have"));
    }
    RETURN_IF_ERROR(CopyTensors(WithPrefix(checkpoint.tensors, kParameter),
                                AllParameters(model_)));
    report_->Resume(stage_, stage_update_);
    return absl::OkStatus();
  }

  // The loss and the optimiser of the stage, fresh or as they were.
  absl::Status BeginStage() {
    ASSIGN_OR_RETURN(
        loss_, CreateStageLoss(config_, Stage(), model_, stages_[stage_].data));
    ASSIGN_OR_RETURN(trainable_, SetTrainable(model_, Stage().trainable));
    const NamedTensors& own = loss_->own_parameters();
    trainable_.insert(own.begin(), own.end());
    adam_ = std::make_unique<Adam>(config_.adam, trainable_);
    if (stage_update_ == 0) return absl::OkStatus();
    NamedTensors first = adam_->first_moments();
    NamedTensors second = adam_->second_moments();
    if (IsLeader()) {
      const NamedTensors& saved = checkpoints_->latest()->tensors;
      RETURN_IF_ERROR(CopyTensors(WithPrefix(saved, kStageParameter), own));
      RETURN_IF_ERROR(CopyTensors(WithPrefix(saved, kFirstMoment), first));
      RETURN_IF_ERROR(CopyTensors(WithPrefix(saved, kSecondMoment), second));
    }
    RETURN_IF_ERROR(Broadcast(own));
    RETURN_IF_ERROR(Broadcast(first));
    RETURN_IF_ERROR(Broadcast(second));
    return adam_->Restore(stage_update_, first, second);
  }

  absl::Status RunStage() {
    RETURN_IF_ERROR(BeginStage());
    if (IsLeader()) {
      checkpoints_->ForgetLatest();
      RETURN_IF_ERROR(checkpoints_->Prepare(AllTensors()));
    }
    if (NumRanks() > 1) {
      buckets_ = nullptr;  // The last stage's hold on the same parameters.
      std::vector<at::Tensor> parameters;
      for (const auto& [name, parameter] : trainable_) {
        parameters.push_back(parameter);
      }
      ASSIGN_OR_RETURN(
          buckets_, GradientBuckets::Create(*options_.processes, parameters));
    }
    const TrainingData& data = stages_[stage_].data;
    SegmentLoaderOptions loading;
    loading.slicing.batch_segments = Batches().segments;
    loading.slicing.rank = Rank();
    loading.slicing.world_size = NumRanks();
    loading.first_batch = static_cast<std::uint64_t>(stage_update_);
    ASSIGN_OR_RETURN(
        const std::unique_ptr<SegmentLoader> loader,
        SegmentLoader::Create(*data.sampler, *data.audio, loading));
    report_->BeginStage(stage_, stage_update_);
    while (stage_update_ < StageUpdates()) {
      RETURN_IF_ERROR(Update(*loader, data));
      RETURN_IF_ERROR(AfterUpdate());
      if (is_stopped_) break;
    }
    outcome_.waiting_seconds += loader->stats().waiting_seconds;
    return absl::OkStatus();
  }

  absl::Status Update(SegmentLoader& loader, const TrainingData& data) {
    const absl::Duration begun = MonotonicNow();
    RETURN_IF_ERROR(loader.Next(batch_));
    const absl::Duration waited = MonotonicNow() - begun;
    ASSIGN_OR_RETURN(const PretrainingSums sums, Accumulate(data));
    FillMissingGradients();
    const double scale = 1 / sums.masked_frames;
    ASSIGN_OR_RETURN(const double norm, GradientNorm(trainable_, scale));
    if (!std::isfinite(sums.loss) || !std::isfinite(norm)) {
      return Fail(sums, norm);
    }
    const double rate =
        LearningRate(Stage().learning_rate, stage_update_, StageUpdates());
    RETURN_IF_ERROR(
        adam_->Update(rate, scale * ClipFactor(norm, config_.clip_norm)));
    DropGradients();
    UpdateReport of_update;
    of_update.objective = Stage().objective;
    of_update.sums = sums;
    of_update.gradient_norm = norm;
    of_update.learning_rate = rate;
    of_update.audio_seconds = Batches().seconds();
    of_update.flops = UpdateFlops(model_.encoder->config(), config_, Stage());
    of_update.seconds = absl::ToDoubleSeconds(MonotonicNow() - begun);
    of_update.waiting_seconds = absl::ToDoubleSeconds(waited);
    if (IsLeader()) {
      RETURN_IF_ERROR(log_->Write(update_, WallSeconds(), Stage().name,
                                  MetricsOf(of_update),
                                  SpeedOf(of_update, peak_flops_)));
    }
    report_->Update(of_update);
    ++update_;
    ++stage_update_;
    ++outcome_.updates_of_this_run;
    return absl::OkStatus();
  }

  // Gradients and sums over all micro-batches of all ranks.
  absl::StatusOr<PretrainingSums> Accumulate(const TrainingData& data) {
    PretrainingSums sums;
    const std::int64_t step = Batches().micro_batch_segments;
    for (std::int64_t row = 0; row < batch_.rows(); row += step) {
      if (buckets_ != nullptr && row + step == batch_.rows()) {
        buckets_->BeginLastMicroBatch();
      }
      ASSIGN_OR_RETURN(const MicroBatch micro_batch,
                       CutMicroBatch(batch_, row, step, Rank() * batch_.rows(),
                                     *data.codes));
      ASSIGN_OR_RETURN(const PretrainingSums of_micro_batch,
                       loss_->Accumulate(update_, micro_batch));
      sums.Add(of_micro_batch);
    }
    if (buckets_ == nullptr) return sums;
    RETURN_IF_ERROR(buckets_->Finish());
    return SumOverRanks(sums, options_.processes);
  }

  // A parameter that no micro-batch reached, as those of a layer that was
  // dropped each time, has a gradient of zero.
  void FillMissingGradients() {
    for (auto& [name, parameter] : trainable_) {
      if (!parameter.grad().defined()) {
        parameter.mutable_grad() = at::zeros_like(parameter.detach());
      }
    }
  }

  void DropGradients() {
    for (auto& [name, parameter] : trainable_) {
      parameter.mutable_grad() = at::Tensor();
    }
  }

  absl::Status AfterUpdate() {
    const bool ends_stage = stage_update_ == StageUpdates();
    std::optional<double> validation_loss;
    if (held_out_.has_value() &&
        IsValidationDue(config_.validation, stage_update_, StageUpdates())) {
      ASSIGN_OR_RETURN(
          validation_loss,
          HeldOutLoss(*loss_, *held_out_, config_.validation.segments,
                      Batches().micro_batch_segments, options_.processes));
      outcome_.validation_loss = validation_loss;
      report_->Validation(*validation_loss);
      if (IsLeader()) {
        RETURN_IF_ERROR(log_->Write(update_ - 1, WallSeconds(), Stage().name,
                                    {{"validation_loss", *validation_loss}},
                                    {}));
      }
    }
    if (IsLeader()) RETURN_IF_ERROR(checkpoints_->Check());
    ASSIGN_OR_RETURN(is_stopped_, AnyRankStops());
    if (IsLeader() && (is_stopped_ || ends_stage || IsCheckpointDue())) {
      RETURN_IF_ERROR(Save(validation_loss));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> AnyRankStops() {
    ASSIGN_OR_RETURN(
        const std::vector<double> stopping,
        SumNumbers({options_.should_stop() ? 1.0 : 0.0}, options_.processes));
    return stopping.front() > 0;
  }

  bool IsCheckpointDue() const {
    const CheckpointConfig& when = config_.checkpoint;
    return (when.every_updates > 0 && update_ % when.every_updates == 0) ||
           (when.every_minutes > 0 &&
            MonotonicNow() - saved_ >= absl::Minutes(when.every_minutes));
  }

  absl::Status Save(std::optional<double> validation_loss) {
    CheckpointProgress progress;
    progress.update = update_;
    // Losses of different objectives do not compare.
    if (Stage().objective == StageObjective::kMaskedPrediction) {
      progress.validation_loss = validation_loss;
    }
    progress.details = {{"identity", options_.identity},
                        {"stage", stage_},
                        {"stage_update", stage_update_}};
    saved_ = MonotonicNow();
    return checkpoints_->Save(progress, AllTensors());
  }

  // What a checkpoint holds.
  NamedTensors AllTensors() const {
    NamedTensors tensors;
    AddPrefixed(AllParameters(model_), kParameter, tensors);
    AddPrefixed(loss_->own_parameters(), kStageParameter, tensors);
    AddPrefixed(adam_->first_moments(), kFirstMoment, tensors);
    AddPrefixed(adam_->second_moments(), kSecondMoment, tensors);
    return tensors;
  }

  // The weights are those from before this update; saved, so that the same
  // command takes this very update again.
  absl::Status Fail(const PretrainingSums& sums, double norm) {
    const std::string path = JoinPath(
        options_.folder,
        IsLeader() ? "failed_update.json"
                   : absl::StrCat("failed_update.rank", Rank(), ".json"));
    RETURN_IF_ERROR(WriteFailedUpdate(
        files_, path, {update_, Stage().name, stage_update_, sums.loss, norm},
        batch_));
    DropGradients();
    if (IsLeader()) {
      RETURN_IF_ERROR(Save(std::nullopt));
      RETURN_IF_ERROR(checkpoints_->Wait());
    }
    return absl::OutOfRangeError(absl::StrCat(
        "update ", update_, " (", Stage().name, ", batch ", batch_.batch,
        "): the loss is ", sums.loss, ", the gradient's norm ", norm,
        "; the weights from before it are saved, its segments are in ", path,
        "; the same command takes this very update again, a lower "
        "learning_rate.peak may avoid it"));
  }

  const TrainingConfig& config_;
  const PretrainingModel& model_;
  const std::vector<StageData>& stages_;
  const std::optional<TrainingData>& held_out_;
  const TrainerOptions& options_;
  Files& files_;

  std::vector<std::int64_t> stage_updates_;
  // The leader's.
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<CheckpointStore> checkpoints_;
  std::unique_ptr<MetricsLog> log_;

  double peak_flops_ = 0;
  std::unique_ptr<TrainingReport> report_;
  std::unique_ptr<StageLoss> loss_;
  std::unique_ptr<Adam> adam_;
  std::unique_ptr<GradientBuckets> buckets_;  // Of several ranks only.
  NamedTensors trainable_;
  SegmentBatch batch_;

  std::size_t stage_ = 0;          // Where the training is:
  std::int64_t stage_update_ = 0;  // updates done in this stage,
  std::int64_t update_ = 0;        // and in all.
  bool is_stopped_ = false;
  absl::Duration started_;
  absl::Duration saved_;
  TrainingOutcome outcome_;
};

}  // namespace

absl::StatusOr<TrainingOutcome> Train(
    const TrainingConfig& config, const PretrainingModel& model,
    const std::vector<StageData>& stages,
    const std::optional<TrainingData>& held_out,
    const TrainerOptions& options) {
  Training training(config, model, stages, held_out, options);
  return training.Run();
}

}  // namespace culturemert
