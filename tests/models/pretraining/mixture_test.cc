#include "models/pretraining/mixture.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

// The original's way: the pool is made, and pieces are cut from it.
at::Tensor ByPool(const at::Tensor& clean, const MixturePlan& plan,
                  double gain) {
  at::Tensor mixed = clean.clone();
  for (std::int64_t clip = 0; clip < clean.size(0); ++clip) {
    const at::Tensor pool =
        at::cat({clean.narrow(0, 0, clip),
                 clean.narrow(0, clip + 1, clean.size(0) - clip - 1)})
            .flatten();
    for (const MixturePiece& piece : plan[clip]) {
      mixed.select(0, clip)
          .narrow(0, piece.clip_first_sample, piece.samples)
          .add_(pool.narrow(0, piece.pool_first_sample, piece.samples), gain);
    }
  }
  return mixed;
}

at::Tensor Clips(std::int64_t clips, std::int64_t samples) {
  return (at::arange(clips * samples, at::kFloat) * 0.37)
      .sin()
      .view({clips, samples});
}

TEST(Mix, AddsWhatTheOriginalsPoolHolds) {
  const at::Tensor clean = Clips(4, 50);
  // Whole clips, pieces over one and two borders, over one another and of none.
  const MixturePlan plan = {{{0, 50, 0}, {45, 10, 40}},
                            {{20, 50, 0}, {149, 1, 49}, {75, 50, 0}},
                            {},
                            {{99, 2, 3}, {0, 0, 50}, {100, 50, 0}}};
  for (const double gain : {1.0, 0.25}) {
    const auto mixed = Mix(clean, plan, gain);
    ASSERT_THAT(mixed, IsOk());
    EXPECT_TRUE(at::equal(*mixed, ByPool(clean, plan, gain)));
  }
}

TEST(Mix, LeavesTheCleanClipsAlone) {
  const at::Tensor clean = at::ones({2, 10});
  const auto mixed = Mix(clean, {{{0, 10, 0}}, {}}, 1);
  ASSERT_THAT(mixed, IsOk());
  EXPECT_TRUE(at::equal(clean, at::ones({2, 10})));
  EXPECT_TRUE(at::equal(mixed->select(0, 0), 2 * at::ones({10})));
  EXPECT_TRUE(at::equal(mixed->select(0, 1), at::ones({10})));
}

TEST(Mix, RefusesPlansOutsideTheAudio) {
  const at::Tensor clean = at::zeros({2, 10});
  for (const MixturePiece& piece :
       {MixturePiece{-1, 5, 0}, MixturePiece{0, -1, 0}, MixturePiece{0, 5, -1},
        MixturePiece{6, 5, 0}, MixturePiece{0, 5, 6}, MixturePiece{0, 11, 0},
        MixturePiece{INT64_MAX, 5, 0}, MixturePiece{0, 5, INT64_MAX}}) {
    EXPECT_THAT(Mix(clean, {{piece}, {}}, 1),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("not within them")));
  }
  EXPECT_THAT(Mix(clean, {{}}, 1), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("1 clips, not 2")));
  EXPECT_THAT(
      Mix(at::zeros({10}), {}, 1),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[B, samples]")));
}

}  // namespace
}  // namespace culturemert
