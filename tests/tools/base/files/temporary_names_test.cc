#include "tools/base/files/temporary_names.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"

namespace culturemert {
namespace {

const ProcessIdentity kWriter = {"host", "boot", "pid:[1]", 77, 123456};

TEST(TemporaryNamesTest, ATemporarysNameIsRecognised) {
  EXPECT_TRUE(IsTemporaryName(TemporaryName("record.json", kWriter, 0)));
  EXPECT_TRUE(IsTemporaryName(TemporaryName(".a.b.tmp", kWriter, 12)));
  EXPECT_TRUE(IsTemporaryName(TemporaryName("", {}, 0)));
}

TEST(TemporaryNamesTest, NamesDifferByWriterAndNumber) {
  const std::string name = TemporaryName("a", kWriter, 1);
  EXPECT_EQ(name, TemporaryName("a", kWriter, 1));
  EXPECT_NE(name, TemporaryName("a", kWriter, 2));
  ProcessIdentity other = kWriter;
  other.host = "other";
  EXPECT_NE(name, TemporaryName("a", other, 1));
  other = kWriter;
  other.start_ticks = 1;
  EXPECT_NE(name, TemporaryName("a", other, 1));
}

TEST(TemporaryNamesTest, TheLongestNameFitsAFileSystem) {
  const ProcessIdentity longest = {std::string(255, 'h'), std::string(64, 'b'),
                                   std::string(64, 'n'), 9223372036854775807,
                                   18446744073709551615u};
  const std::string name =
      TemporaryName(std::string(255, 'x'), longest, 18446744073709551615u);
  EXPECT_LE(name.size(), 255u);
  EXPECT_TRUE(IsTemporaryName(name));
}

TEST(TemporaryNamesTest, OtherNamesAreNotTakenForTemporaries) {
  const std::string good = TemporaryName("a", kWriter, 1);
  for (const std::string& name :
       {std::string(), std::string(".tmp"), std::string("..tmp"),
        std::string("a.tmp"), std::string(".a.1-2-3-4-5.tmp"), good + "x",
        good.substr(1), "x" + good, good.substr(0, good.size() - 5) + ".tmp",
        good.substr(0, good.size() - 5) + "-1.tmp",
        good.substr(0, good.size() - 5) + "+1.tmp",
        good.substr(0, good.size() - 5) + "01.tmp"}) {
    EXPECT_FALSE(IsTemporaryName(name)) << name;
  }
}

TEST(TemporaryNamesTest, ATemporaryIsStaleWhenItsWriterIsDeadForCertain) {
  MemoryFiles files;
  SystemCalls& calls = files.system_calls();
  const ProcessIdentity self = calls.ThisProcess();
  const auto is_stale = [&](const ProcessIdentity& writer) {
    return IsStaleTemporaryName(calls, TemporaryName("a", writer, 1));
  };
  EXPECT_FALSE(is_stale(self));
  ProcessIdentity ended = self;
  ended.pid += 1;
  EXPECT_TRUE(is_stale(ended));
  ProcessIdentity before_recycling = self;
  before_recycling.start_ticks += 1;
  EXPECT_TRUE(is_stale(before_recycling));
  ProcessIdentity before_boot = self;
  before_boot.boot = "another";
  EXPECT_TRUE(is_stale(before_boot));
  ProcessIdentity elsewhere = ended;
  elsewhere.host = "elsewhere";
  EXPECT_FALSE(is_stale(elsewhere));
  ProcessIdentity container = ended;
  container.pid_namespace = "pid:[2]";
  EXPECT_FALSE(is_stale(container));
  EXPECT_FALSE(IsStaleTemporaryName(calls, "a.tmp"));
}

}  // namespace
}  // namespace culturemert
