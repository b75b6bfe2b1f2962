#include "tools/base/files/paths.h"

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

// Sets or, with null, removes a variable of the environment until destroyed.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) {
    const char* old = std::getenv(name);
    had_ = old != nullptr;
    if (had_) old_ = old;
    Set(value);
  }
  ~ScopedVariable() { Set(had_ ? old_.c_str() : nullptr); }

 private:
  void Set(const char* value) {
    if (value == nullptr) {
      unsetenv(name_);
    } else {
      setenv(name_, value, 1);
    }
  }

  const char* const name_;
  bool had_ = false;
  std::string old_;
};

// All strings of up to `length` of the alphabet's characters.
void ForEachText(const std::string& alphabet, int length,
                 const std::function<void(const std::string&)>& visit,
                 const std::string& start = "") {
  visit(start);
  if (length == 0) return;
  for (const char c : alphabet) {
    ForEachText(alphabet, length - 1, visit, start + c);
  }
}

TEST(PathsTest, JoinPathPutsOneSlashBetweenParts) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("a//", "//b"), "a/b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
  EXPECT_EQ(JoinPath("a", "b", "c", "d"), "a/b/c/d");
  EXPECT_EQ(JoinPath("a", "b/"), "a/b/");
}

TEST(PathsTest, JoinPathLeavesEmptyPartsOut) {
  EXPECT_EQ(JoinPath("", ""), "");
  EXPECT_EQ(JoinPath("", "/b"), "/b");
  EXPECT_EQ(JoinPath("a", ""), "a");
  EXPECT_EQ(JoinPath("a", "", "b"), "a/b");
}

TEST(PathsTest, JoinPathNeverLeavesTheFirstPartForAnAbsoluteSecond) {
  EXPECT_EQ(JoinPath("a", "/etc/passwd"), "a/etc/passwd");
}

TEST(PathsTest, DirnameAndBasenameSplitAtTheLastSlash) {
  EXPECT_EQ(Dirname("a/b"), "a");
  EXPECT_EQ(Dirname("a"), ".");
  EXPECT_EQ(Dirname("/a"), "/");
  EXPECT_EQ(Dirname("//a"), "/");
  EXPECT_EQ(Dirname("a//b"), "a");
  EXPECT_EQ(Dirname("a/b/"), "a/b");
  EXPECT_EQ(Dirname("/"), "/");
  EXPECT_EQ(Dirname(""), ".");
  EXPECT_EQ(Basename("a/b"), "b");
  EXPECT_EQ(Basename("a"), "a");
  EXPECT_EQ(Basename("a/"), "");
}

TEST(PathsTest, AUsersRelativePathStartsWhereBazelRunWasTyped) {
  const ScopedVariable directory("BUILD_WORKING_DIRECTORY", "/home/ana/music");
  EXPECT_EQ(ResolveUserPath("results"), "/home/ana/music/results");
  EXPECT_EQ(ResolveUserPath("../x"), "/home/ana/music/../x");
  EXPECT_EQ(ResolveUserPath("/tmp/x"), "/tmp/x");
  EXPECT_EQ(ResolveUserPath(""), "");
}

TEST(PathsTest, AUsersRelativePathStaysWithoutBazelRun) {
  const ScopedVariable directory("BUILD_WORKING_DIRECTORY", nullptr);
  EXPECT_EQ(ResolveUserPath("results"), "results");
}

TEST(PathsTest, ATildeIsTheUsersHome) {
  const ScopedVariable directory("BUILD_WORKING_DIRECTORY", "/w");
  const ScopedVariable home("HOME", "/home/ana");
  EXPECT_EQ(ResolveUserPath("~"), "/home/ana");
  EXPECT_EQ(ResolveUserPath("~/music"), "/home/ana/music");
  EXPECT_EQ(ResolveUserPath("~bob/music"), "/w/~bob/music");
  EXPECT_EQ(ResolveUserPath("a/~"), "/w/a/~");
}

TEST(PathsTest, ATildeIsANameWithoutAHome) {
  const ScopedVariable directory("BUILD_WORKING_DIRECTORY", nullptr);
  const ScopedVariable home("HOME", nullptr);
  EXPECT_EQ(ResolveUserPath("~/music"), "~/music");
}

TEST(PathsTest, CleanPathTakesAwayWhatLeadsNowhere) {
  EXPECT_EQ(CleanPath("a/./b//../c/"), "a/c");
  EXPECT_EQ(CleanPath(""), ".");
  EXPECT_EQ(CleanPath("a/.."), ".");
  EXPECT_EQ(CleanPath("/.."), "/");
  EXPECT_EQ(CleanPath("/../a"), "/a");
  EXPECT_EQ(CleanPath("../a"), "../a");
  EXPECT_EQ(CleanPath("a/../../b"), "../b");
  EXPECT_EQ(CleanPath("..."), "...");
}

TEST(PathsTest, IsInsideSeesThroughDotsAndLikeNames) {
  EXPECT_TRUE(IsInside("/data", "/data/a"));
  EXPECT_TRUE(IsInside("/data/", "/data/x/../a"));
  EXPECT_TRUE(IsInside("/", "/a"));
  EXPECT_TRUE(IsInside(".", "a"));
  EXPECT_TRUE(IsInside("..", "../a"));
  EXPECT_TRUE(IsInside("a/b", "./a/b/c"));
  EXPECT_FALSE(IsInside("/data", "/data"));
  EXPECT_FALSE(IsInside("/data", "/data/.."));
  EXPECT_FALSE(IsInside("/data", "/data/../etc"));
  EXPECT_FALSE(IsInside("/data", "/database"));
  EXPECT_FALSE(IsInside("/data", "data/a"));
  EXPECT_FALSE(IsInside("data", "/data/a"));
  EXPECT_FALSE(IsInside(".", "/a"));
  EXPECT_FALSE(IsInside(".", ".."));
  EXPECT_FALSE(IsInside(".", "../a"));
  EXPECT_FALSE(IsInside("..", "../.."));
  EXPECT_FALSE(IsInside("..", "../../a"));
  EXPECT_FALSE(IsInside("/data", std::string("/data/a\0b", 9)));
  EXPECT_FALSE(IsInside(std::string("/data\0", 6), "/data/a"));
}

TEST(PathsTest, WhatJoinInsideTakesIsInsideAndWhatItRefusesHasAReason) {
  int taken = 0;
  ForEachText("./a", 6, [&](const std::string& relative) {
    const absl::StatusOr<std::string> joined = JoinInside("root", relative);
    if (joined.ok()) {
      ++taken;
      EXPECT_TRUE(IsInside("root", *joined)) << relative;
      EXPECT_EQ(*joined, "root/" + relative);
    } else {
      // Refused: leads out, or could in the presence of symbolic links.
      EXPECT_TRUE(relative.empty() || relative[0] == '/' ||
                  relative.find("..") != std::string::npos ||
                  !IsInside("root", "root/" + relative))
          << relative;
    }
  });
  EXPECT_GT(taken, 100);
}

TEST(PathsTest, JoinInsideSaysWhyItRefuses) {
  const auto refused = [](const std::string& relative, const char* reason) {
    EXPECT_THAT(
        JoinInside("shards", relative),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(reason)));
  };
  refused("", "is empty");
  refused("/etc/passwd", "\"/etc/passwd\" is absolute");
  refused("a/../../b", "has a part \"..\"");
  refused(std::string("a\0b", 3), "\\x00\\x62\" holds a NUL byte");
  refused("./.", "names the directory itself");
  EXPECT_THAT(JoinInside("shards", "..a/b.."), IsOkAndHolds("shards/..a/b.."));
}

}  // namespace
}  // namespace culturemert
