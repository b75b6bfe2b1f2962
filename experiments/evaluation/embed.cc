#include "experiments/evaluation/embed.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "datasets/store/store_index.h"
#include "experiments/evaluation/feature_store_writer.h"
#include "experiments/evaluation/name_list.h"
#include "models/mert/mert.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/console/progress.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

// How many batches of windows are looked through for windows of one length;
// their features wait in memory for those before them.
constexpr std::int64_t kLookAheadBatches = 16;
constexpr absl::Duration kSyncInterval = absl::Seconds(20);

struct Source {
  std::string id;
  std::size_t index = 0;  // In the PCM store.
  std::vector<AudioWindow> windows;
};

// The recordings' windows, or what is wrong with them.
absl::StatusOr<std::vector<Source>> FindSources(
    const PcmStore& store, absl::Span<const std::string> ids,
    std::int64_t min_samples, const EmbedSettings& settings) {
  std::vector<std::string> missing;
  std::vector<std::string> repeated;
  std::vector<std::string> short_ones;
  std::vector<Source> sources;
  absl::flat_hash_set<std::string> seen;
  for (const std::string& id : ids) {
    if (!seen.insert(id).second) repeated.push_back(id);
    const std::optional<std::size_t> index = store.Find(id);
    if (!index.has_value()) {
      missing.push_back(id);
      continue;
    }
    Source source = {
        id, *index,
        CutWindows(store.recordings()[*index].samples,
                   settings.duration_cap_seconds, settings.protocol)};
    if (source.windows.empty() || source.windows.back().samples <
                                      static_cast<std::uint64_t>(min_samples)) {
      short_ones.push_back(id);
    }
    sources.push_back(std::move(source));
  }
  std::vector<std::string> problems;
  if (!missing.empty()) {
    problems.push_back(ListNames("recordings are not in the store", missing));
  }
  if (!repeated.empty()) {
    problems.push_back(ListNames("recordings are asked for twice", repeated));
  }
  if (!short_ones.empty()) {
    problems.push_back(
        ListNames(absl::StrCat("recordings are shorter than the ", min_samples,
                               " samples that the encoder needs"),
                  short_ones));
  }
  if (problems.empty()) return sources;
  return absl::InvalidArgumentError(
      absl::StrCat(store.directory(), ": ", absl::StrJoin(problems, "; ")));
}

// A recording on its way into the feature store.
struct PendingRecording {
  const Source* source = nullptr;
  std::vector<float> features;  // [windows, states, state_size]
  std::size_t windows_left = 0;
};

struct PendingWindow {
  PendingRecording* recording = nullptr;
  std::size_t index = 0;

  const AudioWindow& window() const {
    return recording->source->windows[index];
  }
};

class Embedding {
 public:
  Embedding(const PcmStore& store, const FeatureExtractor& extractor,
            const EmbedSettings& settings, ThreadPool& pool,
            FeatureStoreWriter& writer)
      : store_(store),
        extractor_(extractor),
        settings_(settings),
        pool_(pool),
        writer_(writer),
        window_size_(static_cast<std::size_t>(extractor.states() *
                                              extractor.state_size())) {}

  absl::Status Run(const std::vector<const Source*>& sources) {
    Progress progress(Shown(sources));
    absl::Duration synced = MonotonicNow();
    std::size_t next = 0;
    while (true) {
      while (next < sources.size() &&
             windows_.size() < static_cast<std::size_t>(
                                   kLookAheadBatches * settings_.batch_windows *
                                   settings_.lanes)) {
        Enqueue(*sources[next++]);
      }
      if (windows_.empty()) break;
      if (settings_.should_stop()) {
        RETURN_IF_ERROR(writer_.Sync());
        return absl::CancelledError("stopped; start again to go on");
      }
      std::vector<std::vector<PendingWindow>> batches;
      while (!windows_.empty() &&
             batches.size() < static_cast<std::size_t>(settings_.lanes)) {
        batches.push_back(TakeBatch());
      }
      RETURN_IF_ERROR(ComputeAll(batches));
      double seconds = 0;
      for (const std::vector<PendingWindow>& batch : batches) {
        for (const PendingWindow& window : batch) {
          seconds +=
              static_cast<double>(window.window().samples) / kStoreRateHz;
          --window.recording->windows_left;
        }
      }
      RETURN_IF_ERROR(WriteFinished());  // Which lets go of what they show.
      progress.Advance(seconds);
      if (MonotonicNow() - synced > kSyncInterval) {
        RETURN_IF_ERROR(writer_.Sync());
        synced = MonotonicNow();
      }
    }
    progress.Finish();
    return absl::OkStatus();
  }

 private:
  ProgressOptions Shown(const std::vector<const Source*>& sources) const {
    ProgressOptions options;
    options.label = "embed";
    options.unit = ProgressUnit::AudioSeconds();
    double samples = 0;
    for (const Source* source : sources) {
      for (const AudioWindow& window : source->windows) {
        samples += static_cast<double>(window.samples);
      }
    }
    options.total = samples / kStoreRateHz;
    options.is_quiet = settings_.is_quiet || sources.empty();
    options.console = settings_.console;
    return options;
  }

  void Enqueue(const Source& source) {
    recordings_.push_back(std::make_unique<PendingRecording>());
    PendingRecording& recording = *recordings_.back();
    recording.source = &source;
    recording.windows_left = source.windows.size();
    recording.features.resize(source.windows.size() * window_size_);
    for (std::size_t i = 0; i < source.windows.size(); ++i) {
      windows_.push_back({&recording, i});
    }
  }

  // The first window and the next ones of its length.
  std::vector<PendingWindow> TakeBatch() {
    const std::uint64_t samples = windows_.front().window().samples;
    std::vector<PendingWindow> batch;
    for (auto window = windows_.begin();
         window != windows_.end() &&
         batch.size() < static_cast<std::size_t>(settings_.batch_windows);) {
      if (window->window().samples == samples) {
        batch.push_back(*window);
        window = windows_.erase(window);
      } else {
        ++window;
      }
    }
    return batch;
  }

  absl::Status ComputeAll(
      const std::vector<std::vector<PendingWindow>>& batches) {
    if (settings_.lanes == 1) return Compute(batches.front());
    return ParallelFor(pool_, static_cast<std::int64_t>(batches.size()),
                       [&](std::int64_t i) {
                         at::set_num_threads(1);
                         return Compute(batches[i]);
                       });
  }

  // May be called from several threads at once, each with its own windows.
  absl::Status Compute(const std::vector<PendingWindow>& batch) {
    ASSIGN_OR_RETURN(at::Tensor audio, ReadAudio(batch));
    if (settings_.protocol.normalise) {
      ASSIGN_OR_RETURN(audio, NormalizeUtterances(audio));
    }
    const std::string place = absl::StrCat(
        "embedding ", QuoteForMessage(batch.front().recording->source->id));
    absl::StatusOr<at::Tensor> features = extractor_.Extract(audio);
    RETURN_IF_ERROR(Annotate(features.status(), place));
    const auto rows = static_cast<std::int64_t>(batch.size());
    if (features->sizes() != at::IntArrayRef({rows, extractor_.states(),
                                              extractor_.state_size()}) ||
        features->scalar_type() != at::kFloat || !features->is_contiguous() ||
        !features->is_cpu()) {
      return absl::InternalError(
          absl::StrCat(place,
                       ": the extractor gave features of another shape "
                       "or type than it announced"));
    }
    const float* values = features->const_data_ptr<float>();
    for (const PendingWindow& window : batch) {
      std::copy_n(values, window_size_,
                  window.recording->features.begin() +
                      static_cast<std::ptrdiff_t>(window.index * window_size_));
      values += window_size_;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<at::Tensor> ReadAudio(
      const std::vector<PendingWindow>& batch) const {
    const auto samples =
        static_cast<std::int64_t>(batch.front().window().samples);
    return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
      at::Tensor audio = at::empty(
          {static_cast<std::int64_t>(batch.size()), samples}, at::kFloat);
      float* row = audio.mutable_data_ptr<float>();
      for (const PendingWindow& window : batch) {
        RETURN_IF_ERROR(store_.ReadFloat(
            window.recording->source->index, window.window().first_sample,
            absl::MakeSpan(row, static_cast<std::size_t>(samples))));
        row += samples;
      }
      return audio;
    });
  }

  // In the order of the recordings, whichever were computed first.
  absl::Status WriteFinished() {
    while (!recordings_.empty() && recordings_.front()->windows_left == 0) {
      const PendingRecording& recording = *recordings_.front();
      RETURN_IF_ERROR(writer_.Append(recording.source->id, recording.features));
      recordings_.pop_front();
    }
    return absl::OkStatus();
  }

  const PcmStore& store_;
  const FeatureExtractor& extractor_;
  const EmbedSettings& settings_;
  ThreadPool& pool_;
  FeatureStoreWriter& writer_;
  const std::size_t window_size_;
  std::deque<std::unique_ptr<PendingRecording>> recordings_;
  std::deque<PendingWindow> windows_;
};

absl::Status CheckStored(const FeatureStoreWriter& writer,
                         absl::Span<const std::string> ids,
                         absl::string_view directory) {
  const absl::flat_hash_set<std::string> wanted(ids.begin(), ids.end());
  std::vector<std::string> others;
  for (const FeatureRecording& recording : writer.recordings()) {
    if (!wanted.contains(recording.id)) others.push_back(recording.id);
  }
  if (others.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      directory, ": ", ListNames("recordings in it were not asked for", others),
      "; choose another folder"));
}

}  // namespace

absl::Status Embed(Files& files, const PcmStore& store,
                   absl::Span<const std::string> ids,
                   const FeatureExtractor& extractor,
                   const EmbedSettings& settings, absl::string_view directory) {
  if (settings.batch_windows < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "batch_windows is ", settings.batch_windows, ", at least 1"));
  }
  ASSIGN_OR_RETURN(const std::vector<Source> sources,
                   FindSources(store, ids, extractor.min_samples(), settings));
  ASSIGN_OR_RETURN(
      const std::string protocol,
      ProtocolIdentity(settings.protocol, settings.duration_cap_seconds));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<FeatureStoreWriter> writer,
      FeatureStoreWriter::Open(files, directory,
                               {extractor.states(), extractor.state_size(),
                                extractor.identity(), protocol}));
  RETURN_IF_ERROR(CheckStored(*writer, ids, directory));
  std::vector<const Source*> todo;
  for (const Source& source : sources) {
    if (!writer->Contains(source.id)) todo.push_back(&source);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(settings.lanes));
  // Lanes take one of LibTorch's threads each; this thread is one of them.
  const int threads = at::get_num_threads();
  Embedding embedding(store, extractor, settings, *pool, *writer);
  const absl::Status status = embedding.Run(todo);
  if (settings.lanes > 1) at::set_num_threads(threads);
  RETURN_IF_ERROR(status);
  return writer->Finish();
}

}  // namespace culturemert
