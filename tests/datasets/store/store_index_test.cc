#include "datasets/store/store_index.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

StoredRecording Example() {
  StoredRecording recording;
  recording.id = "a";
  recording.culture = "makam";
  recording.source = "x/a.mp3";
  recording.decoder = "libsndfile 1.2.0";
  recording.samples = 100;
  recording.clipped_samples = 3;
  recording.checksum = HashBytes("samples");
  return recording;
}

TEST(ShardNameTest, NamesAndNumbersAgree) {
  for (int shard = 0; shard < kMaxShards; ++shard) {
    ASSERT_EQ(ShardNumber(ShardName(shard)), shard);
  }
  EXPECT_EQ(ShardName(7), "audio-00007.pcm");
  for (const char* other :
       {"", "audio-.pcm", "audio-7.pcm", "audio-000007.pcm", "audio-0000a.pcm",
        "audio-+0007.pcm", "audio--0007.pcm", "audio-00007.pcm.tmp",
        "recordings.jsonl", "udio-00007.pcm", "audio- 0007.pcm"}) {
    EXPECT_EQ(ShardNumber(other), -1) << other;
  }
}

TEST(StoredRecordingTest, WhatIsWrittenIsReadBack) {
  const StoredRecording recording = Example();
  const auto read = ParseStoredRecording(ToJson(recording), "index:1");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(ToJson(*read), ToJson(recording));
  EXPECT_DOUBLE_EQ(read->seconds(), 100 / 24000.0);
}

TEST(StoredRecordingTest, EachWrongFieldIsNamed) {
  const std::vector<std::pair<std::string, nlohmann::json>> cases = {
      {"id", 7},
      {"culture", nullptr},
      {"source", nlohmann::json::array()},
      {"decoder", true},
      {"file", "audio.pcm"},
      {"first_sample", -1},
      {"first_sample", 1.5},
      {"first_sample", std::uint64_t{1} << 40},
      {"samples", 0},
      {"samples", "100"},
      {"clipped_samples", -1},
      {"xxh3", "123"}};
  for (const auto& [key, value] : cases) {
    nlohmann::json record = ToJson(Example());
    record[key] = value;
    EXPECT_THAT(ParseStoredRecording(record, "index:5"),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(StartsWith("index:5: "), HasSubstr(key),
                               HasSubstr("expected"))));
  }
  const nlohmann::json good = ToJson(Example());
  for (const auto& field : good.items()) {
    nlohmann::json record = good;
    record.erase(field.key());
    EXPECT_THAT(ParseStoredRecording(record, "index:5"),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("\"" + field.key() + "\" is missing")));
  }
  nlohmann::json record = ToJson(Example());
  record["more"] = 1;
  EXPECT_THAT(ParseStoredRecording(record, "index:5"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("has 10 fields, expected 9")));
  EXPECT_THAT(ParseStoredRecording(7, "index:5"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("found a JSON number")));
}

TEST(IndexCheckerTest, RecordingsLieOneBehindTheOther) {
  IndexChecker checker;
  StoredRecording recording = Example();
  EXPECT_THAT(checker.Check(recording, "index:1"), IsOk());
  recording.id = "b";
  recording.first_sample = 100;
  EXPECT_THAT(checker.Check(recording, "index:2"), IsOk());
  recording.id = "c";
  recording.first_sample = 0;
  recording.shard = 1;
  EXPECT_THAT(checker.Check(recording, "index:3"), IsOk());
  EXPECT_THAT(checker.shard_samples(), ElementsAre(200, 100));
}

TEST(IndexCheckerTest, NamesWhatIsOutOfPlace) {
  IndexChecker checker;
  StoredRecording recording = Example();
  recording.shard = 1;
  EXPECT_THAT(checker.Check(recording, "i:1"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("expected sample 0 of audio-00000.pcm")));
  ASSERT_THAT(checker.Check(Example(), "i:1"), IsOk());
  recording = Example();
  EXPECT_THAT(checker.Check(recording, "i:2"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("expected sample 100 of audio-00000.pcm")));
  recording.first_sample = 100;
  EXPECT_THAT(checker.Check(recording, "i:2"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("i:2: \"a\" is there twice")));
  recording.id = "b";
  recording.samples = kMaxShardBytes / 2;
  EXPECT_THAT(checker.Check(recording, "i:2"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("ends behind")));
}

StoreManifest ExampleManifest() {
  StoreManifest manifest;
  manifest.recordings = 3;
  manifest.samples = 300;
  manifest.index_bytes = 1000;
  manifest.index_checksum = HashBytes("index");
  manifest.shard_bytes = {400, 200};
  manifest.libraries = {"libsndfile 1", "libmpg123 2", "libsoxr 3"};
  return manifest;
}

TEST(StoreManifestTest, WhatIsWrittenIsReadBack) {
  const auto text = FormatStoreManifest(ExampleManifest());
  ASSERT_THAT(text, IsOk());
  const auto read = ParseStoreManifest(*text, "manifest.json");
  ASSERT_THAT(read, IsOk());
  EXPECT_THAT(FormatStoreManifest(*read), IsOkAndHolds(*text));
  EXPECT_THAT(read->shard_bytes, ElementsAre(400, 200));
  EXPECT_EQ(read->libraries.soxr, "libsoxr 3");
}

TEST(StoreManifestTest, EachWrongFieldIsNamed) {
  const auto text = FormatStoreManifest(ExampleManifest());
  ASSERT_THAT(text, IsOk());
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"culturemert pcm store", "another"},
      {"24000", "44100"},
      {"audio-00001.pcm", "audio-00002.pcm"},
      {"\"recordings\": 3", "\"recordings\": -3"},
      {"\"index_bytes\"", "\"index_bites\""},
      {"libmpg123 2\"", "libmpg123 2\", \"lame\": \"1\""}};
  for (const auto& [from, to] : cases) {
    const std::string changed = absl::StrReplaceAll(*text, {{from, to}});
    ASSERT_NE(changed, *text) << from;
    EXPECT_THAT(ParseStoreManifest(changed, "manifest.json"),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith("manifest.json")))
        << to;
  }
  EXPECT_THAT(
      ParseStoreManifest(
          absl::StrReplaceAll(*text, {{"\"version\": 1", "\"version\": 2"}}),
          "manifest.json"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("of version 2, this program reads 1")));
}

}  // namespace
}  // namespace culturemert
