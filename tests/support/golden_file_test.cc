#include "tests/support/golden_file.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

TEST(FirstDifferenceTest, IsNoneBetweenEqualTexts) {
  for (const char* text : {"", "a", "a\n", "\n\n"}) {
    EXPECT_EQ(golden_internal::FirstDifference(text, text), "");
  }
}

TEST(FirstDifferenceTest, ShowsTheWholeLineOfBoth) {
  EXPECT_EQ(golden_internal::FirstDifference("one\ntwo\nthree\n",
                                             "one\ntwenty\nthree\n"),
            "line 2 is\n  \"two\\n\"\nexpected\n  \"twenty\\n\"");
  EXPECT_EQ(golden_internal::FirstDifference("x", "y\n"),
            "line 1 is\n  \"x\"\nexpected\n  \"y\\n\"");
}

TEST(FirstDifferenceTest, ShowsWhichTextEndsFirst) {
  EXPECT_EQ(golden_internal::FirstDifference("one\n", "one\ntwo\n"),
            "line 2 is\n  the end\nexpected\n  \"two\\n\"");
  EXPECT_EQ(golden_internal::FirstDifference("one\n", "one"),
            "line 1 is\n  \"one\\n\"\nexpected\n  \"one\"");
  EXPECT_EQ(golden_internal::FirstDifference("a", ""),
            "line 1 is\n  \"a\"\nexpected\n  the end");
}

class IsGoldenTest : public testing::Test {
 protected:
  ~IsGoldenTest() override {
    golden_internal::set_update(false);
    unsetenv("BUILD_WORKSPACE_DIRECTORY");
  }

  const std::string path_ = absl::StrCat(testing::TempDir(), "golden.txt");
};

TEST_F(IsGoldenTest, NamesAFileThatIsNotThere) {
  const testing::AssertionResult result = IsGolden("a", "no/such/file");
  EXPECT_FALSE(result);
  EXPECT_THAT(result.message(), HasSubstr("no golden file no/such/file"));
}

TEST_F(IsGoldenTest, SaysWhatDiffersAndWhatToDo) {
  std::ofstream(path_) << "one\n";
  EXPECT_TRUE(IsGolden("one\n", path_));
  const testing::AssertionResult result = IsGolden("two\n", path_);
  EXPECT_FALSE(result);
  EXPECT_THAT(result.message(), HasSubstr(path_));
  EXPECT_THAT(result.message(), HasSubstr("line 1"));
  EXPECT_THAT(result.message(), HasSubstr("--update_golden"));
}

TEST_F(IsGoldenTest, WritesTheWorkspacesFileWhenAsked) {
  golden_internal::set_update(true);
  EXPECT_FALSE(IsGolden("new\n", "golden.txt")) << "no workspace";
  setenv("BUILD_WORKSPACE_DIRECTORY", testing::TempDir().c_str(), 1);
  EXPECT_FALSE(IsGolden("new\n", "no/such/folder/golden.txt"));
  EXPECT_TRUE(IsGolden("new\n", "golden.txt"));
  EXPECT_EQ(ReadGolden(path_), "new\n");
}

}  // namespace
}  // namespace culturemert
