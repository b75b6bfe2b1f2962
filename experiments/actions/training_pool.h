// Prepared sets and their codes, joined to what a stage of pre-training draws
// from.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_TRAINING_POOL_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_TRAINING_POOL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/catalog/split.h"
#include "datasets/codes/code_store.h"
#include "datasets/sampling/segment_sampler.h"
#include "datasets/sampling/store_segment_reader.h"
#include "datasets/store/pcm_store.h"
#include "experiments/training/training_data.h"
#include "tools/base/files/files.h"

namespace culturemert {

// The recordings of some splits of one prepared set.
struct PoolSource {
  std::string culture;  // What the mix calls it.
  std::string set_folder;
  std::string codes_folder;
  std::vector<Split> splits = {Split::kTrain};
  // Of the recordings, evenly over the list: at least one of them.
  double fraction = 1;
};

class TrainingPool {
 public:
  // Opens everything; `options.mix` names cultures as the sources do. Of all
  // recordings those that ChooseStagePool gives for so many hours and `seed`;
  // 0: all. kInvalidArgument where sets and codes do not belong together or the
  // mix cannot be drawn; else errors of the stores.
  static absl::StatusOr<std::unique_ptr<TrainingPool>> Create(
      Files& files, absl::Span<const PoolSource> sources,
      const SegmentSamplerOptions& options, double hours = 0,
      std::uint64_t seed = 0);

  TrainingPool(const TrainingPool&) = delete;
  TrainingPool& operator=(const TrainingPool&) = delete;

  // Valid as long as this is.
  TrainingData data() const;
  const SegmentSampler& sampler() const { return *sampler_; }
  const CodeFormat& code_format() const { return codes_->format(); }
  // Audio of one epoch: what a pass of a stage draws.
  double seconds() const;

 private:
  TrainingPool() = default;

  struct Clip {
    StorePlace audio;
    CodePlace codes;
    std::string culture;
  };

  // The clips of the source, each behind those before it.
  absl::Status Open(Files& files, const PoolSource& source,
                    std::vector<Clip>& clips);

  std::vector<std::unique_ptr<PcmStore>> stores_;
  std::vector<std::unique_ptr<CodeStore>> code_stores_;
  std::unique_ptr<StoreSegmentReader> audio_;
  std::optional<CodeReader> codes_;
  std::unique_ptr<SegmentSampler> sampler_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_TRAINING_POOL_H_
