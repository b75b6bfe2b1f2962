#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"
#include "tools/culturemert/command.h"

ABSL_DECLARE_FLAG(std::string, truth);
ABSL_DECLARE_FLAG(std::vector<std::string>, scores);
ABSL_DECLARE_FLAG(std::vector<std::string>, against);
ABSL_DECLARE_FLAG(std::string, groups);
ABSL_DECLARE_FLAG(std::string, json);
ABSL_DECLARE_FLAG(bool, per_tag);
ABSL_DECLARE_FLAG(std::int64_t, replicates);
ABSL_DECLARE_FLAG(double, confidence);

namespace culturemert {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr int kRecordings = 60;

// A truth file of three tags, the last on no recording.
std::string TruthCsv() {
  std::string text = "id,raga:todi,instr:voice,form:alap\n";
  for (int i = 0; i < kRecordings; ++i) {
    absl::StrAppend(&text, "r", i, ",", i % 3 == 0, ",", i % 4 == 0, ",0\n");
  }
  return text;
}

// Better scores with more `separation`; rows from the last to the first.
std::string ScoresCsv(double separation, std::uint64_t seed) {
  std::string text = "id,raga:todi,instr:voice,form:alap\n";
  for (int i = kRecordings; i-- > 0;) {
    const auto score = [&](int column, bool has_tag) {
      const double noise = RandomStream(seed, column).UniformDouble(i);
      return 0.5 * noise + (has_tag ? separation : 0.0);
    };
    absl::StrAppend(&text, "r", i, ",", score(0, i % 3 == 0), ",",
                    score(1, i % 4 == 0), ",", score(2, false), "\n");
  }
  return text;
}

class ScoreTest : public testing::Test {
 protected:
  ScoreTest() {
    absl::SetFlag(&FLAGS_truth, Write("truth.csv", TruthCsv()));
    absl::SetFlag(&FLAGS_scores, {Write("scores.csv", ScoresCsv(0.3, 1))});
    absl::SetFlag(&FLAGS_against, {});
    absl::SetFlag(&FLAGS_groups, "");
    absl::SetFlag(&FLAGS_json, "");
    absl::SetFlag(&FLAGS_per_tag, false);
    absl::SetFlag(&FLAGS_replicates, 500);
    absl::SetFlag(&FLAGS_confidence, 0.95);
  }

  static std::string Write(absl::string_view name, absl::string_view text) {
    const std::string path = absl::StrCat(testing::TempDir(), "/", name);
    EXPECT_THAT(Files::Real().WriteAtomically(path, text), IsOk());
    return path;
  }

  absl::Status Run() {
    for (const Command& command : Commands()) {
      if (command.name != "score") continue;
      std::ostringstream out;
      absl::Status status = command.run({}, out);
      output_ = out.str();
      return status;
    }
    return absl::NotFoundError("no command score");
  }

  std::string output_;
};

TEST_F(ScoreTest, EachMetricHasItsScoreAndInterval) {
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_,
              AllOf(HasSubstr("60 recordings, 3 tags, 2 of them scored"),
                    HasSubstr("95 % interval"),
                    ContainsRegex("ROC-AUC +0\\.[0-9]+ +0\\.[0-9]+ to "),
                    ContainsRegex("AP +0\\."), ContainsRegex("macro F1 +0\\."),
                    ContainsRegex("micro F1 +0\\."),
                    HasSubstr("not scored, on no recording: form:alap"),
                    HasSubstr("500 draws of the recordings")));
  EXPECT_THAT(output_,
              AllOf(Not(HasSubstr("raga:todi")), Not(HasSubstr("p-value"))));
}

TEST_F(ScoreTest, SeveralFilesAreSeedsWithADeviation) {
  absl::SetFlag(&FLAGS_scores, {Write("a.csv", ScoresCsv(0.3, 1)),
                                Write("b.csv", ScoresCsv(0.3, 2))});
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_,
              AllOf(HasSubstr("means over 2 seeds"), HasSubstr("deviation")));
}

TEST_F(ScoreTest, AnotherModelIsComparedWithPValues) {
  absl::SetFlag(&FLAGS_against, {Write("other.csv", ScoresCsv(0.0, 3))});
  absl::SetFlag(&FLAGS_groups,
                Write("groups.csv", "tag,group\nraga:todi,mode\n"));
  absl::SetFlag(&FLAGS_per_tag, true);
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(
      output_,
      AllOf(HasSubstr("difference"), HasSubstr("p-value"),
            ContainsRegex("ROC-AUC .* \\+0\\.[0-9]+ +\\+0\\.[0-9]+ to \\+0"),
            ContainsRegex("mode .* "), HasSubstr("raga:todi"),
            HasSubstr("by Holm"), HasSubstr("500 exchanges")));
}

TEST_F(ScoreTest, TheJsonFileHoldsEverything) {
  const std::string path = absl::StrCat(testing::TempDir(), "/score.json");
  absl::SetFlag(&FLAGS_json, path);
  absl::SetFlag(&FLAGS_against, {Write("other.csv", ScoresCsv(0.0, 3))});
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_, HasSubstr("wrote "));
  const absl::StatusOr<std::string> text = Files::Real().Read(path);
  ASSERT_THAT(text, IsOk());
  const absl::StatusOr<nlohmann::json> json = ParseJson(*text, path);
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ((*json)["schema_version"], 1);
  EXPECT_EQ((*json)["recordings"], kRecordings);
  EXPECT_EQ((*json)["undefined_tags"][0]["tag"], "form:alap");
  EXPECT_EQ((*json)["resampling"]["replicates"], 500);
  const nlohmann::json& auc = (*json)["model"]["all"]["roc_auc"];
  EXPECT_EQ(auc["seeds"][0], auc["mean"]);
  EXPECT_TRUE(auc["deviation"].is_null());
  EXPECT_LT(auc["interval"][0], auc["mean"]);
  EXPECT_TRUE((*json)["model"]["tags"][2]["roc_auc"].is_null());
  EXPECT_EQ((*json)["model"]["tags"][0]["positives"], kRecordings / 3);
  EXPECT_GT((*json)["comparison"]["all"]["roc_auc"]["difference"], 0.2);
  EXPECT_TRUE((*json)["comparison"]["tags"][2]["roc_auc"].is_null());
}

TEST_F(ScoreTest, ScoresThatAreNoProbabilitiesAreNoted) {
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_, Not(HasSubstr("note:")));
  absl::SetFlag(&FLAGS_scores, {Write("logits.csv", ScoresCsv(2, 1))});
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_, HasSubstr("note: some scores are below 0 or above 1"));
}

TEST_F(ScoreTest, OneRecordingIsAnAnswerNotAnError) {
  absl::SetFlag(&FLAGS_truth, Write("one.csv", "id,x\na,1\n"));
  absl::SetFlag(&FLAGS_scores, {Write("one_scores.csv", "id,x\na,0.7\n")});
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_, AllOf(HasSubstr("1 recording, 1 tag, 0 of them scored"),
                             ContainsRegex("ROC-AUC +- +-"),
                             HasSubstr("not scored, on every recording: x")));
}

TEST_F(ScoreTest, WordsThatCannotBeMeantAreUsageErrors) {
  const auto expect_usage = [&](const std::string& message) {
    const absl::Status status = Run();
    EXPECT_TRUE(IsUsageError(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  };
  absl::SetFlag(&FLAGS_confidence, 95);
  expect_usage("--confidence: 95 is not between 0 and 1");
  absl::SetFlag(&FLAGS_confidence, 0.95);
  absl::SetFlag(&FLAGS_replicates, 0);
  expect_usage("--replicates: 0");
  absl::SetFlag(&FLAGS_against, {"a.csv", "b.csv"});
  expect_usage("--scores names 1 and --against 2 files");
  absl::SetFlag(&FLAGS_scores, {});
  expect_usage("--scores=FILE.csv is needed");
  absl::SetFlag(&FLAGS_truth, "");
  expect_usage("--truth=FILE.csv is needed");
}

TEST_F(ScoreTest, AFailedRunWritesNoJson) {
  const std::string path = absl::StrCat(testing::TempDir(), "/failed.json");
  absl::SetFlag(&FLAGS_json, path);
  absl::SetFlag(&FLAGS_scores, {Write("bad.csv", "id,x\nr0,1\n")});
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kInvalidArgument,
                              HasSubstr("lacks 3 of 3 tags")));
  EXPECT_TRUE(absl::IsNotFound(Files::Real().Info(path).status()));
}

}  // namespace
}  // namespace culturemert
