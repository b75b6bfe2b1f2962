#include "datasets/codes/code_store.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "datasets/codes/code_store_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kStore[] = "/codes";
const CodeFormat kFormat = {2, 16, "k-means of log-mel"};

// Codes [2, n + 1] of recording n: book 0 counts up, book 1 is n.
std::vector<std::uint16_t> CodesOf(int n) {
  std::vector<std::uint16_t> codes;
  for (int frame = 0; frame <= n; ++frame) codes.push_back(frame);
  codes.insert(codes.end(), n + 1, n);
  return codes;
}

std::string Id(int n) { return absl::StrCat("recording ", n); }

// The first `recordings` that are not there yet.
absl::Status Write(Files& files, int recordings,
                   const CodeFormat& format = kFormat) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CodeStoreWriter> writer,
                   CodeStoreWriter::Open(files, kStore, format));
  for (int n = 0; n < recordings; ++n) {
    if (writer->Contains(Id(n))) continue;
    RETURN_IF_ERROR(writer->Append(Id(n), CodesOf(n)));
    if (n % 2 == 0) RETURN_IF_ERROR(writer->Sync());
  }
  return writer->Finish();
}

std::map<std::string, std::string> Contents(Files& files) {
  std::map<std::string, std::string> contents;
  const auto entries = files.List(kStore);
  if (!entries.ok()) return contents;
  for (const DirectoryEntry& entry : *entries) {
    contents[entry.name] =
        files.Read(absl::StrCat(kStore, "/", entry.name)).value();
  }
  return contents;
}

TEST(CodeStoreTest, GivesBackWhatWasWritten) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 5), IsOk());
  const auto store = CodeStore::Open(files, kStore);
  ASSERT_THAT(store, IsOk());
  EXPECT_TRUE((*store)->format() == kFormat);
  ASSERT_EQ((*store)->recordings().size(), 5u);
  for (std::size_t n = 0; n < 5; ++n) {
    EXPECT_EQ((*store)->Find(Id(static_cast<int>(n))), n);
    EXPECT_EQ((*store)->recordings()[n].frames, n + 1);
  }
  EXPECT_THAT((*store)->Slice(4, 0, 1, 3), ElementsAre(1, 2, 3));
  EXPECT_THAT((*store)->Slice(4, 1, 0, 2), ElementsAre(4, 4));
  EXPECT_EQ((*store)->Find("recording 5"), std::nullopt);
  EXPECT_THAT((*store)->Verify(), IsOk());
  std::vector<std::uint64_t> expected = {5, 4, 3, 2, 1};
  expected.resize(16);
  EXPECT_EQ((*store)->Histogram(0), expected);
}

TEST(CodeStoreTest, IsTheSameHoweverOftenItWasInterrupted) {
  MemoryFiles whole;
  ASSERT_THAT(Write(whole, 7), IsOk());
  MemoryFiles halved;
  for (const int recordings : {0, 2, 2, 5, 7}) {
    ASSERT_THAT(Write(halved, recordings), IsOk());
  }
  EXPECT_EQ(Contents(halved), Contents(whole));
}

TEST(CodeStoreTest, SurvivesEveryFaultAndCrash) {
  MemoryFiles expected;
  ASSERT_THAT(Write(expected, 4), IsOk());
  FaultScenario scenario;
  scenario.prepare = [](Files& files) { ASSERT_THAT(Write(files, 2), IsOk()); };
  scenario.run = [](Files& files) { return Write(files, 4); };
  scenario.check = [&](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto store = CodeStore::Open(files, kStore);
    if (store.ok()) {
      EXPECT_THAT((*store)->Verify(), IsOk());
      EXPECT_GE((*store)->recordings().size(), outcome.reported_ok() ? 4u : 2u);
    } else {
      EXPECT_FALSE(outcome.reported_ok()) << store.status();
      EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition)
          << store.status();
    }
    // The next try is another process: a lock that could not be removed is
    // stale to it.
    files.Crash(CrashMode::kProcessKilled);
    ASSERT_THAT(Write(files, 4), IsOk());
    EXPECT_EQ(Contents(files), Contents(expected));
  };
  EXPECT_GT(ForEachFault(scenario), 50u);
}

class NewRecordingTest : public testing::Test {
 protected:
  NewRecordingTest()
      : writer_(CodeStoreWriter::Open(files_, kStore, kFormat).value()) {}

  MemoryFiles files_;
  const std::unique_ptr<CodeStoreWriter> writer_;
};

TEST_F(NewRecordingTest, MustFitTheStore) {
  ASSERT_THAT(writer_->Append("a", {1, 2}), IsOk());
  const auto refuses = [&](absl::string_view id,
                           const std::vector<std::uint16_t>& codes,
                           absl::string_view reason) {
    EXPECT_THAT(
        writer_->Append(id, codes),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(HasSubstr(kStore), HasSubstr(std::string(reason)))));
  };
  refuses("", {1, 2}, "no id");
  refuses("\xff", {1, 2}, "valid UTF-8");
  refuses("a", {1, 2}, "in the store already");
  refuses("b", {}, "0 codes");
  refuses("b", {1, 2, 3}, "a multiple of the 2 books");
  refuses("b", {1, 16}, "has the code 16, books have 16");
  ASSERT_THAT(writer_->Finish(), IsOk());
  EXPECT_THAT(writer_->Append("b", {1, 2}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("after the store was finished")));
}

TEST_F(NewRecordingTest, IsWrittenByOneProcessAtATime) {
  EXPECT_THAT(CodeStoreWriter::Open(files_, kStore, kFormat),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(kStore)));
}

TEST(CodeStoreWriterTest, RefusesCodesOfAnotherTokenizer) {
  MemoryFiles files;
  ASSERT_THAT(CodeStoreWriter::Open(files, kStore, kFormat), IsOk());
  const CodeFormat other = {2, 16, "EnCodec"};
  EXPECT_THAT(Write(files, 1, other),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("codes of k-means of log-mel"),
                             HasSubstr("not of EnCodec"))));
  EXPECT_THAT(Write(files, 1, {0, 16, "none"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("books")));
}

class DamagedStoreTest : public testing::Test {
 protected:
  DamagedStoreTest() { EXPECT_THAT(Write(files_, 3), IsOk()); }

  void Replace(const std::string& name, const std::string& from,
               const std::string& to) {
    const std::string path = absl::StrCat(kStore, "/", name);
    const std::string text = files_.Read(path).value();
    const std::string changed = absl::StrReplaceAll(text, {{from, to}});
    ASSERT_NE(changed, text);
    ASSERT_THAT(files_.WriteAtomically(path, changed), IsOk());
  }

  MemoryFiles files_;
};

TEST_F(DamagedStoreTest, IsRefusedByName) {
  Replace("codes.jsonl", "recording 1", "recording 9");
  EXPECT_THAT(CodeStore::Open(files_, kStore),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("codes.jsonl"), HasSubstr("checksum"))));
}

TEST_F(DamagedStoreTest, MustHaveAllItsCodes) {
  const std::string path = absl::StrCat(kStore, "/codes.bin");
  ASSERT_THAT(files_.WriteAtomically(path, "x"), IsOk());
  EXPECT_THAT(CodeStore::Open(files_, kStore),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("holds 1 bytes, its recordings take 24")));
}

TEST_F(DamagedStoreTest, VerifyNamesTheRecordingThatDiffers) {
  const std::string path = absl::StrCat(kStore, "/codes.bin");
  std::string bytes = files_.Read(path).value();
  bytes[bytes.size() - 1] ^= 1;
  ASSERT_THAT(files_.WriteAtomically(path, bytes), IsOk());
  const auto store = CodeStore::Open(files_, kStore);
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->Verify(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("recording 2")));
}

TEST_F(DamagedStoreTest, OfAnotherVersionSaysSo) {
  Replace("manifest.json", "\"version\": 1", "\"version\": 2");
  EXPECT_THAT(
      CodeStore::Open(files_, kStore),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("version 2")));
}

}  // namespace
}  // namespace culturemert
