#include "tests/experiments/training/tiny_training.h"

#include <ATen/core/Tensor.h>

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "datasets/codes/code_store_writer.h"
#include "models/mert/mert_config.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr int kRecordings = 4;
constexpr std::int64_t kSamples = 24000;
constexpr std::int64_t kFrames = kSamples / 320;

// A few partials that move, and noise.
std::vector<std::int16_t> Audio(int recording) {
  const RandomStream random(3, static_cast<std::uint64_t>(recording));
  std::vector<std::int16_t> samples(kSamples);
  for (std::int64_t i = 0; i < kSamples; ++i) {
    const double t = static_cast<double>(i) / 24000;
    const double pitch = 220 * (1 + recording) * (1 + 0.2 * t);
    const double value = std::sin(6.283 * pitch * t) +
                         0.5 * std::sin(6.283 * 2.01 * pitch * t) +
                         0.1 * random.Normal(i);
    samples[i] = static_cast<std::int16_t>(8000 * value);
  }
  return samples;
}

MertConfig TinyConfig() { return MertPreset("tiny").value(); }

TinyCorpus MadeUpCorpus() {
  TinyCorpus corpus;
  const MertConfig model = TinyConfig();
  for (int i = 0; i < kRecordings; ++i) {
    corpus.recordings.push_back(Audio(i));
    corpus.cultures.push_back(i % 2 == 0 ? "makam" : "western");
    const RandomStream random(5, static_cast<std::uint64_t>(i));
    std::vector<std::uint16_t> codes(model.codebooks * kFrames);
    for (std::size_t k = 0; k < codes.size(); ++k) {
      codes[k] =
          static_cast<std::uint16_t>(random.UniformInt(k / 8, model.codes));
    }
    corpus.codes.push_back(std::move(codes));
  }
  return corpus;
}

}  // namespace

TinyTraining::TinyTraining() : TinyTraining(MadeUpCorpus()) {}

TinyTraining::TinyTraining(TinyCorpus corpus, std::int64_t segment_samples)
    : teacher_(CqtTeacher::Create(CqtOptions()).value()) {
  const MertConfig config = TinyConfig();
  const CodeFormat format = {static_cast<int>(config.codebooks),
                             static_cast<int>(config.codes), "made up"};
  auto writer = CodeStoreWriter::Open(code_files_, "/codes", format).value();
  std::vector<SampledRecording> sampled;
  for (std::size_t i = 0; i < corpus.recordings.size(); ++i) {
    sampled.push_back({static_cast<std::int64_t>(corpus.recordings[i].size()),
                       corpus.cultures[i]});
    writer->Append(absl::StrCat(i), corpus.codes[i]).IgnoreError();
  }
  writer->Finish().IgnoreError();
  writer.reset();
  store_ = CodeStore::Open(code_files_, "/codes").value();
  std::vector<CodePlace> places;
  for (std::size_t i = 0; i < sampled.size(); ++i) {
    places.push_back({store_.get(), i});
  }
  codes_ = CodeReader::Create(places).value();
  audio_ = std::make_unique<MemorySegmentReader>(std::move(corpus.recordings));
  SegmentSamplerOptions sampling;
  sampling.segment_samples = segment_samples;
  sampler_ = SegmentSampler::Create(sampled, sampling).value();
  ResetModel();
}

TrainingConfig TinyTraining::Config() {
  TrainingConfig config;
  config.seed = 11;
  config.segment_seconds = 0.5;
  config.batch_seconds = 2;
  config.micro_batch_segments = 2;
  config.mixture.min_piece_samples = 2000;
  config.mixture.max_piece_samples = 4000;
  for (StageConfig& stage : config.stages) stage.updates = kStageUpdates;
  config.validation.times_per_stage = 2;
  config.validation.segments = 2;
  config.checkpoint.every_minutes = 0;
  config.log_every_seconds = 0;
  return config;
}

void TinyTraining::ResetModel() {
  encoder_ = Mert::CreateRandom(TinyConfig(), 1).value();
  heads_ = PretrainingHeads::CreateRandom(TinyConfig(), 2).value();
}

absl::StatusOr<TrainingOutcome> TinyTraining::Run(
    const TrainingConfig& config, const TrainerOptions& options) {
  const std::vector<StageData> stages(config.stages.size(), {data(), 60});
  return Train(config, model(), stages, data(), options);
}

SegmentBatch TinyTraining::ReadBatch(std::int64_t rows) const {
  SegmentBatch batch;
  batch.samples = sampler_->segment_samples();
  batch.audio.resize(static_cast<std::size_t>(rows * batch.samples));
  for (std::int64_t row = 0; row < rows; ++row) {
    const Segment segment = sampler_->At(static_cast<std::uint64_t>(row));
    batch.segments.push_back(segment);
    audio_
        ->Read(segment.recording, segment.first_sample,
               absl::MakeSpan(batch.audio)
                   .subspan(row * batch.samples, batch.samples))
        .IgnoreError();
  }
  return batch;
}

std::string TinyTraining::Weights() const {
  std::string bytes;
  PretrainingModel model = {encoder_.get(), heads_.get(), teacher_.get()};
  for (const auto& [name, parameter] : AllParameters(model)) {
    const at::Tensor values = parameter.detach().contiguous();
    bytes.append(static_cast<const char*>(values.const_data_ptr()),
                 values.nbytes());
  }
  return bytes;
}

}  // namespace culturemert
