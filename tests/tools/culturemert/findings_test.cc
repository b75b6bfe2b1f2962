#include "tools/culturemert/findings.h"

#include <vector>

#include "gtest/gtest.h"

namespace culturemert {
namespace {

TEST(FindingsTest, PrintsSectionsAlignedWithRemedies) {
  const std::vector<Finding> findings = {
      {"this machine", "memory", "24 GiB", Health::kGood, ""},
      {"this machine", "GPU", "none", Health::kOptional, "no NVIDIA driver"},
      {"audio", "sound font", "no a.sf2", Health::kMissing, "install it"},
  };
  EXPECT_EQ(FormatFindings(findings),
            "this machine\n"
            "  ok       memory      24 GiB\n"
            "  optional GPU         none\n"
            "                       -> no NVIDIA driver\n"
            "\n"
            "audio\n"
            "  MISSING  sound font  no a.sf2\n"
            "                       -> install it\n"
            "\n"
            "1 thing is missing; see above.\n");
  EXPECT_EQ(CountMissing(findings), 1);
}

TEST(FindingsTest, OptionalThingsAreNotMissing) {
  const std::vector<Finding> findings = {
      {"this machine", "GPU", "none", Health::kOptional, "buy one"}};
  EXPECT_EQ(CountMissing(findings), 0);
  EXPECT_EQ(FormatFindings(findings),
            "this machine\n"
            "  optional GPU  none\n"
            "                -> buy one\n"
            "\n"
            "Everything needed is here.\n");
}

}  // namespace
}  // namespace culturemert
