#include "datasets/catalog/data_check.h"

#include <string>

#include "absl/status/status.h"
#include "datasets/catalog/data_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/datasets/catalog/data_root.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

absl::StatusOr<double> TenSeconds(Files&, const std::string& path) {
  if (path == "/data/ours/c.flac") {
    return absl::DataLossError("truncated: 1 of 2 frames");
  }
  return 10;
}

TEST(DataCheckTest, LooksAtAllDatasetsAndFolders) {
  MemoryFiles files;
  WriteEverything(files);
  const absl::StatusOr<DataFindings> findings = CheckData(files, kDataRoot);
  ASSERT_THAT(findings, IsOk());
  std::string names;
  for (const DatasetFindings& dataset : findings->datasets) {
    names += dataset.name + " ";
    EXPECT_EQ(dataset.state, DataState::kComplete) << dataset.problem;
  }
  EXPECT_EQ(names,
            "carnatic fma_medium hindustani lyra mtat music4all turkish_makam "
            "ours ");
  EXPECT_EQ(CountDamaged(*findings), 0u);
}

TEST(DataCheckTest, CountsFilesHoursAndTags) {
  MemoryFiles files;
  WriteEverything(files);
  const absl::StatusOr<DataFindings> findings =
      CheckData(files, kDataRoot, "hindustani");
  ASSERT_THAT(findings, IsOk());
  ASSERT_THAT(findings->datasets, SizeIs(1));
  const DatasetFindings& found = findings->datasets[0];
  EXPECT_EQ(found.listed_files, 4u);
  EXPECT_EQ(found.found_files, 4u);
  EXPECT_EQ(found.found_seconds, 2400);
  EXPECT_EQ(found.unknown_durations, 0u);
  EXPECT_EQ(found.tags_as_published, false);
  EXPECT_THAT(found.tags, testing::Contains(Pair("raga--Todi", 1)));
}

TEST(DataCheckTest, ReadsOnlyDurationsThatTheMetadataDoNotTell) {
  MemoryFiles files;
  WriteEverything(files);
  const auto check = [&files](const char* name) {
    return CheckData(files, kDataRoot, name, &TenSeconds)->datasets[0];
  };
  EXPECT_EQ(check("turkish_makam").found_seconds, 40);
  EXPECT_EQ(check("hindustani").found_seconds, 2400);
  const DatasetFindings ours = check("ours");
  EXPECT_EQ(ours.state, DataState::kIncomplete);
  ASSERT_THAT(ours.broken_files, SizeIs(1));
  EXPECT_EQ(ours.broken_files[0].path, "c.flac");
  EXPECT_EQ(ours.broken_files[0].reason, "truncated: 1 of 2 frames");
}

TEST(DataCheckTest, NeedsADataRootAndAKnownName) {
  MemoryFiles files;
  EXPECT_THAT(CheckData(files, "/nowhere"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere")));
  EXPECT_THAT(CheckData(files, "/", "lyr"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("did you mean \"lyra\"?")));
}

TEST(DataReportTest, PrintsWhatIsThereMissingAndBroken) {
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories(kDataRoot), IsOk());
  WriteData(files, "ours/labels.csv",
            "path,culture,tags,recording,split,duration_s\n"
            "a.wav,thrace,dance:7/8;instr:gaida,a,train,1800\n"
            "b.wav,thrace,instr:gaida,b,train,5400\n"
            "c.wav,thrace,,c,test,\n");
  WriteData(files, "ours/a.wav", "audio");
  WriteData(files, "ours/c.wav", "");
  WriteData(files, "worse/labels.csv", "path\n");
  WriteData(files, "lyra/split/training.tsv", "id\n");
  const absl::StatusOr<DataFindings> all = CheckData(files, kDataRoot);
  ASSERT_THAT(all, IsOk());
  DataFindings some = {"/da\x1bta", {}};
  for (const DatasetFindings& dataset : all->datasets) {
    if (dataset.name == "ours" || dataset.name == "worse" ||
        dataset.name == "music4all") {
      some.datasets.push_back(dataset);
    }
  }
  EXPECT_EQ(CountDamaged(some), 2u);
  EXPECT_EQ(FormatDataFindings(some), R"(data root /da\x1bta

data set   state        files  hours  train  valid  test  tags  missing  broken
music4all  absent           -      -      -      -     -     -        -       -
ours       INCOMPLETE  2 of 3   0.50      2      0     1     2        1       1
worse      UNREADABLE       -      -      -      -     -     -        -       -

music4all: Music4All
  problem     music4all: cannot map /data/music4all/id_genres.csv: No such file
              or directory
  how to get Music4All: ask with the form at https://sites.google.com/view/contact4music4all
  licence: for academic research, given on request; not to be passed on
  expected below music4all/ of the data root:
    id_genres.csv  # separated by tabs, with the column id
    audios/<id>.mp3 ...  # 109 269 clips

ours: ours
  splits      2 train, 0 valid, 1 test
  tags        2, with training recordings:
              instr:gaida 2, dance:7/8 1
  hours       2.00 h listed, 0.50 h found, 1 file of unknown duration
  missing     b.wav
  broken      c.wav: empty
  do          bring the missing files:
  how to get ours: from whoever made it; datasets/catalog/README.md says how one is made
  licence: as whoever made the folder says
  expected below ours/ of the data root:
    labels.csv  # path,culture,tags,recording[,split][,duration_s]
    ...  # the audio files it names
  do          fetch the broken files again

worse: worse
  problem     worse: /data/worse/labels.csv:1:1: no column "culture"; expected
              path, culture, tags, recording and perhaps split and duration_s
  do          correct the file, or fetch it again from where the data set comes
              from
)");
}

TEST(DataReportTest, ComparesWithWhatIsPublished) {
  DatasetFindings good;
  good.name = good.title = "good";
  good.state = DataState::kComplete;
  good.splits = {3, 2, 1};
  good.published_splits = SplitCounts{3, 2, 1};
  good.tags = {{"ney", 2}};
  good.tags_as_published = true;
  DatasetFindings other = good;
  other.name = other.title = "other";
  other.published_splits = SplitCounts{4, 2, 1};
  other.tags_as_published = false;
  DatasetFindings untagged = good;
  untagged.name = untagged.title = "untagged";
  untagged.tags.clear();
  untagged.tags_as_published = false;
  const std::string text =
      FormatDataFindings({"/data", {good, other, untagged}});
  EXPECT_THAT(text, HasSubstr("good: good\n"
                              "  splits      3 train, 2 valid, 1 test (as "
                              "published)\n"
                              "  tags        1 (as published), with training "
                              "recordings:\n"
                              "              ney 2\n"));
  EXPECT_THAT(text, HasSubstr("3 train, 2 valid, 1 test (published: 4 train, 2 "
                              "valid, 1 test)\n"
                              "  tags        1 (other than published), with "));
  EXPECT_THAT(text, HasSubstr("  tags        none: the metadata that tell them "
                              "are missing\n"));
}

TEST(DataReportTest, EndsListsOfFilesAfterTen) {
  DatasetFindings dataset;
  dataset.name = dataset.title = "x";
  dataset.state = DataState::kIncomplete;
  for (int i = 0; i < 12; ++i) {
    dataset.missing_files.push_back("file " + std::to_string(i));
  }
  const std::string text = FormatDataFindings({"/data", {dataset}});
  EXPECT_THAT(text, HasSubstr("              file 9\n"
                              "              and 2 more\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("file 10")));
}

}  // namespace
}  // namespace culturemert
