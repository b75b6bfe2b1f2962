#include "models/kmeans/nearest_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace kmeans_internal {
namespace {

using testing::ElementsAre;

std::vector<float> Noise(std::int64_t size, std::uint64_t id) {
  std::vector<float> values(size);
  RandomStream(1, id).FillNormal(absl::MakeSpan(values), 0);
  return values;
}

TEST(NearestCodesTest, FindsWhatThePlainSearchFinds) {
  for (const std::int64_t dimension : {1, 2, 63, 64, 100}) {
    for (const std::int64_t codes : {1, 15, 16, 17, 50}) {
      for (const std::int64_t frames : {1, 5, 6, 7, 400}) {
        const std::vector<float> centres = Noise(codes * dimension, 1);
        const std::vector<float> values = Noise(frames * dimension, 2);
        ASSERT_EQ(NearestCodes(centres, dimension).Find(values),
                  NearestCodesPlainly(centres, values, dimension))
            << dimension << " " << codes << " " << frames;
      }
    }
  }
}

TEST(NearestCodesTest, TakesTheFirstOfEqualCodes) {
  const std::vector<float> codes = {5, 1, 3, 1};
  EXPECT_THAT(NearestCodes(codes, 1).Find({0, 2, 4, 9}),
              ElementsAre(1, 1, 0, 0));
}

TEST(NearestCodesTest, NoFramesHaveNoCodes) {
  EXPECT_THAT(NearestCodes({1, 2}, 1).Find({}), ElementsAre());
}

}  // namespace
}  // namespace kmeans_internal
}  // namespace culturemert
