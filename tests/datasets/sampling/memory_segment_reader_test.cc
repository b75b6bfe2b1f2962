#include "datasets/sampling/memory_segment_reader.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

MemorySegmentReader Reader() {
  return MemorySegmentReader({{-32768, 0, 16384, 32767}, {}, {1}});
}

TEST(MemorySegmentReaderTest, GivesSamplesWithFullScaleAtOne) {
  std::vector<float> out(4);
  EXPECT_THAT(Reader().Read(0, 0, absl::MakeSpan(out)), IsOk());
  EXPECT_THAT(out, ElementsAre(-1.f, 0.f, 0.5f, 32767.f / 32768));
}

TEST(MemorySegmentReaderTest, ReadsEveryStretchOfARecordingAndNoOther) {
  std::vector<std::int16_t> samples = {10, 20, 30, 40, 50};
  const MemorySegmentReader reader({{7}, samples});
  for (std::int64_t first = -1; first <= 7; ++first) {
    for (std::int64_t size = 0; size <= 7; ++size) {
      std::vector<float> out(size);
      const absl::Status status = reader.Read(1, first, absl::MakeSpan(out));
      if (first < 0 || first + size > 5) {
        EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange,
                                     HasSubstr("within the 5 of recording 1")));
      } else {
        EXPECT_THAT(status, IsOk());
        for (std::int64_t i = 0; i < size; ++i) {
          EXPECT_EQ(out[i], static_cast<float>(samples[first + i]) / 32768);
        }
      }
    }
  }
}

TEST(MemorySegmentReaderTest, RefusesWhatIsNotThere) {
  std::vector<float> out(1);
  for (const std::int64_t recording :
       {std::int64_t{-1}, std::int64_t{3},
        std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_THAT(Reader().Read(recording, 0, absl::MakeSpan(out)),
                StatusIs(absl::StatusCode::kOutOfRange,
                         HasSubstr("there is no recording")));
  }
  for (const std::int64_t first : {std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_THAT(Reader().Read(2, first, absl::MakeSpan(out)),
                StatusIs(absl::StatusCode::kOutOfRange,
                         HasSubstr("are not within the 1 of recording 2")));
  }
}

}  // namespace
}  // namespace culturemert
