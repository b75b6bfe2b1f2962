#include "models/mert/dropout_sites.h"

#include <utility>

#include "absl/strings/string_view.h"

namespace culturemert {
namespace {

constexpr absl::string_view NameOf(DropoutSite site) {
  switch (site) {
    case DropoutSite::kInput:
      return "input dropout";
    case DropoutSite::kEntry:
      return "entry dropout";
    case DropoutSite::kAttention:
      return "attention dropout";
    case DropoutSite::kAttentionOutput:
      return "attention output dropout";
    case DropoutSite::kActivation:
      return "activation dropout";
    case DropoutSite::kFeedForward:
      return "feed-forward dropout";
  }
  return "";
}

}  // namespace

DropoutPlan::DropoutPlan(const MertConfig& config,
                         std::vector<RandomStream> clips,
                         const RandomStream& step)
    : config_(config), clips_(std::move(clips)), step_(step) {}

DropoutPlan DropoutPlan::None(const MertConfig& config) {
  return DropoutPlan(config, {}, RandomStream(0, 0));
}

BatchDropout DropoutPlan::At(DropoutSite site, std::int64_t layer,
                             std::int64_t rows_per_clip) const {
  BatchDropout dropout;
  dropout.rows_per_clip = rows_per_clip;
  const double rate = Rate(site);
  if (rate == 0) return dropout;
  for (const RandomStream& clip : clips_) {
    dropout.clips.emplace_back(rate,
                               clip.Substream(StreamId(NameOf(site)), layer));
  }
  return dropout;
}

bool DropoutPlan::SkipsLayer(std::int64_t layer) const {
  if (clips_.empty()) return false;
  return step_.Substream(StreamId("layer drop")).UniformDouble(layer) <
         config_.layer_drop;
}

double DropoutPlan::Rate(DropoutSite site) const {
  switch (site) {
    case DropoutSite::kInput:
      return config_.input_dropout;
    case DropoutSite::kAttention:
      return config_.attention_dropout;
    case DropoutSite::kActivation:
      return config_.activation_dropout;
    case DropoutSite::kEntry:
    case DropoutSite::kAttentionOutput:
    case DropoutSite::kFeedForward:
      return config_.hidden_dropout;
  }
  return 0;
}

}  // namespace culturemert
