#include "experiments/actions/pretrain.h"

#include <ATen/core/Tensor.h>
#include <c10/core/ScalarType.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/cqt/cqt_teacher.h"
#include "models/mert/mert.h"
#include "models/pretraining/pretraining_heads.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/mert_weights.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// What is drawn with the training's seed beside sampling and masks.
constexpr std::uint64_t kEncoderSeed = 0x656e636f64657200;
constexpr std::uint64_t kHeadsSeed = 0x6865616473000000;
// Stages have 0, 1, ...
constexpr std::uint64_t kHeldOutStream = 1000;

struct Model {
  std::unique_ptr<Mert> encoder;
  std::unique_ptr<PretrainingHeads> heads;
  std::unique_ptr<CqtTeacher> teacher;
  bool has_fresh_heads = false;
};

// Loaded tensors may lie in a mapped file, which cannot be written to.
NamedTensors Clones(const NamedTensors& tensors) {
  NamedTensors clones;
  for (const auto& [name, tensor] : tensors) clones[name] = tensor.clone();
  return clones;
}

absl::Status CheckCodes(const MertConfig& shape, const CodeFormat& format) {
  if (shape.codebooks == format.books && shape.codes == format.codes_per_book) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the model's heads predict ", shape.codebooks, " books of ", shape.codes,
      " codes, the tokenizer gives ", format.books, " of ",
      format.codes_per_book,
      "; give the tokenizer that the heads were trained with, or set "
      "tokenizer.books and tokenizer.codes"));
}

absl::StatusOr<CodeFormat> FormatOfCodes(Files& files,
                                         const PretrainInputs& inputs) {
  if (inputs.pool.empty()) {
    return absl::InvalidArgumentError("there is nothing to train on");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<CodeStore> codes,
                   CodeStore::Open(files, inputs.pool.front().codes_folder));
  return codes->format();
}

absl::StatusOr<Model> MakeModel(Files& files, const TrainingConfig& config,
                                const PretrainInputs& inputs,
                                const CodeFormat& format) {
  Model model;
  ASSIGN_OR_RETURN(model.teacher, CqtTeacher::Create(CqtOptions()));
  if (inputs.base_weights.empty()) {
    RETURN_IF_ERROR(CheckCodes(inputs.shape, format));
    ASSIGN_OR_RETURN(
        model.encoder,
        Mert::CreateRandom(inputs.shape, config.seed ^ kEncoderSeed));
    ASSIGN_OR_RETURN(model.heads, PretrainingHeads::CreateRandom(
                                      inputs.shape, config.seed ^ kHeadsSeed));
    model.has_fresh_heads = true;
    return model;
  }
  ASSIGN_OR_RETURN(const MertCheckpoint checkpoint,
                   LoadMertCheckpoint(files, inputs.base_weights));
  MertConfig shape = checkpoint.config;
  model.has_fresh_heads = checkpoint.heads.empty();
  if (model.has_fresh_heads) {
    shape.codebooks = format.books;
    shape.codes = format.codes_per_book;
  }
  RETURN_IF_ERROR(Annotate(CheckCodes(shape, format), inputs.base_weights));
  ASSIGN_OR_RETURN(model.encoder,
                   Mert::Create(shape, Clones(checkpoint.encoder)));
  if (model.has_fresh_heads) {
    ASSIGN_OR_RETURN(model.heads, PretrainingHeads::CreateRandom(
                                      shape, config.seed ^ kHeadsSeed));
  } else {
    ASSIGN_OR_RETURN(model.heads,
                     PretrainingHeads::Create(shape, Clones(checkpoint.heads)));
  }
  return model;
}

// For people: which heads the training begins with.
std::string DescribeHeads(const TrainingConfig& config,
                          const PretrainInputs& inputs, bool has_fresh_heads) {
  if (inputs.base_weights.empty()) {
    return "starts from nothing: encoder and heads are newly initialised";
  }
  if (!has_fresh_heads) return "goes on with the heads of its base";
  const std::string start =
      "its base has no heads: new ones are initialised, and ";
  if (config.head_warm_up_passes == 0) {
    return absl::StrCat(start, "trained with the rest from the start");
  }
  return absl::StrCat(start, "trained alone first, ",
                      config.head_warm_up_passes, " passes over the audio");
}

SegmentSamplerOptions SamplerOptions(const TrainingConfig& config,
                                     std::uint64_t stream,
                                     double segment_seconds) {
  SegmentSamplerOptions options;
  options.seed = config.seed + stream;
  options.segment_samples =
      static_cast<std::int64_t>(std::llround(segment_seconds * kStoreRateHz));
  return options;
}

// One pool a stage: each has its own mix and its own order.
absl::StatusOr<std::vector<std::unique_ptr<TrainingPool>>> OpenPools(
    Files& files, const TrainingConfig& config, const PretrainInputs& inputs) {
  std::vector<std::unique_ptr<TrainingPool>> pools;
  for (std::size_t i = 0; i < config.stages.size(); ++i) {
    SegmentSamplerOptions options = SamplerOptions(
        config, i, BatchesOf(config, config.stages[i]).segment_seconds);
    options.mix.weighting = inputs.weighting;
    options.mix.replay_fraction = config.stages[i].replay_fraction;
    options.mix.replay_cultures = inputs.replay_cultures;
    ASSIGN_OR_RETURN(
        std::unique_ptr<TrainingPool> pool,
        Annotate(TrainingPool::Create(files, inputs.pool, options,
                                      config.stages[i].hours, config.seed),
                 absl::StrCat("stage ", config.stages[i].name)));
    pools.push_back(std::move(pool));
  }
  return pools;
}

absl::StatusOr<std::unique_ptr<TrainingPool>> OpenHeldOut(
    Files& files, const TrainingConfig& config, const PretrainInputs& inputs) {
  if (inputs.held_out.empty()) return std::unique_ptr<TrainingPool>();
  return Annotate(TrainingPool::Create(files, inputs.held_out,
                                       SamplerOptions(config, kHeldOutStream,
                                                      config.segment_seconds)),
                  "held-out recordings");
}

// The teacher goes where its audio is.
absl::Status MoveTo(c10::Device device, const Model& model) {
  if (device.is_cpu()) return absl::OkStatus();
  RETURN_IF_ERROR(model.encoder->To(device, c10::kFloat));
  return model.heads->To(device, c10::kFloat);
}

NamedTensors OnCpu(const NamedTensors& tensors) {
  NamedTensors copies;
  for (const auto& [name, tensor] : tensors) {
    copies[name] = tensor.detach().to(at::kCPU);
  }
  return copies;
}

absl::Status Export(Files& files, const Model& model,
                    const PretrainOptions& options) {
  return CatchTorchErrors([&] {
    return ExportMert(files, options.weights_folder, model.encoder->config(),
                      OnCpu(model.encoder->parameters()),
                      OnCpu(model.heads->parameters()), options.provenance);
  });
}

}  // namespace

absl::StatusOr<PretrainResult> Pretrain(Files& files,
                                        const TrainingConfig& given,
                                        const PretrainInputs& inputs,
                                        const PretrainOptions& options) {
  ASSIGN_OR_RETURN(const CodeFormat format, FormatOfCodes(files, inputs));
  ASSIGN_OR_RETURN(const Model model, MakeModel(files, given, inputs, format));
  const bool warms_up_heads =
      model.has_fresh_heads && !inputs.base_weights.empty();
  const TrainingConfig config = warms_up_heads ? given.WithHeadWarmUp() : given;
  const bool is_first =
      options.processes == nullptr || options.processes->rank() == 0;
  if (is_first) {
    options.console->PrintLine(
        absl::StrCat(options.identity, ": ",
                     DescribeHeads(given, inputs, model.has_fresh_heads)));
  }
  ASSIGN_OR_RETURN(const std::vector<std::unique_ptr<TrainingPool>> pools,
                   OpenPools(files, config, inputs));
  ASSIGN_OR_RETURN(const std::unique_ptr<TrainingPool> held_out,
                   OpenHeldOut(files, config, inputs));
  RETURN_IF_ERROR(Annotate(MoveTo(options.device, model),
                           absl::StrCat("to ", options.device.str())));
  PretrainResult result;
  result.has_fresh_heads = model.has_fresh_heads;
  std::vector<StageData> stages;
  for (const std::unique_ptr<TrainingPool>& pool : pools) {
    stages.push_back({pool->data(), pool->seconds()});
    result.pool_seconds = std::max(result.pool_seconds, pool->seconds());
  }
  TrainerOptions trainer;
  trainer.folder = options.run_folder;
  trainer.identity = options.identity;
  trainer.files = &files;
  trainer.processes = options.processes;
  trainer.should_stop = options.should_stop;
  trainer.is_quiet = options.is_quiet;
  trainer.console = options.console;
  ASSIGN_OR_RETURN(
      result.training,
      Train(
          config, {model.encoder.get(), model.heads.get(), model.teacher.get()},
          stages,
          held_out == nullptr ? std::nullopt : std::optional(held_out->data()),
          trainer));
  if (!result.training.is_finished) {
    return absl::CancelledError(absl::StrCat("stopped after update ",
                                             result.training.updates,
                                             "; start again to go on"));
  }
  if (is_first) RETURN_IF_ERROR(Export(files, model, options));
  return result;
}

}  // namespace culturemert
