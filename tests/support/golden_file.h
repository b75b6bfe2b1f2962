// Files in the tree with what a program writes, byte for byte:
//
//   EXPECT_TRUE(IsGolden(text, "tests/room/golden/table.txt"));
//
// After a change that is meant, the test writes them anew; look at what git
// says of them:
//
//   tools/bazel run //tests/room:table_test -- --update_golden
//
// Such a test depends on //tests/support:golden_main, which has main().

#ifndef CULTUREMERT_TESTS_SUPPORT_GOLDEN_FILE_H_
#define CULTUREMERT_TESTS_SUPPORT_GOLDEN_FILE_H_

#include <string>

#include "gtest/gtest.h"

namespace culturemert {

// Whether `text` is the content of the file at `path`, relative to the
// workspace; a failure shows the first line that differs. With --update_golden,
// whether the file could be written.
testing::AssertionResult IsGolden(const std::string& text,
                                  const std::string& path);

// The content of the file at `path`, relative to the workspace. A failure of
// the test, and empty, if there is none.
std::string ReadGolden(const std::string& path);

namespace golden_internal {

void set_update(bool update);

// "line N is ..., expected ..." for the first line that differs; empty if none
// does.
std::string FirstDifference(const std::string& text, const std::string& golden);

}  // namespace golden_internal
}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_SUPPORT_GOLDEN_FILE_H_
