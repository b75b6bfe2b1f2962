#include "reports/statistics/model_setup.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/strict_json.h"

namespace culturemert {
namespace {

using ::nlohmann::json;

// Null where there is no such member.
const json& Member(const json& object, const char* key) {
  static const json& null = *new json();
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

std::string Text(const json& value) {
  return value.is_string() ? value.get<std::string>() : "";
}

std::vector<std::string> Texts(const json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const json& element : list) {
    if (element.is_string()) texts.push_back(element.get<std::string>());
  }
  return texts;
}

// What "input=single" and "first_state=N" among the changes choose.
std::optional<int> SingleState(const std::vector<std::string>& changes) {
  bool is_single = false;
  std::optional<int> state;
  for (absl::string_view change : changes) {
    int value = 0;
    if (change == "input=single") {
      is_single = true;
    } else if (absl::ConsumePrefix(&change, "first_state=") &&
               absl::SimpleAtoi(change, &value)) {
      state = value;
    }
  }
  return is_single ? state : std::nullopt;
}

ModelSetup ReadModel(const json& model) {
  ModelSetup setup;
  setup.kind = Text(Member(model, "kind"));
  setup.from = Text(Member(model, "from"));
  setup.cultures = Texts(Member(model, "cultures"));
  setup.replay = Texts(Member(model, "replay"));
  const json& fraction = Member(model, "fraction");
  if (fraction.is_number()) setup.fraction = fraction.get<double>();
  setup.of = Texts(Member(model, "of"));
  const json& merge = Member(model, "merge");
  setup.merge_method = Text(Member(merge, "method"));
  const json& scale = Member(merge, "scale");
  if (scale.is_number()) setup.merge_scale = scale.get<double>();
  setup.pretraining = Texts(Member(model, "pretraining"));
  setup.probing = Texts(Member(model, "probing"));
  setup.layer = SingleState(setup.probing);
  return setup;
}

// A name that may stand in a file's name; anything else counts as not said.
std::string PoolingOf(const json& evaluation) {
  constexpr std::size_t kMaxLength = 40;
  std::string pooling = Text(Member(Member(evaluation, "protocol"), "pooling"));
  const bool is_name =
      pooling.size() <= kMaxLength &&
      std::all_of(pooling.begin(), pooling.end(), [](char character) {
        return absl::ascii_isalnum(static_cast<unsigned char>(character)) ||
               character == '_';
      });
  return is_name ? pooling : "";
}

// The settings of evaluation but for its lists of data sets, which say where
// scores are taken and not how.
std::string EvaluationText(const json& configuration) {
  json evaluation = Member(configuration, "evaluation");
  if (!evaluation.is_object()) return "";
  evaluation.erase("datasets");
  evaluation.erase("western");
  evaluation.erase("layers");
  return CanonicalJson(evaluation).value_or("");
}

}  // namespace

StudySetup ReadStudySetup(const Record& record) {
  StudySetup setup;
  const absl::StatusOr<json> configuration =
      ParseJson(record.configuration, "configuration");
  if (!configuration.ok()) return setup;
  const json& evaluation = Member(*configuration, "evaluation");
  setup.western = Texts(Member(evaluation, "western"));
  setup.pooling = PoolingOf(evaluation);
  setup.evaluation = EvaluationText(*configuration);
  const json& models = Member(*configuration, "models");
  if (!models.is_object()) return setup;
  for (const auto& [label, model] : models.items()) {
    setup.models[label] = ReadModel(model);
  }
  return setup;
}

}  // namespace culturemert
