#include "experiments/study/model_width.h"

#include <optional>

#include "experiments/study/study_costs.h"
#include "models/mert/mert_config.h"

namespace culturemert {
namespace {

constexpr std::int64_t kNarrowBelow = 512;

bool IsEncoder(ModelKind kind) {
  switch (kind) {
    case ModelKind::kWeights:
    case ModelKind::kPretrain:
    case ModelKind::kMerge:
    case ModelKind::kRandom:
      return true;
    case ModelKind::kLogMel:
    case ModelKind::kChance:
    case ModelKind::kExternal:
      return false;
  }
  return false;
}

}  // namespace

bool IsNarrow(std::int64_t hidden_size) { return hidden_size < kNarrowBelow; }

bool HaveOnlyNarrowModels(const StudyContext& context,
                          const std::vector<const ExperimentConfig*>& studies) {
  bool has_encoder = false;
  for (const ExperimentConfig* study : studies) {
    const StudyCosts costs(context, *study);
    for (const ModelConfig* model : study->NeededModels()) {
      if (!IsEncoder(model->kind)) continue;
      has_encoder = true;
      const std::optional<MertConfig> shape = costs.ShapeOf(*model);
      if (!shape.has_value() || !IsNarrow(shape->hidden_size)) return false;
    }
  }
  return has_encoder;
}

}  // namespace culturemert
