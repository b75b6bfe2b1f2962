#include "tools/base/random/philox.h"

#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;

// The vectors for philox4x32-10 of the authors' library Random123
// (tests/kat_vectors).
TEST(Philox4x32Test, GivesThePublishedVectorForZeros) {
  EXPECT_THAT(Philox4x32({{0, 0, 0, 0}}, {{0, 0}}).word,
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
}

TEST(Philox4x32Test, GivesThePublishedVectorForOnes) {
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_THAT(Philox4x32({{kOnes, kOnes, kOnes, kOnes}}, {{kOnes, kOnes}}).word,
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
}

TEST(Philox4x32Test, GivesThePublishedVectorForTheDigitsOfPi) {
  EXPECT_THAT(Philox4x32({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
                         {{0xa4093822, 0x299f31d0}})
                  .word,
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(Philox4x32Test, IsAConstantExpression) {
  constexpr PhiloxBlock kBlock = Philox4x32({{0, 0, 0, 0}}, {{0, 0}});
  static_assert(kBlock.word[0] == 0x6627e8d5);
}

TEST(PhiloxBitsTest, PutsIndexStreamAndSeedIntoTheDocumentedWords) {
  EXPECT_THAT(PhiloxBits(/*seed=*/0x299f31d0a4093822,
                         /*stream=*/0x0370734413198a2e,
                         /*index=*/0x85a308d3243f6a88)
                  .word,
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(UniformOfBitsTest, CoversZeroToJustBelowOne) {
  EXPECT_EQ(UniformFloatOfBits(0), 0.0f);
  EXPECT_EQ(UniformFloatOfBits(0xff), 0.0f);
  EXPECT_EQ(UniformFloatOfBits(0x100), 0x1p-24f);
  EXPECT_EQ(UniformFloatOfBits(0x80000000), 0.5f);
  EXPECT_EQ(UniformFloatOfBits(0xffffffff), 1.0f - 0x1p-24f);
  EXPECT_EQ(UniformDoubleOfBits(0), 0.0);
  EXPECT_EQ(UniformDoubleOfBits(0x7ff), 0.0);
  EXPECT_EQ(UniformDoubleOfBits(0x800), 0x1p-53);
  EXPECT_EQ(UniformDoubleOfBits(0x8000000000000000), 0.5);
  EXPECT_EQ(UniformDoubleOfBits(0xffffffffffffffff), 1.0 - 0x1p-53);
}

}  // namespace
}  // namespace culturemert
