#include "reports/statistics/model_role.h"

#include <string>

#include "absl/strings/ascii.h"

namespace culturemert {
namespace reports_internal {
namespace {

constexpr char kMainResult[] = "multicultural_cpt";

bool IsWesternCorpus(const Record& record, const std::string& name) {
  for (const CorpusRecord& corpus : record.corpora) {
    if (corpus.name == name) {
      return absl::AsciiStrToLower(corpus.culture) == "western";
    }
  }
  return false;
}

ModelRole PretrainedRole(const StudyModel& model, const StudySetup& setup,
                         const Record& record) {
  const ModelSetup& own = model.setup;
  if (model.label == kMainResult) return ModelRole::kAdapted;
  if (own.fraction != 1) return ModelRole::kFraction;
  const auto main = setup.models.find(kMainResult);
  if (main != setup.models.end() && main->second.cultures == own.cultures &&
      main->second.from == own.from) {
    return ModelRole::kVariant;
  }
  if (own.cultures.size() != 1) return ModelRole::kAdapted;
  return IsWesternCorpus(record, own.cultures.front())
             ? ModelRole::kControl
             : ModelRole::kSingleCulture;
}

}  // namespace

ModelRole RoleOf(const StudyModel& model, const StudySetup& setup,
                 const Record& record) {
  const std::string& kind = model.setup.kind;
  if (model.setup.layer.has_value()) return ModelRole::kLayer;
  for (const char* floor : {"chance", "random", "log_mel"}) {
    if (kind == floor || (kind.empty() && model.label == floor)) {
      return ModelRole::kFloor;
    }
  }
  if (model.label == "base") return ModelRole::kBase;
  if (kind == "pretrain" && model.setup.from != "nothing") {
    return PretrainedRole(model, setup, record);
  }
  if (kind != "merge") return ModelRole::kAdapted;
  if (model.setup.merge_method != "task_arithmetic") {
    return ModelRole::kMergeMethod;
  }
  return model.label == "task_arithmetic" ? ModelRole::kMerged
                                          : ModelRole::kMergeScale;
}

}  // namespace reports_internal
}  // namespace culturemert
