#include "reports/output_folder.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kFolder[] = "/results/tables";

std::string PathOf(const std::string& name) { return JoinPath(kFolder, name); }

// A report that has `names` of one part.
absl::Status Report(Files& files, const std::string& part,
                    const std::vector<std::string>& names,
                    std::vector<std::string>* warnings = nullptr) {
  ASSIGN_OR_RETURN(OutputFolder folder, OutputFolder::Open(files, kFolder));
  folder.BeginPart(part);
  for (const std::string& name : names) {
    RETURN_IF_ERROR(folder.Write(part, name, absl::StrCat("text of ", name)));
  }
  RETURN_IF_ERROR(folder.Finish());
  if (warnings != nullptr) *warnings = folder.warnings();
  return absl::OkStatus();
}

std::vector<std::string> NamesIn(Files& files, const std::string& folder) {
  std::vector<std::string> names;
  const auto entries = files.List(folder);
  if (!entries.ok()) return names;
  for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

TEST(OutputFolderTest, RemovesWhatAnEarlierReportWroteAndThisOneDoesNotHave) {
  MemoryFiles files;
  ASSERT_THAT(Report(files, "site", {"index.html", "plots/a.svg"}), IsOk());
  ASSERT_THAT(Report(files, "site", {"index.html", "plots/b.svg"}), IsOk());
  EXPECT_THAT(NamesIn(files, PathOf("plots")), ElementsAre("b.svg"));
  EXPECT_THAT(files.Read(PathOf("index.html")),
              IsOkAndHolds("text of index.html"));
}

TEST(OutputFolderTest, LeavesFilesThatItDidNotWrite) {
  MemoryFiles files;
  ASSERT_THAT(Report(files, "site", {"plots/a.svg"}), IsOk());
  ASSERT_THAT(files.WriteAtomically(PathOf("plots/mine.svg"), "mine"), IsOk());
  ASSERT_THAT(Report(files, "site", {}), IsOk());
  EXPECT_THAT(NamesIn(files, PathOf("plots")), ElementsAre("mine.svg"));
}

TEST(OutputFolderTest, LeavesWrittenFilesThatWereChangedSinceAndSaysSo) {
  MemoryFiles files;
  ASSERT_THAT(Report(files, "site", {"plots/a.svg"}), IsOk());
  ASSERT_THAT(files.WriteAtomically(PathOf("plots/a.svg"), "better"), IsOk());
  std::vector<std::string> warnings;
  ASSERT_THAT(Report(files, "site", {}, &warnings), IsOk());
  EXPECT_THAT(files.Read(PathOf("plots/a.svg")), IsOkAndHolds("better"));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("plots/a.svg")));
  ASSERT_THAT(Report(files, "site", {}, &warnings), IsOk());
  EXPECT_THAT(warnings, IsEmpty()) << "it is the user's from now on";
}

TEST(OutputFolderTest, LeavesADirectoryThatTookTheFilesPlace) {
  MemoryFiles files;
  ASSERT_THAT(Report(files, "site", {"plots/a.svg"}), IsOk());
  ASSERT_THAT(files.Remove(PathOf("plots/a.svg")), IsOk());
  ASSERT_THAT(files.CreateDirectories(PathOf("plots/a.svg")), IsOk());
  std::vector<std::string> warnings;
  ASSERT_THAT(Report(files, "site", {}, &warnings), IsOk());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("plots/a.svg")));
}

TEST(OutputFolderTest, FilesThatAreGoneAlreadyAreNoError) {
  MemoryFiles files;
  ASSERT_THAT(Report(files, "site", {"a"}), IsOk());
  ASSERT_THAT(files.Remove(PathOf("a")), IsOk());
  std::vector<std::string> warnings;
  EXPECT_THAT(Report(files, "site", {}, &warnings), IsOk());
  EXPECT_THAT(warnings, IsEmpty());
}

TEST(OutputFolderTest, LeavesPartsThatThisReportDoesNotHave) {
  MemoryFiles files;
  ASSERT_THAT(Report(files, "tables.csv", {"csv/a.csv"}), IsOk());
  ASSERT_THAT(Report(files, "site", {"index.html"}), IsOk());
  EXPECT_THAT(NamesIn(files, PathOf("csv")), ElementsAre("a.csv"));
  ASSERT_THAT(Report(files, "tables.csv", {}), IsOk());
  EXPECT_THAT(NamesIn(files, PathOf("csv")), IsEmpty()) << "still listed";
}

TEST(OutputFolderTest, WritesNothingWhereNoPartHasBegun) {
  MemoryFiles files;
  auto folder = OutputFolder::Open(files, kFolder);
  ASSERT_THAT(folder, IsOk());
  EXPECT_THAT(folder->Finish(), IsOk());
  EXPECT_THAT(files.Info(kFolder), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST(OutputFolderTest, RemovesNothingByAListThatIsDamagedOrLeadsOutside) {
  const std::string hash = HashBytes("text of a").ToHex();
  const auto list = [&](const std::string& path) {
    return absl::StrCat(R"({"version":1,"files":[{"part":"site","path":")",
                        path, R"(","xxh3":")", hash, "\"}]}");
  };
  for (const std::string& text :
       {std::string("{"), std::string("[]"),
        std::string(R"({"version":2,"files":[]})"),
        std::string(R"({"version":1,"files":[{"path":"a"}]})"), list("../a"),
        list("/results/a"), list("plots/../../a"), list("written_files.json"),
        list("")}) {
    SCOPED_TRACE(text);
    MemoryFiles files;
    ASSERT_THAT(files.CreateDirectories(kFolder), IsOk());
    for (const char* path : {"/results/a", "/results/tables/a"}) {
      ASSERT_THAT(files.WriteAtomically(path, "text of a"), IsOk());
    }
    ASSERT_THAT(files.WriteAtomically(PathOf("written_files.json"), text),
                IsOk());
    std::vector<std::string> warnings;
    ASSERT_THAT(Report(files, "site", {"b"}, &warnings), IsOk());
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("written_files.json")));
    EXPECT_THAT(files.Read("/results/a"), IsOkAndHolds("text of a"));
    EXPECT_THAT(NamesIn(files, kFolder),
                UnorderedElementsAre("a", "b", "written_files.json"));
    // The list is whole again.
    ASSERT_THAT(Report(files, "site", {}, &warnings), IsOk());
    EXPECT_THAT(warnings, IsEmpty());
    EXPECT_THAT(NamesIn(files, kFolder),
                UnorderedElementsAre("a", "written_files.json"));
  }
}

TEST(OutputFolderTest, RefusesNamesThatLeadOutside) {
  MemoryFiles files;
  auto folder = OutputFolder::Open(files, kFolder);
  ASSERT_THAT(folder, IsOk());
  EXPECT_THAT(folder->Write("site", "../a", "text"),
              StatusIs(absl::StatusCode::kInvalidArgument, _));
}

TEST(OutputFolderTest, NoFaultTakesAUsersFileOrHalvesAWrittenOne) {
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(Report(files, "site", {"index.html", "plots/a.svg"}), IsOk());
    ASSERT_THAT(files.WriteAtomically(PathOf("plots/mine"), "mine"), IsOk());
  };
  scenario.run = [](Files& files) {
    return Report(files, "site", {"index.html", "plots/b.svg"});
  };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    EXPECT_THAT(files.Read(PathOf("plots/mine")), IsOkAndHolds("mine"));
    EXPECT_THAT(files.Read(PathOf("index.html")),
                IsOkAndHolds("text of index.html"));
    if (!outcome.reported_ok()) return;
    EXPECT_THAT(files.Read(PathOf("plots/b.svg")),
                IsOkAndHolds("text of plots/b.svg"));
    EXPECT_THAT(files.Info(PathOf("plots/a.svg")),
                StatusIs(absl::StatusCode::kNotFound, _));
  };
  EXPECT_GT(ForEachFault(scenario), 20u);
}

}  // namespace
}  // namespace culturemert
