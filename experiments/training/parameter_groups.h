// The parts of a model that a stage of pre-training may train or freeze.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_PARAMETER_GROUPS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_PARAMETER_GROUPS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/config/schema.h"

namespace culturemert {

enum class ParameterGroup {
  kFrontEnd,         // The seven convolutions.
  kProjection,       // From their channels to the transformer's width.
  kMaskToken,        // What stands in for hidden frames.
  kPositional,       // The positional convolution.
  kTransformer,      // All layers, and the norm at their entry or end.
  kProjectionHeads,  // To the codebooks, and to the CQT.
  kLabelEmbeddings,  // Of the codes.
};

inline ConfigNames<ParameterGroup> ConfigNamesOf(ParameterGroup) {
  return {{ParameterGroup::kFrontEnd, "front_end"},
          {ParameterGroup::kProjection, "projection"},
          {ParameterGroup::kMaskToken, "mask_token"},
          {ParameterGroup::kPositional, "positional"},
          {ParameterGroup::kTransformer, "transformer"},
          {ParameterGroup::kProjectionHeads, "projection_heads"},
          {ParameterGroup::kLabelEmbeddings, "label_embeddings"}};
}

// All of them, in the order above.
std::vector<ParameterGroup> AllParameterGroups();

// The group of a tensor by its name in MertEncoderTensors or
// PretrainingHeadTensors. kNotFound for any other name.
absl::StatusOr<ParameterGroup> GroupOfParameter(absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_PARAMETER_GROUPS_H_
