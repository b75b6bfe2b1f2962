#include "experiments/records/build_information.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"

namespace culturemert {
namespace {

using ::testing::MatchesRegex;

TEST(BuildInformationTest, ReadsTheCommitFromTheStatusOfTheWorkspace) {
  const CodeVersion version = record_internal::ParseBuildStatus(
      "BUILD_HOST x\nSTABLE_CULTUREMERT_COMMIT 0123abcd\n"
      "STABLE_CULTUREMERT_DIRTY 1\n");
  EXPECT_EQ(version.commit, "0123abcd");
  EXPECT_TRUE(version.dirty);
  EXPECT_FALSE(
      record_internal::ParseBuildStatus("STABLE_CULTUREMERT_DIRTY 0").dirty);
  EXPECT_EQ(record_internal::ParseBuildStatus("").commit, "unknown");
}

TEST(BuildInformationTest, ThisBuildHasACommitOrSaysThatItIsUnknown) {
  EXPECT_THAT(BuiltFrom().commit, MatchesRegex("[0-9a-f]+|unknown"));
}

TEST(BuildInformationTest, NamesTheCompiler) {
  EXPECT_THAT(CompilerName(), MatchesRegex("(g\\+\\+|clang) .*C\\+\\+17, .*"));
}

TEST(BuildInformationTest, FindsTheProcessorAmongItsFacts) {
  EXPECT_EQ(record_internal::CpuModel("processor\t: 0\nmodel name\t: A: CPU\n"
                                      "model name\t: B\n"),
            "A: CPU");
  EXPECT_EQ(record_internal::CpuModel("a line without a colon\n"), "unknown");
}

TEST(BuildInformationTest, DescribesThisMachine) {
  MemoryFiles files;
  const RecordEnvironment environment = ThisEnvironment(files);
  EXPECT_EQ(environment.cpu_model, "unknown");
  EXPECT_GT(environment.memory_bytes, 0u);
  EXPECT_EQ(environment.compiler, CompilerName());
}

}  // namespace
}  // namespace culturemert
