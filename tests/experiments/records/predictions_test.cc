#include "experiments/records/predictions.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/records/sample_record.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(PredictionsTest, AreTablesThatAnyoneCanRead) {
  TruthTable truth;
  truth.ids = {"a", "b, \"c\""};
  truth.tags = {"raga--Bhairavi", "tala, slow"};
  truth.values = {1, 0, 0, 1};
  EXPECT_THAT(FormatTruth(truth),
              IsOkAndHolds("id,raga--Bhairavi,\"tala, slow\"\n"
                           "a,1,0\n"
                           "\"b, \"\"c\"\"\",0,1\n"));
  EXPECT_THAT(FormatScores(truth.ids, truth.tags, {0.1f, 1, 1e-7f, 0}),
              IsOkAndHolds("id,raga--Bhairavi,\"tala, slow\"\n"
                           "a,0.1,1\n"
                           "\"b, \"\"c\"\"\",1e-07,0\n"));
}

TEST(PredictionsTest, ScoresReadBackTheSameBits) {
  ScoreTable scores;
  std::vector<float> special = {
      0.f, 1.f, 1e-45f, 0x1p-126f, std::nextafter(1.f, 0.f), 0.1f};
  const DatasetPredictions sample = SamplePredictions();
  scores.tags = sample.truth.tags;
  for (std::uint32_t i = 0; i < 300; ++i) {
    scores.ids.push_back(absl::StrCat("id ", i));
    for (std::uint32_t tag = 0; tag < 3; ++tag) {
      const std::uint32_t bits = (i * 3 + tag) * 1183273u % 0x3f800001u;
      float value = 0;
      std::memcpy(&value, &bits, sizeof(value));
      scores.values.push_back(i < 6 ? special[i] : value);
    }
  }
  const auto text = FormatScores(scores.ids, scores.tags, scores.values);
  ASSERT_THAT(text, IsOk());
  const auto read = ParseScores(*text, "s.csv");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->ids, scores.ids);
  EXPECT_EQ(read->tags, scores.tags);
  ASSERT_EQ(read->values.size(), scores.values.size());
  EXPECT_EQ(std::memcmp(read->values.data(), scores.values.data(),
                        scores.values.size() * sizeof(float)),
            0);
}

TEST(PredictionsTest, RefusesTablesThatCannotBe) {
  const std::vector<std::string> ids = {"a"};
  const std::vector<std::string> tags = {"x", "y"};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto refuses = [](const absl::StatusOr<std::string>& text,
                          const char* message) {
    EXPECT_THAT(
        text, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refuses(FormatScores(ids, tags, {0.5f, nan}),
          "recording \"a\", tag \"y\": found nan, expected a probability");
  refuses(FormatScores(ids, tags, {-0.5f, 0}), "tag \"x\"");
  refuses(FormatScores(ids, tags, {0, 1.5f}), "tag \"y\"");
  refuses(FormatScores(ids, tags, {0}), "1 values, expected 1 recordings");
  refuses(FormatScores(ids, tags, {0, 0, 0}), "3 values");
  refuses(FormatScores({}, tags, {}), "no recordings");
  refuses(FormatScores(ids, {}, {}), "no tags");
  refuses(FormatScores({"a", "a"}, tags, {0, 0, 0, 0}), "\"a\" twice");
  refuses(FormatScores(ids, {"x", ""}, {0, 0}), "tag without a name");
  refuses(FormatScores({"\xff"}, tags, {0, 0}), "UTF-8");
  refuses(FormatTruth({ids, tags, {0, 2}}), "expected 0 or 1");
}

struct TextCase {
  const char* text;
  const char* message;
};

TEST(PredictionsTest, NamesTheLineOfWhatItCannotRead) {
  for (const TextCase& refused : std::vector<TextCase>{
           {"", "s.csv:1: expected a first row"},
           {"name,x\na,1\n", "s.csv:1: expected a first row"},
           {"id\na\n", "has no tags"},
           {"id,x\n", "has no recordings"},
           {"id,x,x\na,1,1\n", "the tag \"x\" twice"},
           {"id,x\na,1\na,0\n", "the recording \"a\" twice"},
           {"id,x\n,1\n", "without a name"},
           {"id,x\na,1,2\n", "s.csv:2"},
           {"id,x\na,0\nb,nan\n", "s.csv:3: the tag \"x\" has \"nan\""},
           {"id,x\na,1.5\n", "s.csv:2: the tag \"x\" has \"1.5\""},
           {"id,x\na,-0.5\n", "has \"-0.5\""},
           {"id,x\na, 0\n", "has \" 0\""},
           {"id,x\na,0 \n", "has \"0 \""},
           {"id,x\na,\n", "has \"\""},
           {"id,x\na,0x1\n", "has \"0x1\""},
       }) {
    EXPECT_THAT(
        ParseScores(refused.text, "s.csv"),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(StartsWith("s.csv"), HasSubstr(refused.message))))
        << refused.text;
  }
  EXPECT_THAT(ParseTruth("id,x\na,0.5\n", "t.csv"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("t.csv:2: the tag \"x\" has \"0.5\", expected "
                                 "0 or 1")));
}

TEST(PredictionsTest, AreReadFromFiles) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically("/t.csv", "id,x,y\r\na,0,1\r\n"), IsOk());
  const auto truth = ReadTruth(files, "/t.csv");
  ASSERT_THAT(truth, IsOk());
  EXPECT_THAT(truth->values, ElementsAre(0, 1));
  const auto scores = ReadScores(files, "/t.csv");
  ASSERT_THAT(scores, IsOk());
  EXPECT_THAT(scores->tags, ElementsAre("x", "y"));
  EXPECT_THAT(ReadScores(files, "/none.csv"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.csv")));
}

}  // namespace
}  // namespace culturemert
