#include "experiments/actions/training_pool.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/training/stage_pool.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

std::int64_t SamplesOf(const StorePlace& place) {
  return static_cast<std::int64_t>(
      place.store->recordings()[place.recording].samples);
}

}  // namespace

absl::Status TrainingPool::Open(Files& files, const PoolSource& source,
                                std::vector<Clip>& clips) {
  ASSIGN_OR_RETURN(const PreparedSet set,
                   ReadPreparedSet(files, source.set_folder));
  ASSIGN_OR_RETURN(
      std::unique_ptr<PcmStore> store,
      PcmStore::Open(files, JoinPath(source.set_folder, kPreparedStoreName)));
  ASSIGN_OR_RETURN(std::unique_ptr<CodeStore> code_store,
                   CodeStore::Open(files, source.codes_folder));
  double due = 1 - source.fraction;  // So that the first one is taken.
  for (const PreparedRecording& recording : set.recordings) {
    if (std::find(source.splits.begin(), source.splits.end(),
                  recording.split) == source.splits.end()) {
      continue;
    }
    due += source.fraction;
    if (due < 1) continue;
    due -= 1;
    for (const std::string& id : recording.clips) {
      const std::optional<std::size_t> place = store->Find(id);
      const std::optional<std::size_t> code_place = code_store->Find(id);
      if (!place.has_value() || !code_place.has_value()) {
        return absl::DataLossError(absl::StrCat(
            place.has_value() ? source.codes_folder : source.set_folder,
            ": no recording '", id, "', which ", source.set_folder, " lists"));
      }
      clips.push_back({{store.get(), *place},
                       {code_store.get(), *code_place},
                       source.culture});
    }
  }
  stores_.push_back(std::move(store));
  code_stores_.push_back(std::move(code_store));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TrainingPool>> TrainingPool::Create(
    Files& files, absl::Span<const PoolSource> sources,
    const SegmentSamplerOptions& options, double hours, std::uint64_t seed) {
  std::unique_ptr<TrainingPool> pool(new TrainingPool);
  std::vector<Clip> clips;
  for (const PoolSource& source : sources) {
    RETURN_IF_ERROR(pool->Open(files, source, clips));
  }
  if (clips.empty()) {
    return absl::InvalidArgumentError("there are no recordings to train on");
  }
  std::vector<SampledRecording> all;
  for (const Clip& clip : clips) {
    all.push_back({SamplesOf(clip.audio), clip.culture});
  }
  StagePoolOptions choice;
  choice.hours = hours;
  choice.replay_fraction = options.mix.replay_fraction;
  choice.replay_cultures = options.mix.replay_cultures;
  choice.seed = seed;
  ASSIGN_OR_RETURN(const std::vector<std::size_t> chosen,
                   ChooseStagePool(all, choice));
  std::vector<StorePlace> audio;
  std::vector<CodePlace> codes;
  std::vector<SampledRecording> recordings;
  for (const std::size_t i : chosen) {
    audio.push_back(clips[i].audio);
    codes.push_back(clips[i].codes);
    recordings.push_back(all[i]);
  }
  ASSIGN_OR_RETURN(pool->audio_, StoreSegmentReader::Create(std::move(audio)));
  ASSIGN_OR_RETURN(pool->codes_, CodeReader::Create(std::move(codes)));
  ASSIGN_OR_RETURN(pool->sampler_, SegmentSampler::Create(recordings, options));
  return pool;
}

TrainingData TrainingPool::data() const {
  return {sampler_.get(), audio_.get(), &*codes_};
}

double TrainingPool::seconds() const {
  return static_cast<double>(sampler_->segments_per_epoch()) *
         static_cast<double>(sampler_->segment_samples()) / kStoreRateHz;
}

}  // namespace culturemert
