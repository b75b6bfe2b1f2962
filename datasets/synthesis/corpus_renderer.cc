#include "datasets/synthesis/corpus_renderer.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "datasets/synthesis/modal_composer.h"
#include "datasets/synthesis/room.h"
#include "datasets/synthesis/western_composer.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"

namespace culturemert {
namespace {

constexpr double kMinSeconds = 1;
constexpr double kMaxSeconds = 600;

// A corpus is of one of these two kinds.
struct CorpusTables {
  const char* name;
  const Tradition& (*modal)();
  const WesternCorpus& (*western)();
};

constexpr CorpusTables kCorpora[] = {
    {"makam", &MakamTradition, nullptr},
    {"hindustani", &HindustaniTradition, nullptr},
    {"carnatic", &CarnaticTradition, nullptr},
    {"greek", &GreekTradition, nullptr},
    {"western_tags", nullptr, &WesternTagsCorpus},
    {"western_genres", nullptr, &WesternGenresCorpus},
    {"western", nullptr, &WesternPretrainingCorpus},
};

const CorpusTables* FindCorpus(absl::string_view name) {
  for (const CorpusTables& tables : kCorpora) {
    if (name == tables.name) return &tables;
  }
  return nullptr;
}

std::vector<std::string> VocabularyOf(const CorpusTables& tables) {
  return tables.modal != nullptr ? ModalVocabulary(tables.modal())
                                 : WesternVocabulary(tables.western());
}

}  // namespace

const std::vector<std::string>& RenderedCorpusNames() {
  static const auto& names = *new std::vector<std::string>([] {
    std::vector<std::string> all;
    for (const CorpusTables& tables : kCorpora) all.push_back(tables.name);
    return all;
  }());
  return names;
}

CorpusRenderer::CorpusRenderer(absl::string_view corpus,
                               const RenderOptions& options,
                               std::unique_ptr<TablaSamples> tabla)
    : corpus_(corpus),
      options_(options),
      repertoire_(RandomStream(options.seed, StreamId(corpus))),
      vocabulary_(VocabularyOf(*FindCorpus(corpus))),
      tabla_(std::move(tabla)) {}

CorpusRenderer::~CorpusRenderer() = default;

absl::StatusOr<std::unique_ptr<CorpusRenderer>> CorpusRenderer::Create(
    absl::string_view corpus, const RenderOptions& options) {
  if (FindCorpus(corpus) == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("no rendered corpus is called '", corpus, "'",
                     DidYouMean(corpus, RenderedCorpusNames()), "; there are ",
                     absl::StrJoin(RenderedCorpusNames(), ", ")));
  }
  if (!(options.clip_seconds >= kMinSeconds &&
        options.clip_seconds <= kMaxSeconds)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "clip_seconds is ", options.clip_seconds, ", but must be between ",
        kMinSeconds, " and ", kMaxSeconds));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<TablaSamples> tabla,
                   TablaSamples::Load(options.tabla_folder));
  std::unique_ptr<CorpusRenderer> renderer =
      absl::WrapUnique(new CorpusRenderer(corpus, options, std::move(tabla)));
  // The first synthesizer now, so that a missing font is told at once.
  ASSIGN_OR_RETURN(std::unique_ptr<Synthesizer> synthesizer,
                   renderer->TakeSynthesizer());
  renderer->GiveBack(std::move(synthesizer));
  return renderer;
}

Piece CorpusRenderer::Compose(std::uint64_t index) const {
  const CorpusTables& tables = *FindCorpus(corpus_);
  if (tables.modal != nullptr) {
    return ComposeModal(tables.modal(), repertoire_, index,
                        options_.clip_seconds);
  }
  return ComposeWestern(tables.western(), repertoire_, index,
                        options_.clip_seconds);
}

RecordingLabels CorpusRenderer::LabelsOf(std::uint64_t index,
                                         const Piece& piece) const {
  const Tune tune = repertoire_.TuneOf(index);
  RecordingLabels labels;
  labels.id = absl::StrFormat("%s-%d-%06d", corpus_, options_.seed, index);
  labels.culture = absl::StartsWith(corpus_, "western") ? "western" : corpus_;
  labels.tune =
      absl::StrFormat("%s-%d-t%06d", corpus_, options_.seed, tune.number);
  labels.split = tune.split;
  labels.tags = piece.tags;
  labels.tonic_cents = piece.score.tonic_cents;
  labels.pulses_per_minute = piece.score.pulses_per_minute;
  return labels;
}

absl::StatusOr<RenderedRecording> CorpusRenderer::Render(
    std::uint64_t index) const {
  const Piece piece = Compose(index);
  ASSIGN_OR_RETURN(std::unique_ptr<Synthesizer> synthesizer, TakeSynthesizer());
  absl::StatusOr<std::vector<float>> dry = synthesizer->Play(piece.score);
  GiveBack(std::move(synthesizer));
  RETURN_IF_ERROR(dry.status());
  RenderedRecording recording;
  recording.labels = LabelsOf(index, piece);
  recording.samples = Record(
      piece.score.room,
      repertoire_.PerformanceStream(index).Substream(StreamId("hiss")), *dry);
  return recording;
}

RecordingLabels CorpusRenderer::Describe(std::uint64_t index) const {
  return LabelsOf(index, Compose(index));
}

Score CorpusRenderer::ComposeScore(std::uint64_t index) const {
  return Compose(index).score;
}

std::uint64_t CorpusRenderer::IndexInSplit(Split split,
                                           std::uint64_t ordinal) const {
  return repertoire_.RecordingInSplit(split, ordinal);
}

absl::StatusOr<std::unique_ptr<Synthesizer>> CorpusRenderer::TakeSynthesizer()
    const {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Synthesizer> synthesizer = std::move(idle_.back());
      idle_.pop_back();
      return synthesizer;
    }
  }
  return Synthesizer::Create(options_.sound_font, *tabla_);
}

void CorpusRenderer::GiveBack(std::unique_ptr<Synthesizer> synthesizer) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(synthesizer));
}

}  // namespace culturemert
