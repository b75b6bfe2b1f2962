#include "models/cqt/cqt_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/cqt/cqt_blocks.h"
#include "models/cqt/cqt_options.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace cqt_internal {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(CqtTablesTest, AtMertsSettingsFiveSecondsAreOneBlock) {
  const absl::StatusOr<CqtTables<float>> tables =
      BuildCqtTables<float>(CqtOptions());
  ASSERT_THAT(tables, IsOk());
  EXPECT_EQ(tables->period, 480);
  EXPECT_EQ(tables->block_samples, 480 * 320);
  EXPECT_THAT(CutIntoBlocks(*tables, 2, 120000), SizeIs(2));
  EXPECT_LT(tables->spectral_weights.size(), 5'000'000U);
}

TEST(CqtTablesTest, BlocksOfLongAudioGiveEachFrameOnceAndReachAllItsSamples) {
  const absl::StatusOr<CqtTables<float>> tables =
      BuildCqtTables<float>(CqtOptions());
  ASSERT_THAT(tables, IsOk());
  const std::int64_t samples = 24000 * 60 + 17;
  std::int64_t frame = 0;
  for (const CqtBlock& block : CutIntoBlocks(*tables, 1, samples)) {
    EXPECT_EQ(block.first_frame, frame);
    frame += block.frames;
    const std::int64_t reach = 25230;
    EXPECT_LE(block.first_sample, block.first_frame * 320 - reach);
    EXPECT_GE(block.first_sample + tables->block_samples,
              (frame - 1) * 320 + reach);
    EXPECT_EQ(block.first_sample + block.position_frames * 320,
              block.first_frame * 320);
  }
  EXPECT_EQ(frame, CqtFrames(samples, tables->options));
}

TEST(CqtTablesTest, RefusesTablesThatDoNotFitIntoMemory) {
  CqtOptions options;
  options.minimum_frequency_hz = 90;
  options.bins = 4096;
  options.bins_per_octave = 600;
  EXPECT_THAT(BuildCqtTables<float>(options),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("take fewer bins")));
}

}  // namespace
}  // namespace cqt_internal
}  // namespace culturemert
