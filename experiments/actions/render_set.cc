#include "experiments/actions/render_set.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store_writer.h"
#include "datasets/synthesis/corpus_renderer.h"
#include "datasets/synthesis/sample_rate.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Recordings rendered together before any is stored: 15 MB of 8 s each.
constexpr std::int64_t kBatch = 40;

std::vector<std::uint64_t> Indices(const CorpusRenderer& renderer,
                                   const RenderConfig& config) {
  std::vector<std::uint64_t> indices;
  for (const auto& [split, size] : {std::pair{Split::kTrain, config.train},
                                    std::pair{Split::kValid, config.valid},
                                    std::pair{Split::kTest, config.test}}) {
    for (std::int64_t i = 0; i < size; ++i) {
      indices.push_back(
          renderer.IndexInSplit(split, static_cast<std::uint64_t>(i)));
    }
  }
  return indices;
}

PreparedSet Describe(const CorpusRenderer& renderer, const RenderConfig& config,
                     const std::vector<std::uint64_t>& indices) {
  PreparedSet set;
  set.name = config.corpus;
  set.is_synthetic = true;
  set.notes = {"rendered from theory by this project: no recordings of people"};
  absl::flat_hash_map<std::string, std::size_t> numbers;
  for (const std::string& tag : renderer.Vocabulary()) {
    numbers[tag] = set.tags.size();
    set.tags.push_back({tag, GroupOfTag(tag)});
  }
  for (const std::uint64_t index : indices) {
    const RecordingLabels labels = renderer.Describe(index);
    set.culture = labels.culture;
    PreparedRecording recording;
    recording.id = labels.id;
    recording.split = labels.split;
    recording.clips = {labels.id};
    for (const std::string& tag : labels.tags) {
      recording.labels.push_back(numbers.at(tag));
    }
    std::sort(recording.labels.begin(), recording.labels.end());
    set.recordings.push_back(std::move(recording));
  }
  return set;
}

absl::Status RenderInto(const CorpusRenderer& renderer,
                        const std::vector<std::uint64_t>& indices,
                        const RenderConfig& config,
                        const RenderSetOptions& options,
                        PcmStoreWriter& store) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(options.threads));
  ProgressOptions shown;
  shown.label = absl::StrCat("render ", config.corpus);
  shown.unit = ProgressUnit::AudioSeconds();
  shown.total = config.clip_seconds * static_cast<double>(indices.size());
  shown.is_quiet = options.is_quiet;
  shown.console = options.console;
  Progress progress(shown);
  const auto count = static_cast<std::int64_t>(indices.size());
  auto first = static_cast<std::int64_t>(store.recordings().size());
  progress.Advance(config.clip_seconds * static_cast<double>(first));
  for (; first < count; first += kBatch) {
    if (options.should_stop()) {
      RETURN_IF_ERROR(store.Sync());
      return absl::CancelledError("stopped; start again to go on");
    }
    ASSIGN_OR_RETURN(
        const std::vector<RenderedRecording> batch,
        ParallelMap(*pool, std::min(kBatch, count - first),
                    [&](std::int64_t i) -> absl::StatusOr<RenderedRecording> {
                      return renderer.Render(indices[first + i]);
                    }));
    for (const RenderedRecording& recording : batch) {
      NewRecording stored;
      stored.id = recording.labels.id;
      stored.culture = recording.labels.culture;
      stored.source = absl::StrCat("rendered ", config.corpus);
      stored.decoder = "none";
      RETURN_IF_ERROR(store.Append(stored, recording.samples));
      progress.Advance(config.clip_seconds);
    }
  }
  progress.Finish();
  return store.Finish();
}

}  // namespace

void RenderConfig::Describe(ConfigSchema<RenderConfig>& schema) {
  schema.Struct("RenderConfig", "Which rendered corpus, and how much of it.");
  schema.Field("corpus", &RenderConfig::corpus,
               "makam, hindustani, carnatic, greek, western_tags, "
               "western_genres or western.");
  schema.Field("seed", &RenderConfig::seed, "Another seed plays other tunes.");
  schema
      .Field("clip_seconds", &RenderConfig::clip_seconds,
             "Length of each recording.")
      .Unit("s")
      .AtLeast(1)
      .AtMost(600);
  schema.Field("train", &RenderConfig::train, "Training recordings.")
      .AtLeast(0)
      .AtMost(100000000);
  schema.Field("valid", &RenderConfig::valid, "Validation recordings.")
      .AtLeast(0)
      .AtMost(100000000);
  schema.Field("test", &RenderConfig::test, "Test recordings.")
      .AtLeast(0)
      .AtMost(100000000);
}

absl::StatusOr<PreparedSet> RenderSet(Files& files, absl::string_view folder,
                                      const RenderConfig& config,
                                      const RenderSetOptions& options) {
  RenderOptions render;
  render.seed = config.seed;
  render.clip_seconds = config.clip_seconds;
  ASSIGN_OR_RETURN(const std::unique_ptr<CorpusRenderer> renderer,
                   CorpusRenderer::Create(config.corpus, render));
  const std::vector<std::uint64_t> indices = Indices(*renderer, config);
  if (indices.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(config.corpus, ": no recordings are asked for"));
  }
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<PcmStoreWriter> store,
      PcmStoreWriter::Open(files, JoinPath(folder, kPreparedStoreName)));
  RETURN_IF_ERROR(RenderInto(*renderer, indices, config, options, *store));
  PreparedSet set = Describe(*renderer, config, indices);
  RETURN_IF_ERROR(WritePreparedSet(files, folder, set));
  return set;
}

}  // namespace culturemert
