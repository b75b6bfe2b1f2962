#include "tests/experiments/training/rendered_training.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "datasets/synthesis/corpus_renderer.h"
#include "models/kmeans/frame_features.h"
#include "models/kmeans/kmeans_tokenizer.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/json_lines.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr double kClipSeconds = 4;
constexpr std::int64_t kBooks = 8;
constexpr int kCodesPerBook = 16;
constexpr char kHexadecimal[] = "0123456789abcdef";

std::string AudioChecksum(const TinyCorpus& corpus) {
  std::string bytes;
  for (const std::vector<std::int16_t>& samples : corpus.recordings) {
    bytes.append(reinterpret_cast<const char*>(samples.data()),
                 samples.size() * sizeof(samples[0]));
  }
  return HashBytes(absl::string_view(bytes)).ToHex();
}

at::Tensor AudioOf(std::vector<std::int16_t>& samples) {
  return at::from_blob(samples.data(),
                       {1, static_cast<std::int64_t>(samples.size())},
                       at::kShort)
      .to(at::kFloat)
      .div_(32768);
}

TrainingConfig Config() {
  TrainingConfig config = TinyTraining::Config();
  StageConfig warm_up = StageConfig::FrontEndWarmUp();
  warm_up.updates = 40;
  warm_up.segment_seconds = 0;
  warm_up.batch_seconds = 0;
  warm_up.micro_batch_segments = 0;
  config.batch_seconds = 1;
  config.stages[0].updates = 40;
  config.stages[1].updates = 120;
  config.stages.insert(config.stages.begin(), warm_up);
  for (StageConfig& stage : config.stages) stage.learning_rate.peak = 2e-3;
  config.validation.times_per_stage = 0;
  return config;
}

}  // namespace

absl::StatusOr<TinyCorpus> RenderCorpus() {
  TinyCorpus corpus;
  RenderOptions options;
  options.clip_seconds = kClipSeconds;
  for (const char* const name : {"makam", "hindustani", "greek", "western"}) {
    ASSIGN_OR_RETURN(const std::unique_ptr<CorpusRenderer> renderer,
                     CorpusRenderer::Create(name, options));
    ASSIGN_OR_RETURN(RenderedRecording recording, renderer->Render(0));
    corpus.recordings.push_back(std::move(recording.samples));
    corpus.cultures.push_back(recording.labels.culture);
  }
  return corpus;
}

absl::Status TokenizeCorpus(TinyCorpus& corpus) {
  ASSIGN_OR_RETURN(const std::unique_ptr<FrameFeatures> features,
                   FrameFeatures::Create(kDefaultFrameFeature));
  std::vector<at::Tensor> frames;
  for (std::vector<std::int16_t>& samples : corpus.recordings) {
    ASSIGN_OR_RETURN(const at::Tensor extracted,
                     features->Extract(AudioOf(samples)));
    frames.push_back(extracted.squeeze(0));
  }
  ResidualKmeansOptions options;
  options.books = kBooks;
  options.codes = kCodesPerBook;
  ASSIGN_OR_RETURN(
      const std::unique_ptr<KmeansTokenizer> tokenizer,
      KmeansTokenizer::Fit(kDefaultFrameFeature, at::cat(frames), options));
  corpus.codes.clear();
  for (std::vector<std::int16_t>& samples : corpus.recordings) {
    ASSIGN_OR_RETURN(const at::Tensor codes,
                     tokenizer->Codes(AudioOf(samples)));
    const at::Tensor flat = codes.contiguous();
    const std::int64_t* const values = flat.const_data_ptr<std::int64_t>();
    corpus.codes.emplace_back(values, values + flat.numel());
  }
  return absl::OkStatus();
}

std::string FormatCodes(const TinyCorpus& corpus) {
  std::string text = absl::StrCat("audio ", AudioChecksum(corpus), "\n");
  for (const std::vector<std::uint16_t>& codes : corpus.codes) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      text.push_back(kHexadecimal[codes[i]]);
      if ((i + 1) % (codes.size() / kBooks) == 0) text.push_back('\n');
    }
  }
  return text;
}

absl::Status ParseCodes(absl::string_view text, TinyCorpus& corpus) {
  std::vector<std::string> lines =
      absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.size() != 1 + kBooks * corpus.recordings.size()) {
    return absl::InvalidArgumentError("codes of other recordings");
  }
  if (lines.front() != absl::StrCat("audio ", AudioChecksum(corpus))) {
    return absl::FailedPreconditionError(
        "the codes are of other audio: another libfluidsynth or sound font");
  }
  corpus.codes.assign(corpus.recordings.size(), {});
  for (std::size_t i = 1; i < lines.size(); ++i) {
    for (const char digit : lines[i]) {
      const auto code = absl::string_view(kHexadecimal).find(digit);
      if (code == absl::string_view::npos) {
        return absl::InvalidArgumentError("no hexadecimal digit");
      }
      corpus.codes[(i - 1) / kBooks].push_back(
          static_cast<std::uint16_t>(code));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LossOfUpdate>> TrainOn(TinyCorpus corpus) {
  TinyTraining tiny(std::move(corpus));
  MemoryFiles files;
  TrainerOptions options;
  options.folder = "/run";
  options.identity = "rendered";
  options.files = &files;
  options.is_quiet = true;
  RETURN_IF_ERROR(tiny.Run(Config(), options).status());
  ASSIGN_OR_RETURN(
      const JsonLines metrics,
      ReadJsonLines(files, "/run/metrics.jsonl", JsonLinesOptions()));
  std::vector<LossOfUpdate> curve;
  for (const nlohmann::json& record : metrics.records) {
    curve.push_back({record.at("stage").get<std::string>(),
                     record.at("loss").get<double>()});
  }
  return curve;
}

std::string FormatLossCurve(const std::vector<LossOfUpdate>& curve) {
  std::string text = "update,stage,loss\n";
  for (std::size_t i = 0; i < curve.size(); ++i) {
    absl::StrAppendFormat(&text, "%d,%s,%.6g\n", i, curve[i].stage,
                          curve[i].loss);
  }
  return text;
}

absl::StatusOr<std::vector<LossOfUpdate>> ParseLossCurve(
    absl::string_view text) {
  std::vector<std::string> lines =
      absl::StrSplit(text, '\n', absl::SkipEmpty());
  std::vector<LossOfUpdate> curve;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], ',');
    LossOfUpdate update;
    if (fields.size() != 3 || !absl::SimpleAtod(fields[2], &update.loss)) {
      return absl::InvalidArgumentError(
          absl::StrCat("no line of a loss curve: ", lines[i]));
    }
    update.stage = fields[1];
    curve.push_back(update);
  }
  return curve;
}

}  // namespace culturemert
