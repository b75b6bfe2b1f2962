#include "experiments/actions/tokenize_set.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "datasets/codes/code_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/experiments/actions/small_set.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr std::size_t kClips = 14;
constexpr std::size_t kClipSamples = 1000;
constexpr std::uint64_t kFrames = 4;

// Book 0 is the clip's number, book 1 that of its frames.
class NumberTokenizer final : public Tokenizer {
 public:
  absl::StatusOr<at::Tensor> Codes(const at::Tensor& audio) const override {
    ++calls_;
    const auto number =
        static_cast<std::int64_t>(audio[0].item<float>() * 32768);
    if (number == bad_) return absl::InternalError("too loud");
    at::Tensor codes =
        at::full({2, TokenizerFrames(audio.size(0))}, number, at::kLong);
    codes[1].fill_(TokenizerFrames(audio.size(0)));
    return codes;
  }
  int books() const override { return 2; }
  int codes_per_book() const override { return 32; }
  std::string identity() const override { return "numbers"; }

  void set_bad(std::int64_t number) { bad_ = number; }
  int calls() const { return calls_; }

 private:
  std::int64_t bad_ = -1;
  mutable std::atomic<int> calls_ = 0;
};

class TokenizeSetTest : public testing::Test {
 protected:
  TokenizeSetTest() {
    EXPECT_THAT(WriteSmallSet(files_, "/set", SmallSet("r", kClips, 0, 0),
                              kClipSamples),
                IsOk());
    files_.SyncAll();
  }

  absl::Status Tokenize(
      const std::string& folder, int threads,
      std::function<bool()> should_stop = [] { return false; }) {
    const auto store = PcmStore::Open(files_, "/set/store");
    if (!store.ok()) return store.status();
    TokenizeSetOptions options;
    options.label = "small";
    options.threads = threads;
    options.is_quiet = true;
    options.should_stop = std::move(should_stop);
    return TokenizeSet(files_, **store, tokenizer_, folder, options);
  }

  std::map<std::string, std::string> Contents(const std::string& folder) {
    std::map<std::string, std::string> contents;
    const auto entries = files_.List(folder);
    EXPECT_THAT(entries, IsOk());
    if (!entries.ok()) return contents;
    for (const DirectoryEntry& entry : *entries) {
      contents[entry.name] =
          files_.Read(absl::StrCat(folder, "/", entry.name)).value();
    }
    return contents;
  }

  MemoryFiles files_;
  NumberTokenizer tokenizer_;
};

TEST_F(TokenizeSetTest, TakesOnlyTheClipsThatAreAskedFor) {
  const auto store = PcmStore::Open(files_, "/set/store");
  ASSERT_THAT(store, IsOk());
  const std::vector<StoredRecording>& recordings = (*store)->recordings();
  ASSERT_GE(recordings.size(), 4U);
  TokenizeSetOptions options;
  options.is_quiet = true;
  options.only = {recordings[3].id, recordings[1].id};
  ASSERT_THAT(TokenizeSet(files_, **store, tokenizer_, "/codes", options),
              IsOk());
  ASSERT_THAT(Tokenize("/all", 1), IsOk());
  const auto codes = CodeStore::Open(files_, "/codes");
  const auto all = CodeStore::Open(files_, "/all");
  ASSERT_THAT(codes, IsOk());
  ASSERT_THAT(all, IsOk());
  ASSERT_EQ((*codes)->recordings().size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t there = 2 * i + 1;
    EXPECT_EQ((*codes)->recordings()[i].id, recordings[there].id);
    EXPECT_EQ((*codes)->Slice(i, 0, 0, 1), (*all)->Slice(there, 0, 0, 1));
  }
}

TEST_F(TokenizeSetTest, WritesTheCodesOfEveryClipInTheStoresOrder) {
  ASSERT_THAT(Tokenize("/codes", 1), IsOk());
  const auto codes = CodeStore::Open(files_, "/codes");
  ASSERT_THAT(codes, IsOk());
  EXPECT_EQ((*codes)->format().tokenizer, "numbers");
  EXPECT_EQ((*codes)->format().books, 2);
  EXPECT_EQ((*codes)->format().codes_per_book, 32);
  ASSERT_EQ((*codes)->recordings().size(), kClips);
  for (std::size_t i = 0; i < kClips; ++i) {
    EXPECT_EQ((*codes)->recordings()[i].id, absl::StrCat("r", i));
    ASSERT_EQ((*codes)->recordings()[i].frames, kFrames);
    EXPECT_THAT((*codes)->Slice(i, 0, 0, kFrames), Each(i + 1));
    EXPECT_THAT((*codes)->Slice(i, 1, 0, kFrames), Each(kFrames));
  }
}

TEST_F(TokenizeSetTest, AnyNumberOfThreadsGivesTheSameBytes) {
  ASSERT_THAT(Tokenize("/one", 1), IsOk());
  ASSERT_THAT(Tokenize("/three", 3), IsOk());
  EXPECT_EQ(Contents("/three"), Contents("/one"));
}

TEST_F(TokenizeSetTest, GoesOnToTheSameBytesAfterAStopAndAPowerFailure) {
  ASSERT_THAT(Tokenize("/whole", 1), IsOk());
  files_.SyncAll();
  int asked = 0;
  EXPECT_THAT(Tokenize("/stopped", 1, [&asked] { return asked++ == 2; }),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("go on")));
  files_.Crash(CrashMode::kUnsyncedLost);
  const int before = tokenizer_.calls();
  ASSERT_THAT(Tokenize("/stopped", 1), IsOk());
  EXPECT_EQ(tokenizer_.calls() - before, static_cast<int>(kClips) - 8)
      << "what was there was computed again";
  EXPECT_EQ(Contents("/stopped"), Contents("/whole"));
}

TEST_F(TokenizeSetTest, AFailureNamesTheClipAndALaterCallGoesOn) {
  tokenizer_.set_bad(6);
  EXPECT_THAT(Tokenize("/codes", 1),
              StatusIs(absl::StatusCode::kInternal,
                       AllOf(HasSubstr("r5"), HasSubstr("too loud"))));
  EXPECT_FALSE(CodeStore::Open(files_, "/codes").ok());
  tokenizer_.set_bad(-1);
  ASSERT_THAT(Tokenize("/codes", 1), IsOk());
  ASSERT_THAT(Tokenize("/whole", 1), IsOk());
  EXPECT_EQ(Contents("/codes"), Contents("/whole"));
}

}  // namespace
}  // namespace culturemert
