#include "tests/parity/parity_report.h"

#include <cstdio>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

bool IsWord(absl::string_view text) {
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && c != '_' && c != '.' && c != '-') {
      return false;
    }
  }
  return !text.empty();
}

}  // namespace

void ReportParity(absl::string_view part, absl::string_view quantity,
                  double value, double bar) {
  EXPECT_TRUE(IsWord(part) && IsWord(quantity))
      << "not a word: '" << part << "' or '" << quantity << "'";
  absl::PrintF("PARITY %s %s %.4g %.4g\n", part, quantity, value, bar);
  std::fflush(stdout);
  testing::Test::RecordProperty(std::string(quantity),
                                absl::StrFormat("%.17g", value));
  EXPECT_LE(value, bar) << "parity of " << part << ": " << quantity;
}

}  // namespace culturemert
