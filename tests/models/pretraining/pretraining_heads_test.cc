#include "models/pretraining/pretraining_heads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <utility>

#include "models/pretraining/pretraining_head_tensors.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

MertConfig Tiny() { return MertPreset("tiny").value(); }

NamedTensors TinyTensors() {
  return PretrainingHeads::CreateRandom(Tiny(), 1).value()->parameters();
}

TEST(PretrainingHeadTensors, HaveThePublishedShapes) {
  std::int64_t projection = 0;
  std::int64_t labels = 0;
  std::int64_t cqt = 0;
  for (const TensorSpec& spec : PretrainingHeadTensors(MertConfig())) {
    std::int64_t size = 1;
    for (const std::int64_t dimension : spec.shape) size *= dimension;
    if (spec.name == "label_embs_concat") {
      labels += size;
    } else if (spec.name.rfind("final_proj.", 0) == 0) {
      projection += size;
    } else if (spec.name.rfind("encoder_cqt_model.fc.", 0) == 0) {
      cqt += size;
    } else {
      ADD_FAILURE() << spec.name;
    }
  }
  EXPECT_EQ(projection, 393728);
  EXPECT_EQ(labels, 526336 - 8 * 4 * 64);  // Without the special symbols.
  EXPECT_EQ(cqt, 258384);
}

TEST(PretrainingHeads, StartAsTheOriginalDoes) {
  const auto heads = PretrainingHeads::CreateRandom(MertConfig(), 5);
  ASSERT_THAT(heads, IsOk());
  const double bound = 1 / std::sqrt(768.0);
  for (const auto& [name, tensor] : (*heads)->parameters()) {
    SCOPED_TRACE(name);
    const double lowest = name == "label_embs_concat" ? 0 : -bound;
    const double highest = name == "label_embs_concat" ? 1 : bound;
    const double width = highest - lowest;
    const auto count = static_cast<double>(tensor.numel());
    EXPECT_GE(tensor.min().item<double>(), lowest);
    EXPECT_LE(tensor.max().item<double>(), highest);
    EXPECT_NEAR(tensor.to(at::kDouble).mean().item<double>(),
                (lowest + highest) / 2, 4 * width / std::sqrt(12 * count));
    EXPECT_NEAR(tensor.to(at::kDouble).std().item<double>(),
                width / std::sqrt(12.0), 2 * width / std::sqrt(count));
  }
}

TEST(PretrainingHeads, AreAPureFunctionOfTheSeed) {
  const NamedTensors first = TinyTensors();
  const NamedTensors again = TinyTensors();
  const NamedTensors other =
      PretrainingHeads::CreateRandom(Tiny(), 2).value()->parameters();
  for (const auto& [name, tensor] : first) {
    EXPECT_TRUE(at::equal(tensor, again.at(name))) << name;
    EXPECT_FALSE(at::equal(tensor, other.at(name))) << name;
  }
}

TEST(PretrainingHeads, ShareTheStorageTheyAreGiven) {
  const NamedTensors tensors = TinyTensors();
  const auto heads = PretrainingHeads::Create(Tiny(), tensors);
  ASSERT_THAT(heads, IsOk());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ((*heads)->parameters().at(name).data_ptr(), tensor.data_ptr());
  }
}

TEST(PretrainingHeads, ChangeTheirType) {
  const auto heads = PretrainingHeads::CreateRandom(Tiny(), 1).value();
  ASSERT_THAT(heads->To(c10::Device(at::kCPU), at::kDouble), IsOk());
  for (const auto& [name, tensor] : TinyTensors()) {
    EXPECT_TRUE(
        at::equal(heads->parameters().at(name), tensor.to(at::kDouble)));
  }
  EXPECT_THAT(heads->To(c10::Device(at::kCPU), at::kLong),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Long")));
}

TEST(PretrainingHeads, RefuseTensorsThatDoNotFit) {
  NamedTensors tensors = TinyTensors();
  tensors["final_proj.bias"] = tensors["final_proj.bias"].narrow(0, 0, 3);
  EXPECT_THAT(PretrainingHeads::Create(Tiny(), tensors),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("pre-training heads: "),
                             HasSubstr("final_proj.bias is [3]"))));
  tensors = TinyTensors();
  tensors["final_proj.bias"] = tensors["final_proj.bias"].to(at::kDouble);
  EXPECT_THAT(PretrainingHeads::Create(Tiny(), tensors),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("final_proj.bias is Double")));
  MertConfig config = Tiny();
  config.codebooks = 0;
  EXPECT_THAT(
      PretrainingHeads::Create(config, TinyTensors()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("codebooks")));
}

}  // namespace
}  // namespace culturemert
