#include "experiments/actions/render_set.h"

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// More than are rendered together.
constexpr std::int64_t kTrain = 75;
constexpr std::int64_t kValid = 3;
constexpr std::int64_t kTest = 3;

RenderConfig Config() {
  RenderConfig config;
  config.clip_seconds = 1;
  config.train = kTrain;
  config.valid = kValid;
  config.test = kTest;
  return config;
}

RenderSetOptions Quiet(int threads = 1) {
  RenderSetOptions options;
  options.threads = threads;
  options.is_quiet = true;
  return options;
}

// Every file of the set but locks, by path.
std::map<std::string, std::string> Contents(Files& files,
                                            const std::string& folder) {
  std::map<std::string, std::string> contents;
  for (const std::string& place : {folder, folder + "/store"}) {
    const auto entries = files.List(place);
    EXPECT_THAT(entries, IsOk());
    if (!entries.ok()) continue;
    for (const DirectoryEntry& entry : *entries) {
      if (entry.kind != FileKind::kFile) continue;
      const std::string path = absl::StrCat(place, "/", entry.name);
      contents[path.substr(folder.size())] = files.Read(path).value();
    }
  }
  return contents;
}

TEST(RenderSetTest, HasTheSplitsAndLengthsAskedFor) {
  MemoryFiles files;
  const auto set = RenderSet(files, "/set", Config(), Quiet());
  ASSERT_THAT(set, IsOk());
  EXPECT_TRUE(set->is_synthetic);
  EXPECT_FALSE(set->culture.empty());
  EXPECT_THAT(set->OfSplit(Split::kTrain), SizeIs(kTrain));
  EXPECT_THAT(set->OfSplit(Split::kValid), SizeIs(kValid));
  EXPECT_THAT(set->OfSplit(Split::kTest), SizeIs(kTest));
  const auto store = PcmStore::Open(files, "/set/store");
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->Verify(), IsOk());
  ASSERT_THAT((*store)->recordings(), SizeIs(set->recordings.size()));
  std::set<std::size_t> used_tags;
  for (std::size_t i = 0; i < set->recordings.size(); ++i) {
    const PreparedRecording& recording = set->recordings[i];
    EXPECT_EQ((*store)->Find(recording.clips.at(0)), i);
    EXPECT_EQ((*store)->recordings()[i].seconds(), 1);
    EXPECT_FALSE(recording.labels.empty());
    used_tags.insert(recording.labels.begin(), recording.labels.end());
  }
  EXPECT_GT(used_tags.size(), 5u);
}

TEST(RenderSetTest, IsReadAsItWasReturned) {
  MemoryFiles files;
  const auto set = RenderSet(files, "/set", Config(), Quiet());
  ASSERT_THAT(set, IsOk());
  const auto read = ReadPreparedSet(files, "/set");
  ASSERT_THAT(read, IsOk());
  ASSERT_EQ(read->recordings.size(), set->recordings.size());
  for (std::size_t i = 0; i < read->recordings.size(); ++i) {
    EXPECT_EQ(read->recordings[i].id, set->recordings[i].id);
    EXPECT_EQ(read->recordings[i].labels, set->recordings[i].labels);
  }
}

TEST(RenderSetTest, AnyNumberOfThreadsGivesTheSameBytes) {
  MemoryFiles files;
  ASSERT_THAT(RenderSet(files, "/one", Config(), Quiet(1)), IsOk());
  ASSERT_THAT(RenderSet(files, "/three", Config(), Quiet(3)), IsOk());
  EXPECT_EQ(Contents(files, "/three"), Contents(files, "/one"));
}

TEST(RenderSetTest, GoesOnToTheSameBytesAfterAStopAndAPowerFailure) {
  MemoryFiles files;
  ASSERT_THAT(RenderSet(files, "/whole", Config(), Quiet()), IsOk());
  files.SyncAll();
  for (const int asked : {1, 2}) {
    const std::string folder = absl::StrCat("/stopped", asked);
    RenderSetOptions options = Quiet();
    int calls = 0;
    options.should_stop = [&calls, asked] { return calls++ == asked; };
    EXPECT_THAT(RenderSet(files, folder, Config(), options),
                StatusIs(absl::StatusCode::kCancelled, HasSubstr("go on")));
    files.Crash(CrashMode::kUnsyncedLost);
    int batches = 0;
    options.should_stop = [&batches] {
      ++batches;
      return false;
    };
    ASSERT_THAT(RenderSet(files, folder, Config(), options), IsOk());
    EXPECT_EQ(batches, 3 - asked) << "what was there was rendered again";
    EXPECT_EQ(Contents(files, folder), Contents(files, "/whole"));
  }
}

TEST(RenderSetTest, AFinishedSetIsLeftAsItIs) {
  MemoryFiles files;
  ASSERT_THAT(RenderSet(files, "/set", Config(), Quiet()), IsOk());
  const auto before = Contents(files, "/set");
  ASSERT_THAT(RenderSet(files, "/set", Config(), Quiet()), IsOk());
  EXPECT_EQ(Contents(files, "/set"), before);
}

TEST(RenderSetTest, AnotherSeedPlaysOtherMusic) {
  MemoryFiles files;
  RenderConfig zero = Config();
  zero.train = 2;
  RenderConfig other = zero;
  other.seed = 1;
  ASSERT_THAT(RenderSet(files, "/zero", zero, Quiet()), IsOk());
  ASSERT_THAT(RenderSet(files, "/one", other, Quiet()), IsOk());
  EXPECT_NE(Contents(files, "/one").at("/store/audio-00000.pcm"),
            Contents(files, "/zero").at("/store/audio-00000.pcm"));
}

TEST(RenderSetTest, NoRecordingsAndUnknownCorporaAreRefused) {
  MemoryFiles files;
  RenderConfig none = Config();
  none.train = none.valid = none.test = 0;
  EXPECT_THAT(
      RenderSet(files, "/set", none, Quiet()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no recordings")));
  RenderConfig unknown = Config();
  unknown.corpus = "makan";
  const auto set = RenderSet(files, "/set", unknown, Quiet());
  ASSERT_FALSE(set.ok());
  EXPECT_THAT(std::string(set.status().message()), HasSubstr("makan"));
}

}  // namespace
}  // namespace culturemert
