#include "tests/parity/parity_report.h"

#include <limits>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

TEST(ReportParityTest, PrintsOneLineThatFullSizeReads) {
  testing::internal::CaptureStdout();
  ReportParity("cqt", "noise_max_abs", 1.25e-7, 1e-6);
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "PARITY cqt noise_max_abs 1.25e-07 1e-06\n");
}

TEST(ReportParityTest, AValueAtItsBarPasses) {
  ReportParity("a", "at_the_bar", 0.5, 0.5);
}

TEST(ReportParityTest, AValueBeyondItsBarFails) {
  EXPECT_NONFATAL_FAILURE(ReportParity("a", "beyond", 0.6, 0.5), "beyond");
}

TEST(ReportParityTest, NotANumberFails) {
  EXPECT_NONFATAL_FAILURE(
      ReportParity("a", "nan", std::numeric_limits<double>::quiet_NaN(), 0.5),
      "nan");
}

TEST(ReportParityTest, AQuantityThatIsNoWordFails) {
  EXPECT_NONFATAL_FAILURE(ReportParity("a", "two words", 0.1, 0.5),
                          "not a word");
  EXPECT_NONFATAL_FAILURE(ReportParity("", "b", 0.1, 0.5), "not a word");
}

}  // namespace
}  // namespace culturemert
