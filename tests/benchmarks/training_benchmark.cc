// Whole training steps of the full-size model on the CPU: mixture, CQT teacher,
// forward, loss, backward, clipping, Adam. tests/benchmarks/reference times the
// original recipe in Python beside them.

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>
#include <sys/resource.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "experiments/training/adam.h"
#include "experiments/training/checkpoint.h"
#include "experiments/training/pretraining_step.h"
#include "experiments/training/step_flops.h"
#include "experiments/training/tensor_groups.h"
#include "experiments/training/training_config.h"
#include "models/cqt/cqt_teacher.h"
#include "models/mert/mert.h"
#include "models/mert/mert_config.h"
#include "models/pretraining/pretraining_heads.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/files.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr std::int64_t kSamples = 120000;  // 5 s

struct Model {
  std::unique_ptr<Mert> encoder;
  std::unique_ptr<PretrainingHeads> heads;
  std::unique_ptr<CqtTeacher> teacher;
};

const PretrainingModel& FullSizeModel() {
  static const auto& model =
      *new Model{Mert::CreateRandom(MertConfig(), 1).value(),
                 PretrainingHeads::CreateRandom(MertConfig(), 2).value(),
                 CqtTeacher::Create(CqtOptions()).value()};
  static const auto& views = *new PretrainingModel{
      model.encoder.get(), model.heads.get(), model.teacher.get()};
  return views;
}

MicroBatch RandomBatch(std::int64_t segments) {
  const RandomStream random(3, StreamId("training benchmark"));
  MicroBatch batch;
  batch.audio = at::empty({segments, kSamples}, at::kFloat);
  random.FillNormal(absl::MakeSpan(batch.audio.mutable_data_ptr<float>(),
                                   segments * kSamples),
                    0);
  batch.audio.mul_(0.1);
  const std::int64_t frames = MertFrames(kSamples);
  batch.codes = at::empty({8, segments, frames}, at::kInt);
  std::int32_t* const codes = batch.codes.mutable_data_ptr<std::int32_t>();
  for (std::int64_t i = 0; i < batch.codes.numel(); ++i) {
    codes[i] = static_cast<std::int32_t>(random.UniformInt(i, 1024));
  }
  for (std::int64_t row = 0; row < segments; ++row) batch.rows.push_back(row);
  return batch;
}

// Arguments: segments, threads.
void Step(benchmark::State& state, const std::vector<ParameterGroup>& groups) {
  at::set_num_threads(static_cast<int>(state.range(1)));
  const PretrainingModel& model = FullSizeModel();
  NamedTensors trainable = SetTrainable(model, groups).value();
  Adam adam(AdamConfig(), trainable);
  const MicroBatch batch = RandomBatch(state.range(0));
  const TrainingConfig config;
  const PretrainingRecipe recipe = {config.seed, config.mixture, config.mask,
                                    config.loss};
  std::int64_t update = 0;
  for (auto _ : state) {
    const auto sums = AccumulateMicroBatch(model, recipe, update++, batch);
    if (!sums.ok()) {
      state.SkipWithError(sums.status().ToString().c_str());
      break;
    }
    const double scale = 1 / sums->masked_frames;
    const double norm = GradientNorm(trainable, scale).value();
    adam.Update(1e-6, scale * ClipFactor(norm, config.clip_norm)).IgnoreError();
    for (auto& [name, parameter] : trainable) {
      parameter.mutable_grad() = at::Tensor();
    }
  }
  // Of the mathematics; see step_flops.h.
  TrainingConfig one_batch = config;
  one_batch.batch_seconds = 5 * static_cast<double>(state.range(0));
  one_batch.micro_batch_segments = state.range(0);
  StageConfig stage;
  stage.trainable = groups;
  state.counters["flop_per_second"] =
      benchmark::Counter(UpdateFlops(MertConfig(), one_batch, stage) *
                             static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_mib"] = static_cast<double>(usage.ru_maxrss) / 1024;
  state.counters["segments_per_second"] =
      benchmark::Counter(static_cast<double>(state.range(0)) *
                             static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}

void BM_TrainingStep(benchmark::State& state) {
  Step(state, AllParameterGroups());
}
BENCHMARK(BM_TrainingStep)
    ->ArgNames({"segments", "threads"})
    ->ArgsProduct({{4}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// Stage 1: the transformer is frozen, gradients pass through it.
void BM_FrozenTransformerStep(benchmark::State& state) {
  Step(state, TrainingConfig::TwoStages().front().trainable);
}
BENCHMARK(BM_FrozenTransformerStep)
    ->ArgNames({"segments", "threads"})
    ->ArgsProduct({{4}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

NamedTensors Clones(const NamedTensors& tensors) {
  NamedTensors clones;
  for (const auto& [name, tensor] : tensors) {
    clones[name] = tensor.detach().clone();
  }
  return clones;
}

void CopyAll(const NamedTensors& from, const NamedTensors& to) {
  const c10::NoGradGuard no_grad;
  for (const auto& [name, tensor] : to) {
    at::Tensor target = tensor;
    target.copy_(from.at(name));
  }
}

// How long a step waits for a checkpoint of the full model with its moments,
// beyond a copy in memory of as much; the disk is not waited for. Then how long
// it takes to go on from it: to read it, compare it with its checksum, and copy
// the weights and moments.
void BM_CheckpointPause(benchmark::State& state) {
  at::set_num_threads(1);
  const PretrainingModel& model = FullSizeModel();
  const Adam adam(AdamConfig(), AllParameters(model));
  NamedTensors tensors;
  AddPrefixed(AllParameters(model), "parameter.", tensors);
  AddPrefixed(adam.first_moments(), "first_moment.", tensors);
  AddPrefixed(adam.second_moments(), "second_moment.", tensors);
  NamedTensors copies = Clones(tensors);
  double bytes = 0;
  for (const auto& [name, tensor] : tensors) {
    bytes += static_cast<double>(tensor.nbytes());
  }
  const std::string folder = (std::filesystem::temp_directory_path() /
                              "culturemert_training_benchmark")
                                 .string();
  Files& files = Files::Real();
  for (auto _ : state) {
    state.PauseTiming();
    if (!files.RemoveTree(folder).ok()) state.SkipWithError("no folder");
    const absl::Duration before_copy = MonotonicNow();
    CopyAll(tensors, copies);
    const absl::Duration copy = MonotonicNow() - before_copy;
    auto store = CheckpointStore::Open(files, folder, CheckpointOptions());
    CheckpointProgress progress;
    absl::Duration pauses[2];
    (*store)->Prepare(tensors).IgnoreError();
    (*store)->Wait().IgnoreError();
    state.ResumeTiming();
    for (absl::Duration& pause : pauses) {
      ++progress.update;
      const absl::Duration begun = MonotonicNow();
      if (!(*store)->Save(progress, tensors).ok()) state.SkipWithError("save");
      pause = MonotonicNow() - begun;
      if (!(*store)->Wait().ok()) state.SkipWithError("write");
    }
    store->reset();
    const absl::Duration before_resume = MonotonicNow();
    store = CheckpointStore::Open(files, folder, CheckpointOptions());
    if (!store.ok() || !(*store)->latest().has_value()) {
      state.SkipWithError("there is no checkpoint");
      break;
    }
    CopyAll((*store)->latest()->tensors, copies);
    const absl::Duration resume = MonotonicNow() - before_resume;
    state.counters["copy_seconds"] = absl::ToDoubleSeconds(copy);
    state.counters["first_pause_beyond_copy_seconds"] =
        absl::ToDoubleSeconds(pauses[0] - copy);
    state.counters["later_pause_beyond_copy_seconds"] =
        absl::ToDoubleSeconds(pauses[1] - copy);
    state.counters["resume_seconds"] = absl::ToDoubleSeconds(resume);
  }
  state.counters["bytes"] = bytes;
  files.RemoveTree(folder).IgnoreError();
}
BENCHMARK(BM_CheckpointPause)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace culturemert
