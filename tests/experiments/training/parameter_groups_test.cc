#include "experiments/training/parameter_groups.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/mert/mert_config.h"
#include "models/pretraining/pretraining_head_tensors.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

TEST(ParameterGroups, HaveEveryTensorOfTheModelAndItsHeads) {
  const MertConfig config = MertPreset("mert_95m").value();
  std::vector<TensorSpec> tensors = MertEncoderTensors(config);
  for (const TensorSpec& spec : PretrainingHeadTensors(config)) {
    tensors.push_back(spec);
  }
  std::set<ParameterGroup> found;
  for (const TensorSpec& spec : tensors) {
    const absl::StatusOr<ParameterGroup> group = GroupOfParameter(spec.name);
    ASSERT_THAT(group, IsOk()) << spec.name;
    found.insert(*group);
  }
  const std::vector<ParameterGroup> all = AllParameterGroups();
  EXPECT_EQ(found, std::set<ParameterGroup>(all.begin(), all.end()));
}

TEST(ParameterGroups, TellTheTransformersNormFromTheProjections) {
  EXPECT_THAT(GroupOfParameter("encoder.layer_norm.weight"),
              IsOkAndHolds(ParameterGroup::kTransformer));
  EXPECT_THAT(GroupOfParameter("feature_projection.layer_norm.weight"),
              IsOkAndHolds(ParameterGroup::kProjection));
  EXPECT_THAT(GroupOfParameter("label_embs"),
              StatusIs(absl::StatusCode::kNotFound,
                       "label_embs belongs to no group of parameters"));
}

}  // namespace
}  // namespace culturemert
