#include "experiments/records/record_store.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/records/record_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/records/sample_record.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kFolder[] = "/results/records";

std::vector<std::string> Names(Files& files, const std::string& folder) {
  std::vector<std::string> names;
  const auto entries = files.List(folder);
  if (!entries.ok()) return names;
  for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

TEST(RecordStoreTest, WritesARecordWithItsPredictionsBesideIt) {
  MemoryFiles files;
  const auto written =
      WriteRecord(files, kFolder, SampleRecord(), {SamplePredictions()});
  ASSERT_THAT(written, IsOk());
  EXPECT_THAT(written->path,
              MatchesRegex("/results/records/multicultural_cpt-smoke-"
                           "20261122T195019Z-[0-9a-f]{8}.json"));
  ASSERT_THAT(written->record.predictions, SizeIs(5));
  for (const PredictionFile& file : written->record.predictions) {
    const std::string path =
        absl::StrCat(written->predictions_directory, "/", file.path);
    EXPECT_THAT(HashFile(files, path), IsOkAndHolds(file.checksum)) << path;
  }
  const auto truth = ReadTruth(
      files, absl::StrCat(written->predictions_directory, "/lyra/truth.csv"));
  ASSERT_THAT(truth, IsOk());
  EXPECT_EQ(truth->values, SamplePredictions().truth.values);
  const auto scores =
      ReadScores(files, absl::StrCat(written->predictions_directory,
                                     "/lyra/base/scores-seed-0.csv"));
  ASSERT_THAT(scores, IsOk());
  EXPECT_EQ(scores->values, SamplePredictions().scores[0].values);
  EXPECT_THAT(Names(files, kFolder), SizeIs(2)) << "no lock or temporary";
}

TEST(RecordStoreTest, ReadsWhatWasWritten) {
  MemoryFiles files;
  const auto written =
      WriteRecord(files, kFolder, SampleRecord(), {SamplePredictions()});
  ASSERT_THAT(written, IsOk());
  const auto list = ReadRecords(files, kFolder);
  ASSERT_THAT(list, IsOk());
  EXPECT_THAT(list->problems, IsEmpty());
  ASSERT_THAT(list->records, SizeIs(1));
  EXPECT_EQ(list->records[0].path, written->path);
  EXPECT_EQ(list->records[0].predictions_directory,
            written->predictions_directory);
  EXPECT_EQ(FormatRecord(list->records[0].record).value(),
            FormatRecord(written->record).value());
  const auto one = ReadRecord(files, written->path);
  ASSERT_THAT(one, IsOk());
  EXPECT_EQ(one->predictions_directory, written->predictions_directory);
}

TEST(RecordStoreTest, EqualRunsGetNamesOfTheirOwn) {
  MemoryFiles files;
  std::vector<std::string> paths;
  for (int i = 0; i < 3; ++i) {
    const auto written =
        WriteRecord(files, kFolder, SampleRecord(), {SamplePredictions()});
    ASSERT_THAT(written, IsOk());
    paths.push_back(written->path);
  }
  EXPECT_THAT(paths[1], HasSubstr("-2.json"));
  EXPECT_THAT(paths[2], HasSubstr("-3.json"));
  EXPECT_THAT(Names(files, kFolder), SizeIs(6));
  const std::string first = files.Read(paths[0]).value();
  EXPECT_EQ(files.Read(paths[2]).value(), first);
}

TEST(RecordStoreTest, ManyWritersAtOnceLoseNothing) {
  MemoryFiles files;
  constexpr int kWriters = 8;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      EXPECT_THAT(
          WriteRecord(files, kFolder, SampleRecord(), {SamplePredictions()}),
          IsOk());
    });
  }
  for (std::thread& writer : writers) writer.join();
  const auto list = ReadRecords(files, kFolder);
  ASSERT_THAT(list, IsOk());
  EXPECT_THAT(list->records, SizeIs(kWriters));
  EXPECT_THAT(list->problems, IsEmpty());
  for (const StoredRecord& stored : list->records) {
    EXPECT_THAT(Names(files, stored.predictions_directory), SizeIs(1));
  }
}

TEST(RecordStoreTest, EveryFaultLeavesAWholeRecordOrNone) {
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(
        WriteRecord(files, kFolder, SampleRecord(), {SamplePredictions()}),
        IsOk());
  };
  scenario.run = [](Files& files) {
    return WriteRecord(files, kFolder, SampleRecord(), {SamplePredictions()})
        .status();
  };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    auto list = ReadRecords(files, kFolder);
    ASSERT_THAT(list, IsOk());
    EXPECT_THAT(list->problems, IsEmpty());
    EXPECT_GE(list->records.size(), outcome.reported_ok() ? 2u : 1u);
    for (const StoredRecord& stored : list->records) {
      for (const PredictionFile& file : stored.record.predictions) {
        EXPECT_THAT(HashFile(files, absl::StrCat(stored.predictions_directory,
                                                 "/", file.path)),
                    IsOkAndHolds(file.checksum));
      }
    }
    // What a crash left is cleared away, and the next run is written.
    files.Crash(CrashMode::kProcessKilled);
    ASSERT_THAT(RemoveUnfinishedRecords(files, kFolder), IsOk());
    EXPECT_THAT(Names(files, kFolder), SizeIs(2 * list->records.size()));
    const auto next =
        WriteRecord(files, kFolder, SampleRecord(), {SamplePredictions()});
    EXPECT_THAT(next, IsOk());
    const auto after = ReadRecords(files, kFolder);
    ASSERT_THAT(after, IsOk());
    EXPECT_EQ(after->records.size(), list->records.size() + 1);
  };
  EXPECT_GT(ForEachFault(scenario), 100u);
}

TEST(RecordStoreTest, RefusesWhatIsNoNewRecord) {
  MemoryFiles files;
  const auto refuses = [&](const Record& record,
                           const DatasetPredictions& predictions,
                           const char* message) {
    EXPECT_THAT(
        WriteRecord(files, kFolder, record, {predictions}),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  const DatasetPredictions good = SamplePredictions();
  refuses(WithoutTiming(SampleRecord()), good, "timing: is missing");
  Record record = SampleRecord();
  record.conformance = kConformance + 1;
  refuses(record, good, "conformance: found");
  record = SampleRecord();
  record.predictions = {{"lyra", "", std::nullopt, "lyra/truth.csv", {}}};
  refuses(record, good, "predictions: are listed when");
  record = SampleRecord();
  record.title = "\xff";
  refuses(record, good, "title");
  DatasetPredictions predictions = good;
  predictions.dataset = "x";
  refuses(SampleRecord(), predictions, "of a dataset not in the record");
  predictions = good;
  predictions.truth.tags[0] = "other";
  refuses(SampleRecord(), predictions, "\"lyra\": has other tags");
  predictions = good;
  predictions.truth.ids.pop_back();
  refuses(SampleRecord(), predictions, "2 recordings, expected the 3");
  predictions = good;
  predictions.scores[1].values[0] = 2;
  refuses(SampleRecord(), predictions, "\"lyra\": base: recording \"a\"");
  predictions = good;
  predictions.scores[1].seed = 0;
  refuses(SampleRecord(), predictions, "stands twice");
  predictions = good;
  predictions.scores[1].model = "unknown";
  refuses(SampleRecord(), predictions, "not in models");
  EXPECT_THAT(Names(files, "/"), IsEmpty());
}

std::string WithConformance(int conformance) {
  Record record = SampleRecord();
  record.conformance = conformance;
  return FormatRecord(record).value();
}

TEST(RecordStoreTest, NamesEachBadFileAndReadsTheOthers) {
  MemoryFiles files;
  ASSERT_THAT(WriteRecord(files, kFolder, SampleRecord(), {}), IsOk());
  const std::string good = FormatRecord(SampleRecord()).value();
  const auto add = [&](const char* name, const std::string& text) {
    ASSERT_THAT(files.WriteAtomically(absl::StrCat(kFolder, "/", name), text),
                IsOk());
  };
  add("a_cut.json", good.substr(0, 1000));
  add("b_empty.json", "");
  add("c_other_rules.json", WithConformance(kConformance + 1));
  add("d_newer.json", record_internal::Seal("{\"schema_version\":2,\n"));
  add("e_wrong.json", record_internal::Seal("{\"schema_version\":1,\n"));
  add("not a record.txt", "x");
  ASSERT_THAT(files.CreateDirectories(absl::StrCat(kFolder, "/f_folder.json")),
              IsOk());
  add("z_good.json", good);
  const auto list = ReadRecords(files, kFolder);
  ASSERT_THAT(list, IsOk());
  ASSERT_THAT(list->records, SizeIs(2));
  EXPECT_EQ(list->records[1].path, absl::StrCat(kFolder, "/z_good.json"));
  std::vector<RecordProblemKind> kinds;
  for (const RecordProblem& problem : list->problems) {
    kinds.push_back(problem.kind);
    EXPECT_THAT(problem.message, HasSubstr(problem.path));
  }
  EXPECT_THAT(
      kinds,
      ElementsAre(RecordProblemKind::kDamaged, RecordProblemKind::kDamaged,
                  RecordProblemKind::kConformance, RecordProblemKind::kSchema,
                  RecordProblemKind::kDamaged, RecordProblemKind::kUnreadable));
  EXPECT_THAT(list->problems[2].message,
              AllOf(HasSubstr("conformance number 2, this program has 1"),
                    HasSubstr("run the experiment again")));
  EXPECT_THAT(
      ReadRecord(files, absl::StrCat(kFolder, "/c_other_rules.json")),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("number 2")));
}

TEST(RecordStoreTest, OneFailingReadIsOneProblem) {
  MemoryFiles memory;
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(WriteRecord(memory, kFolder, SampleRecord(), {}), IsOk());
  }
  FaultyFiles files(memory);
  files.FailCall(SystemCall::kOpen, 1, Fault::kInputOutputError);
  const auto list = ReadRecords(files, kFolder);
  ASSERT_THAT(list, IsOk());
  EXPECT_THAT(list->records, SizeIs(2));
  ASSERT_THAT(list->problems, SizeIs(1));
  EXPECT_EQ(list->problems[0].kind, RecordProblemKind::kUnreadable);
}

TEST(RecordStoreTest, AMissingFolderIsAnError) {
  MemoryFiles files;
  EXPECT_THAT(ReadRecords(files, kFolder),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(kFolder)));
}

TEST(RecordStoreTest, LeavesTheFilesOfLivingWritersAlone) {
  MemoryFiles files;
  const std::string stem = absl::StrCat(kFolder, "/a-mini-x-0");
  ASSERT_THAT(files.CreateDirectories(stem + ".predictions"), IsOk());
  const auto lock = files.Lock(stem + ".lock");
  ASSERT_THAT(lock, IsOk());
  EXPECT_THAT(RemoveUnfinishedRecords(files, kFolder), IsOkAndHolds(0));
  EXPECT_THAT(Names(files, kFolder),
              ElementsAre("a-mini-x-0.lock", "a-mini-x-0.predictions"));
}

}  // namespace
}  // namespace culturemert
