#include "experiments/training/parameter_groups.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

// The longer of two prefixes that fit stands first.
constexpr std::pair<absl::string_view, ParameterGroup> kPrefixes[] = {
    {"feature_extractor.", ParameterGroup::kFrontEnd},
    {"feature_projection.", ParameterGroup::kProjection},
    {"masked_spec_embed", ParameterGroup::kMaskToken},
    {"encoder.pos_conv_embed.", ParameterGroup::kPositional},
    {"encoder.layers.", ParameterGroup::kTransformer},
    {"encoder.layer_norm.", ParameterGroup::kTransformer},
    {"final_proj.", ParameterGroup::kProjectionHeads},
    {"encoder_cqt_model.", ParameterGroup::kProjectionHeads},
    {"label_embs_concat", ParameterGroup::kLabelEmbeddings},
};

}  // namespace

std::vector<ParameterGroup> AllParameterGroups() {
  std::vector<ParameterGroup> groups;
  for (const auto& [group, name] : ConfigNamesOf(ParameterGroup())) {
    groups.push_back(group);
  }
  return groups;
}

absl::StatusOr<ParameterGroup> GroupOfParameter(absl::string_view name) {
  for (const auto& [prefix, group] : kPrefixes) {
    if (absl::StartsWith(name, prefix)) return group;
  }
  return absl::NotFoundError(
      absl::StrCat(name, " belongs to no group of parameters"));
}

}  // namespace culturemert
