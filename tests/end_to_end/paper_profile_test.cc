// The profile "paper" as a user starts it: the data sets in their official
// layouts, EnCodec, MERT-v1-95M. Weights are random and audio is made up; short
// segments and few updates are all that is set otherwise.

#include <sys/resource.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/facts.h"
#include "experiments/artifacts/manifest.h"
#include "experiments/metrics/metric.h"
#include "experiments/records/record.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/end_to_end/paper_data.h"
#include "tests/end_to_end/paper_weights.h"
#include "tests/end_to_end/suite_process.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kExperiment[] = "multicultural_cpt";
constexpr std::size_t kRows = 6;
constexpr std::size_t kEncoders = 4;  // random, base, western_control, CPT
constexpr std::size_t kDatasets = 6;
constexpr std::size_t kSeeds = 5;
constexpr std::int64_t kMostBytes = std::int64_t{6} << 30;

std::string Place(absl::string_view name) {
  return JoinPath(testing::TempDir(), name);
}

SuiteRun RunOf(absl::string_view name, std::vector<std::string> flags) {
  return {kExperiment, Place(name), 2, std::move(flags), "paper"};
}

// What a user gives, and what keeps the run short.
std::vector<std::string> FlagsWith(absl::string_view weights) {
  return {absl::StrCat("--data_root=", Place("data")),
          absl::StrCat("--weights=", Place(weights)),
          absl::StrCat("--set=base.tokenizer=", Place("encodec_24khz")),
          "--set=pretraining.segment_seconds=1",
          "--set=pretraining.batch_seconds=2",
          "--set=pretraining.micro_batch_segments=2",
          "--set=pretraining.stages.0.updates=1",
          "--set=pretraining.stages.1.updates=1"};
}

std::string LogOf(const SuiteRun& run) {
  return Files::Real().Read(SuiteLogPath(run)).value_or("");
}

// What the artifacts of an action report of themselves.
absl::StatusOr<std::vector<nlohmann::json>> FactsOf(const SuiteRun& run,
                                                    absl::string_view action) {
  const std::string folder = JoinPath(run.output, "artifacts", action);
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   Files::Real().List(folder));
  std::vector<nlohmann::json> facts;
  for (const DirectoryEntry& entry : entries) {
    const std::string path = JoinPath(folder, entry.name, kManifestName);
    const absl::StatusOr<std::string> text = Files::Real().Read(path);
    if (absl::IsNotFound(text.status())) continue;
    RETURN_IF_ERROR(text.status());
    ASSIGN_OR_RETURN(const ArtifactManifest manifest,
                     ParseManifest(*text, path));
    facts.push_back(manifest.facts);
  }
  return facts;
}

class PaperProfileTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Files& files = Files::Real();
    ASSERT_THAT(WritePaperData(files, Place("data")), IsOk());
    ASSERT_THAT(WriteRandomEncodec24kHz(files, Place("encodec_24khz")), IsOk());
    ASSERT_THAT(WriteRandomMert95M(files, Place("mert"), /*has_heads=*/true),
                IsOk());
    run_ = new SuiteRun(RunOf("paper", FlagsWith("mert")));
    ASSERT_EQ(RunSuite(*run_), 0) << LogOf(*run_);
    const auto records = RecordsOf(run_->output);
    ASSERT_THAT(records, IsOk());
    ASSERT_THAT(*records, SizeIs(1));
    record_ = new Record(records->at(kExperiment));
  }
  static void TearDownTestSuite() {
    delete record_;
    delete run_;
  }

  void SetUp() override { ASSERT_NE(record_, nullptr); }

  static SuiteRun* run_;
  static Record* record_;
};

SuiteRun* PaperProfileTest::run_ = nullptr;
Record* PaperProfileTest::record_ = nullptr;

TEST_F(PaperProfileTest, TheRecordIsOneOfRecordings) {
  EXPECT_EQ(record_->profile, "paper");
  EXPECT_EQ(record_->data, DataKind::kReal);
  EXPECT_THAT(record_->seeds, ElementsAre(3, 4, 7, 13, 21));
  EXPECT_THAT(record_->datasets, SizeIs(kDatasets));
  for (const DatasetRecord& dataset : record_->datasets) {
    EXPECT_FALSE(dataset.synthetic) << dataset.name;
    EXPECT_FALSE(dataset.transductive) << dataset.name;
  }
  EXPECT_THAT(LogOf(*run_), Not(HasSubstr("SYNTHETIC")));
  EXPECT_TRUE(absl::IsNotFound(FactsOf(*run_, "render").status()));
}

TEST_F(PaperProfileTest, DatasetsHaveTheSplitsAndTagsOfTheirMetadata) {
  for (const DatasetRecord& dataset : record_->datasets) {
    const SplitCounts splits = PaperSplits(dataset.name);
    EXPECT_EQ(dataset.training_recordings, splits.train) << dataset.name;
    EXPECT_EQ(dataset.validation_recordings, splits.valid) << dataset.name;
    EXPECT_EQ(dataset.test_recordings, splits.test) << dataset.name;
  }
  std::map<std::string, std::vector<std::string>> tags;
  std::map<std::string, std::set<std::string>> groups;
  for (const DatasetRecord& dataset : record_->datasets) {
    tags[dataset.name] = dataset.tags;
    groups[dataset.name].insert(dataset.tag_groups.begin(),
                                dataset.tag_groups.end());
  }
  EXPECT_THAT(tags["mtat"], SizeIs(50));
  EXPECT_THAT(tags["makam"],
              AllOf(Contains("makam--Hicaz"), Contains("instrument--Ney")));
  EXPECT_THAT(groups["makam"], ElementsAre("instrument", "makam"));
  EXPECT_THAT(groups["lyra"], ElementsAre("genres", "instruments", "place"));
  EXPECT_THAT(groups["fma"], ElementsAre(""));
}

TEST_F(PaperProfileTest, CulturesGiveTheirTrainingAndValidationRecordings) {
  std::map<std::string, const CorpusRecord*> corpora;
  for (const CorpusRecord& corpus : record_->corpora) {
    corpora[corpus.name] = &corpus;
  }
  EXPECT_THAT(corpora, SizeIs(5));
  for (const char* name :
       {"makam", "hindustani", "carnatic", "lyra", "western"}) {
    ASSERT_EQ(corpora.count(name), 1u) << name;
    const SplitCounts splits = PaperSplits(name);
    const std::size_t recordings = splits.train + splits.valid;
    EXPECT_EQ(corpora[name]->recordings, recordings) << name;
    EXPECT_NEAR(corpora[name]->hours * 3600,
                kPaperClipSeconds * static_cast<double>(recordings), 0.01)
        << name;
    EXPECT_FALSE(corpora[name]->synthetic) << name;
  }
}

TEST_F(PaperProfileTest,
       FeaturesAreTheMeansOfThirteenStatesOfThePublishedSize) {
  const auto facts = FactsOf(*run_, "embed");
  ASSERT_THAT(facts, IsOk());
  std::size_t of_encoders = 0;
  for (const nlohmann::json& fact : *facts) {
    if (fact["state_size"] != 768) continue;
    EXPECT_EQ(fact["states"], 13);
    ++of_encoders;
  }
  EXPECT_EQ(of_encoders, kEncoders * kDatasets);
}

TEST_F(PaperProfileTest, CodesAreEncodecsAndTheRecordSaysSo) {
  constexpr char kIdentity[] = "encodec-24khz:books=8:unit=30s:";
  const auto facts = FactsOf(*run_, "tokenize");
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT(*facts, SizeIs(5));
  for (const nlohmann::json& fact : *facts) {
    EXPECT_THAT(fact["tokenizer"].get<std::string>(), StartsWith(kIdentity));
  }
  EXPECT_THAT(record_->notes,
              Contains(AllOf(Field(&NoteRecord::topic, "tokenizer"),
                             Field(&NoteRecord::text, StartsWith(kIdentity)))));
  EXPECT_THAT(LogOf(*run_), HasSubstr(kIdentity));
}

TEST_F(PaperProfileTest, BothStagesTrainTheCheckpointsOwnHeads) {
  const auto facts = FactsOf(*run_, "pretrain");
  ASSERT_THAT(facts, IsOk());
  ASSERT_THAT(*facts, SizeIs(2));
  for (const nlohmann::json& fact : *facts) {
    EXPECT_EQ(fact["updates"], 2);
    EXPECT_EQ(fact["fresh_heads"], false);
  }
  std::set<std::string> curves;
  for (const SeriesRecord& series : record_->series) {
    if (series.name != "training_loss") continue;
    curves.insert(series.label);
    EXPECT_THAT(
        series.y,
        Each(testing::Truly([](double loss) { return std::isfinite(loss); })))
        << series.label;
  }
  EXPECT_THAT(curves, ElementsAre("multicultural_cpt", "western_control"));
  EXPECT_THAT(record_->notes,
              Contains(AllOf(
                  Field(&NoteRecord::topic, "heads"),
                  Field(&NoteRecord::text, HasSubstr("multicultural_cpt")))));
}

TEST_F(PaperProfileTest, EveryScoreIsDefined) {
  EXPECT_THAT(record_->models, SizeIs(kRows));
  EXPECT_THAT(record_->results, SizeIs(kRows * kDatasets));
  for (const ResultRecord& result : record_->results) {
    EXPECT_EQ(result.recordings, PaperSplits(result.dataset).test);
    EXPECT_THAT(result.metrics, SizeIs(kMetrics.size()))
        << result.model << " on " << result.dataset;
    for (const MetricResult& metric : result.metrics) {
      EXPECT_THAT(metric.values, SizeIs(kSeeds));
      EXPECT_GE(metric.scored_tags, 2u);
      EXPECT_TRUE(metric.mean >= 0 && metric.mean <= 1) << metric.mean;
    }
  }
  EXPECT_THAT(record_->comparisons, SizeIs(3 * kDatasets * kMetrics.size()));
}

TEST_F(PaperProfileTest, WeightsWithoutHeadsGetFreshOnesThatAreTrainedFirst) {
  ASSERT_THAT(WriteRandomMert95M(Files::Real(), Place("mert_without_heads"),
                                 /*has_heads=*/false),
              IsOk());
  std::vector<std::string> flags = FlagsWith("mert_without_heads");
  flags.push_back("--only=western_control · pre-training");
  const SuiteRun run = RunOf("without_heads", flags);
  ASSERT_EQ(RunSuite(run), 0) << LogOf(run);
  const auto facts = FactsOf(run, "pretrain");
  ASSERT_THAT(facts, IsOk());
  ASSERT_THAT(*facts, SizeIs(1));
  EXPECT_EQ(facts->front()["fresh_heads"], true);
  EXPECT_THAT(LogOf(run), HasSubstr("its base has no heads"));
  EXPECT_GT(facts->front()["updates"], 2);
}

TEST_F(PaperProfileTest, AMachineOfEightGigabytesIsEnough) {
  rusage usage;
  ASSERT_EQ(getrusage(RUSAGE_CHILDREN, &usage), 0);
  EXPECT_LT(std::int64_t{usage.ru_maxrss} * 1024, kMostBytes);
}

TEST_F(PaperProfileTest, AMissingRecordingStopsItUnlessItIsToBeLeftOut) {
  const std::string missing = "mp3/d/band-album-06-song-0-29.mp3";
  const std::string path = JoinPath(Place("data"), "mtat", missing);
  const auto bytes = Files::Real().Read(path);
  ASSERT_THAT(bytes, IsOk());
  ASSERT_THAT(Files::Real().Remove(path), IsOk());
  const std::string setting = "datasets.mtat.leaves_out_missing=true";
  std::vector<std::string> flags = FlagsWith("mert");
  flags.push_back("--only=set.mtat");
  SuiteRun run = RunOf("incomplete", flags);
  EXPECT_EQ(RunSuite(run), 1);
  EXPECT_THAT(LogOf(run),
              AllOf(HasSubstr("1 file is missing"), HasSubstr(missing),
                    HasSubstr("how to get MagnaTagATune"), HasSubstr(setting),
                    Not(HasSubstr("how to get Lyra"))));
  EXPECT_TRUE(absl::IsNotFound(Files::Real().Info(run.output).status()));
  run.flags.push_back(absl::StrCat("--set=", setting));
  EXPECT_EQ(RunSuite(run), 0) << LogOf(run);
  const auto facts = FactsOf(run, "prepare");
  ASSERT_THAT(facts, IsOk());
  ASSERT_THAT(*facts, SizeIs(1));
  EXPECT_EQ(facts->front()["recordings"], PaperSplits("mtat").total() - 1);
  EXPECT_THAT(Files::Real().WriteAtomically(path, *bytes), IsOk());
}

TEST(PaperProfileWithoutDataTest, StopsAtOnceWithAListOfWhatIsMissing) {
  const SuiteRun run = RunOf("nothing", {});
  EXPECT_EQ(RunSuite(run), 1);
  const std::string log = LogOf(run);
  struct Missing {
    const char* title;
    const char* source;
  };
  for (const Missing& missing :
       {Missing{"Turkish-makam", "https://dunya.compmusic.upf.edu"},
        Missing{"Hindustani", "collection"},
        Missing{"Carnatic", "https://github.com/pxaris/ccml"},
        Missing{"Lyra", "https://github.com/pxaris/lyra-dataset"},
        Missing{"MagnaTagATune", "https://mirg.city.ac.uk"},
        Missing{"FMA-medium", "https://os.unil.cloud.switch.ch/fma"},
        Missing{"Music4All",
                "https://sites.google.com/view/contact4music4all"}}) {
    EXPECT_THAT(log,
                AllOf(HasSubstr(absl::StrCat("how to get ", missing.title)),
                      HasSubstr(missing.source)));
  }
  EXPECT_THAT(log, AllOf(HasSubstr("--data_root"), HasSubstr("--weights"),
                         HasSubstr("m-a-p/MERT-v1-95M"),
                         HasSubstr("facebook/encodec_24khz")));
  EXPECT_THAT(log, Not(HasSubstr(": starts")));
  EXPECT_TRUE(absl::IsNotFound(Files::Real().Info(run.output).status()));
}

}  // namespace
}  // namespace culturemert
