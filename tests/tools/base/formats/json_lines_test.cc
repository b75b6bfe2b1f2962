#include "tools/base/formats/json_lines.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

JsonLinesOptions Tolerant() {
  JsonLinesOptions options;
  options.tolerate_torn_tail = true;
  return options;
}

absl::StatusOr<JsonLines> ReadText(absl::string_view text,
                                   const JsonLinesOptions& options = {}) {
  MemoryFiles files;
  RETURN_IF_ERROR(files.WriteAtomically("/a.jsonl", text));
  return ReadJsonLines(files, "/a.jsonl", options);
}

absl::Status AppendRecords(Files& files, const std::vector<json>& records) {
  ASSIGN_OR_RETURN(const std::unique_ptr<JsonLinesWriter> writer,
                   JsonLinesWriter::Open(files, "/a.jsonl"));
  for (const json& record : records) RETURN_IF_ERROR(writer->Append(record));
  RETURN_IF_ERROR(writer->Sync());
  return writer->Close();
}

TEST(JsonLinesReaderTest, ReadsOneObjectALine) {
  for (const absl::string_view text :
       {"{\"a\":1}\n{\"b\":[2,3]}\n", "{\"a\":1}\n{\"b\":[2,3]}",
        "{\"a\":1}\r\n{\"b\":[2,3]}\r\n",
        " { \"a\" : 1 } \n\t{\"b\": [2, 3]}\t"}) {
    const auto lines = ReadText(text);
    ASSERT_THAT(lines, IsOk()) << text;
    EXPECT_THAT(lines->records,
                ElementsAre(json({{"a", 1}}), json({{"b", {2, 3}}})));
    EXPECT_FALSE(lines->torn_tail.has_value());
  }
}

TEST(JsonLinesReaderTest, ReadsAnEmptyFileAsNoRecords) {
  const auto lines = ReadText("");
  ASSERT_THAT(lines, IsOk());
  EXPECT_THAT(lines->records, IsEmpty());
}

TEST(JsonLinesReaderTest, TellsTheLineOfEachRecordAndStaysAtTheEnd) {
  JsonLinesReader reader("{}\n{\"a\":1}\n", "a.jsonl");
  EXPECT_EQ(reader.Next().value()->line, 1u);
  const JsonLine second = *reader.Next().value();
  EXPECT_EQ(second.line, 2u);
  EXPECT_EQ(second.record, json({{"a", 1}}));
  EXPECT_FALSE(reader.Next().value().has_value());
  EXPECT_FALSE(reader.Next().value().has_value());
}

TEST(JsonLinesReaderTest, NamesFileAndLineOfEveryError) {
  const std::pair<absl::string_view, absl::string_view> cases[] = {
      {"{}\n[1]\n", "/a.jsonl:2: found a JSON array, expected an object"},
      {"{}\n{}\n12\n{}\n",
       "/a.jsonl:3: found a JSON number, expected an object"},
      {"null\n", "/a.jsonl:1: found a JSON null, expected an object"},
      {"{}\n\n{}\n",
       "/a.jsonl:2: an empty line, expected a JSON object; remove the line"},
      {"{}\n\r\n{}\n",
       "/a.jsonl:2: an empty line, expected a JSON object; remove the line"},
      {"\n",
       "/a.jsonl:1: an empty line, expected a JSON object; remove the line"},
      {"{}\n{\"a\":}\n", "/a.jsonl:2:"},
      {"{}\n{\"a\":1,\"a\":2}\n", "/a.jsonl:2:"},
      {"{}\n{\"a\":NaN}\n", "/a.jsonl:2:"},
      {"{}\n{} {}\n", "/a.jsonl:2:"},
      {"{}\n{\"a\":\n1}\n", "/a.jsonl:2:"},
      {"{}\n{\"a\":\"\xFF\"}\n", "/a.jsonl:2:"},
      {"\xEF\xBB\xBF{}\n", "/a.jsonl:1:"},
  };
  for (const auto& [text, message] : cases) {
    for (const JsonLinesOptions& options : {JsonLinesOptions(), Tolerant()}) {
      EXPECT_THAT(ReadText(text, options).status(),
                  StatusIs(absl::StatusCode::kInvalidArgument,
                           StartsWith(std::string(message))))
          << absl::CHexEscape(text);
    }
  }
}

TEST(JsonLinesReaderTest, RepeatsAnErrorOnEveryLaterCall) {
  for (const absl::string_view text : {"{}\n[]\n{}\n", "{}\n{\"a"}) {
    JsonLinesReader reader(text, "a.jsonl");
    EXPECT_THAT(reader.Next(), IsOk());
    const absl::Status first = reader.Next().status();
    EXPECT_THAT(first, testing::Not(IsOk()));
    EXPECT_EQ(reader.Next().status(), first);
  }
}

TEST(JsonLinesReaderTest, NamesAMissingFile) {
  MemoryFiles files;
  EXPECT_THAT(
      ReadJsonLines(files, "/missing.jsonl").status(),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/missing.jsonl")));
}

// A file of two records, and a third one to be cut at every byte.
constexpr absl::string_view kWhole = "{\"id\":\"a\"}\n{\"id\":\"b\"}\n";
constexpr absl::string_view kLast =
    "{\"id\":\"λύρα\",\"n\":[1,{\"x\":-2.5}],\"s\":\"{}\\\"\"}";

class TornTailTest : public testing::TestWithParam<std::size_t> {
 protected:
  std::string Text() const {
    return absl::StrCat(kWhole, kLast.substr(0, GetParam()));
  }
};

INSTANTIATE_TEST_SUITE_P(AtEveryByte, TornTailTest,
                         testing::Range<std::size_t>(1, kLast.size()));

TEST_P(TornTailTest, IsAnErrorByDefault) {
  EXPECT_THAT(ReadText(Text()).status(),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(StartsWith("/a.jsonl:3:"),
                             EndsWith("this last line has no newline, so a "
                                      "crash while it was appended may have "
                                      "cut it short: remove it if so"))));
}

TEST_P(TornTailTest, IsDescribedWhereItIsTolerated) {
  const auto lines = ReadText(Text(), Tolerant());
  ASSERT_THAT(lines, IsOk());
  EXPECT_THAT(lines->records,
              ElementsAre(json({{"id", "a"}}), json({{"id", "b"}})));
  ASSERT_TRUE(lines->torn_tail.has_value());
  EXPECT_EQ(lines->torn_tail->line, 3u);
  EXPECT_EQ(lines->torn_tail->offset_bytes, kWhole.size());
  EXPECT_EQ(lines->torn_tail->size_bytes, GetParam());
  EXPECT_THAT(lines->torn_tail->reason, StartsWith("/a.jsonl:3:"));
}

TEST_P(TornTailTest, KeepsAWriterAwayUntilItIsRemoved) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically("/a.jsonl", Text()), IsOk());
  EXPECT_THAT(
      JsonLinesWriter::Open(files, "/a.jsonl").status(),
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(StartsWith("/a.jsonl:3:"), HasSubstr("must be removed"))));
  EXPECT_THAT(files.Read("/a.jsonl"), IsOkAndHolds(Text()));

  const auto removed = RemoveTornTail(files, "/a.jsonl");
  ASSERT_THAT(removed, IsOk());
  ASSERT_TRUE(removed->has_value());
  EXPECT_EQ((*removed)->line, 3u);
  EXPECT_EQ((*removed)->offset_bytes, kWhole.size());
  EXPECT_EQ((*removed)->size_bytes, GetParam());
  EXPECT_THAT(files.Read("/a.jsonl"), IsOkAndHolds(kWhole));
  ASSERT_THAT(AppendRecords(files, {{{"id", "c"}}}), IsOk());
  EXPECT_THAT(files.Read("/a.jsonl"),
              IsOkAndHolds(absl::StrCat(kWhole, "{\"id\":\"c\"}\n")));
}

TEST(JsonLinesTest, TakesAWholeLastLineWithoutItsEndAsARecord) {
  const std::string text = absl::StrCat(kWhole, kLast);
  for (const JsonLinesOptions& options : {JsonLinesOptions(), Tolerant()}) {
    const auto lines = ReadText(text, options);
    ASSERT_THAT(lines, IsOk());
    EXPECT_EQ(lines->records.size(), 3u);
    EXPECT_FALSE(lines->torn_tail.has_value());
  }
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically("/a.jsonl", text), IsOk());
  EXPECT_THAT(RemoveTornTail(files, "/a.jsonl"),
              IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(files.Read("/a.jsonl"), IsOkAndHolds(text));
  ASSERT_THAT(AppendRecords(files, {{{"id", "c"}}}), IsOk());
  EXPECT_THAT(files.Read("/a.jsonl"),
              IsOkAndHolds(absl::StrCat(text, "\n{\"id\":\"c\"}\n")));
}

TEST(JsonLinesTest, FindsATornTailThatIsTheWholeFile) {
  const std::string zeros(100, '\0');
  for (const absl::string_view text :
       {absl::string_view("{\"a"), absl::string_view(zeros)}) {
    const auto lines = ReadText(text, Tolerant());
    ASSERT_THAT(lines, IsOk());
    EXPECT_THAT(lines->records, IsEmpty());
    ASSERT_TRUE(lines->torn_tail.has_value());
    EXPECT_EQ(lines->torn_tail->offset_bytes, 0u);
    EXPECT_EQ(lines->torn_tail->size_bytes, text.size());
  }
}

TEST(JsonLinesTest, LeavesAFileWithoutTornTailAlone) {
  MemoryFiles files;
  for (const absl::string_view text : {absl::string_view(""), kWhole}) {
    ASSERT_THAT(files.WriteAtomically("/a.jsonl", text), IsOk());
    EXPECT_THAT(RemoveTornTail(files, "/a.jsonl"),
                IsOkAndHolds(Eq(std::nullopt)));
    EXPECT_THAT(files.Read("/a.jsonl"), IsOkAndHolds(text));
  }
}

TEST(JsonLinesWriterTest, WritesCompactLinesWithSortedKeys) {
  MemoryFiles files;
  ASSERT_THAT(AppendRecords(files, {{{"b", {1, 2.5, nullptr}}, {"a", "x\ny"}},
                                    json::object()}),
              IsOk());
  EXPECT_THAT(files.Read("/a.jsonl"),
              IsOkAndHolds("{\"a\":\"x\\ny\",\"b\":[1,2.5,null]}\n{}\n"));
}

TEST(JsonLinesWriterTest, ShowsEachRecordToReadersAtOnce) {
  MemoryFiles files;
  const auto writer = JsonLinesWriter::Open(files, "/a.jsonl").value();
  for (std::size_t records = 1; records <= 3; ++records) {
    ASSERT_THAT(writer->Append({{"n", records}}), IsOk());
    const auto lines = ReadJsonLines(files, "/a.jsonl");
    ASSERT_THAT(lines, IsOk());
    EXPECT_EQ(lines->records.size(), records);
  }
}

TEST(JsonLinesWriterTest, GoesOnWhereAFileEnds) {
  MemoryFiles files;
  ASSERT_THAT(AppendRecords(files, {{{"n", 1}}}), IsOk());
  ASSERT_THAT(AppendRecords(files, {{{"n", 2}}, {{"n", 3}}}), IsOk());
  EXPECT_THAT(files.Read("/a.jsonl"),
              IsOkAndHolds("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n"));
}

TEST(JsonLinesWriterTest, RefusesWhatCouldNotBeReadAndAppendsNothing) {
  json deep = json::object();
  for (int i = 0; i < 100; ++i) deep = json{{"a", deep}};
  const json refused[] = {
      json::array({1}),
      "text",
      nullptr,
      json{{"a", std::numeric_limits<double>::quiet_NaN()}},
      json{{"a", {{"b", std::numeric_limits<double>::infinity()}}}},
      json{{"a", "\xFF"}},
      json{{"\xFF", 1}},
      json{{"a", json::binary({1, 2})}},
      deep,
  };
  MemoryFiles files;
  const auto writer = JsonLinesWriter::Open(files, "/a.jsonl").value();
  for (const json& record : refused) {
    EXPECT_THAT(writer->Append(record),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith("/a.jsonl: a record to append")));
  }
  ASSERT_THAT(writer->Append(json::object()), IsOk());
  EXPECT_THAT(files.Read("/a.jsonl"), IsOkAndHolds("{}\n"));
}

json RandomValue(std::mt19937_64& random, int depth) {
  const std::string texts[] = {"", "raga", "λύρα", "a\nb\"\\", "\x01\x7F"};
  switch (random() % (depth == 0 ? 5 : 7)) {
    case 0:
      return nullptr;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random());
    case 3:
      return static_cast<double>(random()) / 3;
    case 4:
      return texts[random() % 5];
    case 5: {
      json list = json::array();
      for (std::uint64_t i = random() % 3; i > 0; --i) {
        list.push_back(RandomValue(random, depth - 1));
      }
      return list;
    }
    default: {
      json object = json::object();
      for (std::uint64_t i = random() % 3; i > 0; --i) {
        object[texts[random() % 5]] = RandomValue(random, depth - 1);
      }
      return object;
    }
  }
}

TEST(JsonLinesTest, GivesBackRandomRecords) {
  std::mt19937_64 random(7);
  std::vector<json> records(2000);
  for (json& record : records) {
    record = json{{"value", RandomValue(random, 3)}};
  }
  MemoryFiles files;
  ASSERT_THAT(AppendRecords(files, records), IsOk());
  const auto lines = ReadJsonLines(files, "/a.jsonl");
  ASSERT_THAT(lines, IsOk());
  EXPECT_EQ(lines->records, records);
}

TEST(JsonLinesTest, LosesNoOlderRecordToAnyFault) {
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(AppendRecords(files, {{{"n", 1}}}), IsOk());
  };
  scenario.run = [](Files& files) {
    return AppendRecords(files, {{{"n", 2}}, {{"n", 3}}});
  };
  scenario.check = [](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto lines = ReadJsonLines(files, "/a.jsonl", Tolerant());
    ASSERT_THAT(lines, IsOk());
    ASSERT_GE(lines->records.size(), outcome.reported_ok() ? 3u : 1u);
    for (std::size_t i = 0; i < lines->records.size(); ++i) {
      EXPECT_EQ(lines->records[i], json({{"n", i + 1}}));
    }
  };
  EXPECT_GT(ForEachFault(scenario), 10u);
}

TEST(JsonLinesTest, RemovesATornTailWhollyOrNotAtAll) {
  const std::string torn = absl::StrCat(kWhole, "{\"id");
  FaultScenario scenario;
  scenario.prepare = [&](Files& files) {
    ASSERT_THAT(files.WriteAtomically("/a.jsonl", torn), IsOk());
  };
  scenario.run = [](Files& files) {
    return RemoveTornTail(files, "/a.jsonl").status();
  };
  scenario.check = [&](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto text = files.Read("/a.jsonl");
    ASSERT_THAT(text, IsOk());
    EXPECT_TRUE(*text == kWhole || (*text == torn && !outcome.reported_ok()))
        << *text;
  };
  EXPECT_GT(ForEachFault(scenario), 10u);
}

}  // namespace
}  // namespace culturemert
