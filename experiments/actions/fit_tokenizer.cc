#include "experiments/actions/fit_tokenizer.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store.h"
#include "experiments/actions/prepared_set.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/console/progress.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

struct Clip {
  const PcmStore* store = nullptr;
  std::size_t recording = 0;
};

absl::Status AddTrainingClips(const PreparedSet& set, const PcmStore& store,
                              std::vector<Clip>& clips) {
  for (const std::size_t number : set.OfSplit(Split::kTrain)) {
    for (const std::string& id : set.recordings[number].clips) {
      const std::optional<std::size_t> place = store.Find(id);
      if (!place.has_value()) {
        return absl::DataLossError(
            absl::StrCat(store.directory(), ": no recording '", id, "'"));
      }
      clips.push_back({&store, *place});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<at::Tensor> FramesOf(const FrameFeatures& features,
                                    const Clip& clip) {
  const auto samples = static_cast<std::int64_t>(
      clip.store->recordings()[clip.recording].samples);
  const at::Tensor audio = at::empty({1, samples}, at::kFloat);
  RETURN_IF_ERROR(
      clip.store->ReadFloat(clip.recording, 0,
                            absl::MakeSpan(audio.mutable_data_ptr<float>(),
                                           static_cast<std::size_t>(samples))));
  ASSIGN_OR_RETURN(const at::Tensor frames, features.Extract(audio));
  return frames.squeeze(0);
}

// Evenly spread over `clips`, so that every culture and every part of it counts
// by its length.
absl::StatusOr<at::Tensor> GatherFrames(const std::vector<Clip>& clips,
                                        const FrameFeatures& features,
                                        std::int64_t wanted,
                                        const FitTokenizerOptions& options) {
  std::int64_t available = 0;
  for (const Clip& clip : clips) {
    available += TokenizerFrames(static_cast<std::int64_t>(
        clip.store->recordings()[clip.recording].samples));
  }
  const double share = std::min(
      1.0, static_cast<double>(wanted) / static_cast<double>(available));
  ProgressOptions shown;
  shown.label = "features to cluster";
  shown.unit = ProgressUnit::Count("frames");
  shown.total = static_cast<double>(std::min(wanted, available));
  shown.is_quiet = options.is_quiet;
  shown.console = options.console;
  Progress progress(shown);
  std::vector<at::Tensor> frames;
  double due = 0;
  for (const Clip& clip : clips) {
    due += share;
    if (due < 0.5) continue;
    due -= 1;
    ASSIGN_OR_RETURN(at::Tensor of_clip, FramesOf(features, clip));
    progress.Advance(static_cast<double>(of_clip.size(0)));
    frames.push_back(std::move(of_clip));
  }
  progress.Finish();
  return at::cat(frames);
}

}  // namespace

absl::StatusOr<std::unique_ptr<KmeansTokenizer>> FitTokenizer(
    Files& files, absl::Span<const std::string> folders,
    const KmeansConfig& config, const FitTokenizerOptions& options) {
  std::vector<std::unique_ptr<PcmStore>> stores;
  std::vector<Clip> clips;
  for (const std::string& folder : folders) {
    ASSIGN_OR_RETURN(const PreparedSet set, ReadPreparedSet(files, folder));
    ASSIGN_OR_RETURN(
        std::unique_ptr<PcmStore> store,
        PcmStore::Open(files, JoinPath(folder, kPreparedStoreName)));
    RETURN_IF_ERROR(AddTrainingClips(set, *store, clips));
    stores.push_back(std::move(store));
  }
  if (clips.empty()) {
    return absl::InvalidArgumentError(
        "there are no training recordings to fit a tokenizer to");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<FrameFeatures> features,
                   FrameFeatures::Create(config.feature));
  return CatchTorchErrors(
      [&]() -> absl::StatusOr<std::unique_ptr<KmeansTokenizer>> {
        ASSIGN_OR_RETURN(
            const at::Tensor frames,
            GatherFrames(clips, *features, config.frames, options));
        ResidualKmeansOptions kmeans;
        kmeans.books = config.books;
        kmeans.codes = config.codes;
        kmeans.iterations = config.iterations;
        kmeans.seed = config.seed;
        return KmeansTokenizer::Fit(config.feature, frames, kmeans);
      });
}

}  // namespace culturemert
