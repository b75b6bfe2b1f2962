#include "datasets/store/pcm_store.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/random/random_stream.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kStore[] = "/store";

// Small shards, so that a few recordings take several.
constexpr PcmStoreWriterOptions kSmall = {/*max_shard_bytes=*/1000,
                                          /*sync_bytes=*/300};

std::vector<std::int16_t> Samples(int recording) {
  const RandomStream random(1, recording);
  std::vector<std::int16_t> samples(50 + 37 * recording % 200);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::int16_t>(random.Bits32(i));
  }
  return samples;
}

NewRecording Named(int recording) {
  return {absl::StrCat("recording ", recording), "makam",
          absl::StrCat(recording, ".mp3"), "a decoder",
          static_cast<std::uint64_t>(recording)};
}

// Appends recordings up to `count` to what is there, and finishes.
absl::Status Write(Files& files, int count,
                   const PcmStoreWriterOptions& options = kSmall) {
  auto writer = PcmStoreWriter::Open(files, kStore, options);
  if (!writer.ok()) return writer.status();
  for (int i = 0; i < count; ++i) {
    if ((*writer)->Find(Named(i).id) != nullptr) continue;
    const absl::Status status = (*writer)->Append(Named(i), Samples(i));
    if (!status.ok()) return status;
  }
  return (*writer)->Finish();
}

// All files of the store but the lock.
std::map<std::string, std::string> Contents(Files& files) {
  std::map<std::string, std::string> contents;
  const auto entries = files.List(kStore);
  EXPECT_THAT(entries, IsOk());
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name == kStoreLockName) continue;
    const auto bytes = files.Read(absl::StrCat(kStore, "/", entry.name));
    EXPECT_THAT(bytes, IsOk());
    contents[entry.name] = *bytes;
  }
  return contents;
}

TEST(PcmStoreTest, WhatIsWrittenIsReadBack) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 10), IsOk());
  const auto store = PcmStore::Open(files, kStore);
  ASSERT_THAT(store, IsOk());
  ASSERT_EQ((*store)->recordings().size(), 10u);
  EXPECT_GT((*store)->manifest().shard_bytes.size(), 2u);
  for (int i = 0; i < 10; ++i) {
    const StoredRecording& recording = (*store)->recordings()[i];
    EXPECT_EQ(recording.id, Named(i).id);
    EXPECT_EQ(recording.culture, "makam");
    EXPECT_EQ(recording.source, Named(i).source);
    EXPECT_EQ(recording.decoder, "a decoder");
    EXPECT_EQ(recording.clipped_samples, static_cast<std::uint64_t>(i));
    EXPECT_EQ((*store)->Samples(i), absl::MakeConstSpan(Samples(i)));
    EXPECT_EQ((*store)->Find(recording.id), static_cast<std::size_t>(i));
  }
  EXPECT_FALSE((*store)->Find("nothing").has_value());
  EXPECT_THAT((*store)->Verify(), IsOk());
}

TEST(PcmStoreTest, ReadsFloatsOfAnyPart) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 3), IsOk());
  const auto store = PcmStore::Open(files, kStore);
  ASSERT_THAT(store, IsOk());
  const std::vector<std::int16_t> samples = Samples(1);
  for (std::size_t first = 0; first <= samples.size(); ++first) {
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{1}, samples.size() - first}) {
      std::vector<float> out(count);
      const absl::Status status =
          (*store)->ReadFloat(1, first, absl::MakeSpan(out));
      if (first + count > samples.size()) {
        EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange,
                                     HasSubstr("\"recording 1\" has 87")));
        continue;
      }
      ASSERT_THAT(status, IsOk());
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(out[i], samples[first + i] / 32768.0f);
      }
    }
  }
  std::vector<float> out(1);
  EXPECT_THAT((*store)->ReadFloat(1, ~std::uint64_t{0}, absl::MakeSpan(out)),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("has 87")));
  EXPECT_THAT((*store)->ReadFloat(3, 0, absl::MakeSpan(out)),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("no recording number 3 among 3")));
}

TEST(PcmStoreTest, AnEmptyStoreIsOne) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 0), IsOk());
  const auto store = PcmStore::Open(files, kStore);
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->recordings(), IsEmpty());
  EXPECT_THAT((*store)->Verify(), IsOk());
}

TEST(PcmStoreTest, AStoreThatIsNotFinishedIsRefused) {
  MemoryFiles files;
  const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Append(Named(0), Samples(0)), IsOk());
  ASSERT_THAT((*writer)->Sync(), IsOk());
  EXPECT_THAT(PcmStore::Open(files, kStore),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("/store: the store is not finished")));
  EXPECT_THAT(
      PcmStore::Open(files, "/none"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/manifest.json")));
}

TEST(PcmStoreTest, AFinishedStoreThatIsGoingOnIsRefused) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 3), IsOk());
  const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(PcmStore::Open(files, kStore), IsOk());
  ASSERT_THAT((*writer)->Append(Named(3), Samples(3)), IsOk());
  EXPECT_THAT(PcmStore::Open(files, kStore),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("not finished")));
  ASSERT_THAT((*writer)->Finish(), IsOk());
  EXPECT_THAT(PcmStore::Open(files, kStore), IsOk());
}

TEST(PcmStoreTest, EveryDamageOfIndexAndManifestIsAnErrorWithItsFile) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 3), IsOk());
  for (const char* name : {kStoreIndexName, kStoreManifestName}) {
    const std::string path = absl::StrCat(kStore, "/", name);
    const std::string good = *files.Read(path);
    for (std::size_t byte = 0; byte < good.size(); ++byte) {
      std::string bad = good;
      bad[byte] = static_cast<char>(bad[byte] ^ 1);
      ASSERT_THAT(files.WriteAtomically(path, bad), IsOk());
      const auto store = PcmStore::Open(files, kStore);
      if (store.ok()) {  // The name of a library may read otherwise.
        EXPECT_EQ(name, kStoreManifestName);
        EXPECT_GT(byte, good.find("libraries"));
        EXPECT_LT(byte, good.find("rate_hz"));
      } else {
        EXPECT_THAT(store.status().message(), HasSubstr("/store"));
      }
    }
    for (std::size_t size = 0; size < good.size() - 1; ++size) {
      ASSERT_THAT(files.WriteAtomically(path, good.substr(0, size)), IsOk());
      EXPECT_FALSE(PcmStore::Open(files, kStore).ok()) << name << " " << size;
    }
    ASSERT_THAT(files.WriteAtomically(path, good), IsOk());
  }
  EXPECT_THAT(PcmStore::Open(files, kStore), IsOk());
}

TEST(PcmStoreTest, AShardOfAnotherSizeIsNamed) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 10), IsOk());
  const std::string path = "/store/audio-00001.pcm";
  const std::string good = *files.Read(path);
  for (const std::string& bad :
       {good.substr(0, good.size() - 2), good + "xx"}) {
    ASSERT_THAT(files.WriteAtomically(path, bad), IsOk());
    EXPECT_THAT(PcmStore::Open(files, kStore),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr("/store/audio-00001.pcm: holds ")));
  }
  ASSERT_THAT(files.Remove(path), IsOk());
  EXPECT_THAT(PcmStore::Open(files, kStore),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/store/audio-00001.pcm")));
}

TEST(PcmStoreTest, VerifyFindsAnyFlippedBitAndNamesShardAndRecording) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 10), IsOk());
  const std::string path = "/store/audio-00001.pcm";
  const std::string good = *files.Read(path);
  for (std::size_t byte = 0; byte < good.size(); byte += 13) {
    std::string bad = good;
    bad[byte] = static_cast<char>(bad[byte] ^ (1 << byte % 8));
    ASSERT_THAT(files.WriteAtomically(path, bad), IsOk());
    const auto store = PcmStore::Open(files, kStore);
    ASSERT_THAT(store, IsOk());
    EXPECT_THAT((*store)->Verify(),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr("audio-00001.pcm: recording"),
                               HasSubstr("has checksum"))));
  }
}

TEST(PcmStoreWriterTest, ARecordingNeverSpansTwoShards) {
  MemoryFiles files;
  const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
  ASSERT_THAT(writer, IsOk());
  const std::vector<std::size_t> sizes = {500, 1, 498, 1, 1, 500};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    ASSERT_THAT((*writer)->Append({absl::StrCat(i), "", "", "", 0},
                                  std::vector<std::int16_t>(sizes[i])),
                IsOk());
  }
  std::vector<std::pair<int, std::uint64_t>> places;
  for (const StoredRecording& recording : (*writer)->recordings()) {
    places.emplace_back(recording.shard, recording.first_sample);
  }
  using Place = std::pair<int, std::uint64_t>;
  EXPECT_THAT(places, ElementsAre(Place(0, 0), Place(1, 0), Place(1, 1),
                                  Place(1, 499), Place(2, 0), Place(3, 0)));
}

TEST(PcmStoreWriterTest, RefusesWhatCannotBeStoredAndGoesOn) {
  MemoryFiles files;
  const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Append(Named(0), Samples(0)), IsOk());
  struct Case {
    NewRecording recording;
    std::size_t samples;
    std::string message;
  };
  for (const Case& test : std::vector<Case>{
           {Named(0), 10, "is in the store already"},
           {Named(1), 0, "has no samples"},
           {Named(1), 501, "has 501 samples, but a shard takes 500"},
           {{"", "", "", "", 0}, 10, "a recording has no id"},
           {{"\xff", "", "", "", 0}, 10, "is not valid UTF-8"},
           {{"x", "", "\xc3", "", 0}, 10, "\"\\xc3\" is not valid UTF-8"}}) {
    EXPECT_THAT((*writer)->Append(test.recording,
                                  std::vector<std::int16_t>(test.samples)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("/store"), HasSubstr(test.message))));
  }
  ASSERT_THAT((*writer)->Append(Named(1), Samples(1)), IsOk());
  ASSERT_THAT((*writer)->Finish(), IsOk());
  EXPECT_THAT((*writer)->Append(Named(2), Samples(2)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("after the store was finished")));
  EXPECT_THAT(PcmStore::Open(files, kStore), IsOk());
}

TEST(PcmStoreWriterTest, RefusesShardsOfAnImpossibleSize) {
  MemoryFiles files;
  for (const std::uint64_t bytes : {std::uint64_t{1}, kMaxShardBytes + 1}) {
    EXPECT_THAT(PcmStoreWriter::Open(files, kStore, {bytes, 1}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("a shard may take 2 to 1073741824 bytes")));
  }
}

TEST(PcmStoreWriterTest, OnlyOneMayWrite) {
  MemoryFiles files;
  const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(PcmStoreWriter::Open(files, kStore, kSmall),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("/store/writer.lock")));
}

TEST(PcmStoreWriterTest, GoesOnWithTheSameBytesWhereverItStopped) {
  MemoryFiles reference;
  ASSERT_THAT(Write(reference, 8), IsOk());
  for (int stop = 0; stop <= 8; ++stop) {
    MemoryFiles files;
    ASSERT_THAT(Write(files, stop), IsOk());
    ASSERT_THAT(Write(files, 8), IsOk());
    EXPECT_EQ(Contents(files), Contents(reference)) << stop;
  }
}

TEST(PcmStoreWriterTest, EveryFaultIsACleanErrorAndCanBeRepaired) {
  MemoryFiles reference;
  ASSERT_THAT(Write(reference, 6), IsOk());
  const auto expected = Contents(reference);
  FaultScenario scenario;
  scenario.prepare = [](Files& files) { ASSERT_THAT(Write(files, 2), IsOk()); };
  scenario.run = [](Files& files) { return Write(files, 6); };
  scenario.check = [&](MemoryFiles& files, const FaultOutcome& outcome) {
    const auto store = PcmStore::Open(files, kStore);
    if (outcome.reported_ok()) {
      EXPECT_THAT(store, IsOk());
    }
    if (store.ok()) {  // Whatever is readable is right.
      EXPECT_THAT((*store)->Verify(), IsOk());
      EXPECT_GE((*store)->recordings().size(), 2u);
    }
    // The next try is another process: a lock that could not be removed is
    // stale to it.
    files.Crash(CrashMode::kProcessKilled);
    ASSERT_THAT(Write(files, 6), IsOk());
    EXPECT_EQ(Contents(files), expected);
  };
  EXPECT_GT(ForEachFault(scenario), 100u);
}

TEST(PcmStoreWriterTest, TellsWhatItRepaired) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 10), IsOk());
  const auto expected = Contents(files);
  const std::string index = *files.Read("/store/recordings.jsonl");
  const std::string last = *files.Read("/store/audio-00002.pcm");
  // A line cut short, an unfinished recording, and a shard of which no line
  // tells.
  ASSERT_THAT(files.WriteAtomically("/store/recordings.jsonl",
                                    index.substr(0, index.size() - 5)),
              IsOk());
  ASSERT_THAT(files.WriteAtomically("/store/audio-00009.pcm", "xx"), IsOk());
  {
    const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
    ASSERT_THAT(writer, IsOk());
    EXPECT_EQ((*writer)->recordings().size(), 9u);
    EXPECT_THAT((*writer)->repairs(),
                ElementsAre(HasSubstr("removed a line that was cut short"),
                            HasSubstr("removed audio-00003.pcm, none of whose"),
                            HasSubstr("removed audio-00009.pcm")));
  }
  ASSERT_THAT(Write(files, 10), IsOk());
  EXPECT_EQ(Contents(files), expected);
  // A recording that is only half there.
  ASSERT_THAT(files.WriteAtomically(
                  "/store/audio-00003.pcm",
                  *files.Read("/store/audio-00003.pcm") + "half of it"),
              IsOk());
  {
    const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
    ASSERT_THAT(writer, IsOk());
    EXPECT_THAT((*writer)->repairs(),
                ElementsAre(HasSubstr("removed 10 bytes from the end of "
                                      "audio-00003.pcm")));
  }
  ASSERT_THAT(Write(files, 10), IsOk());
  EXPECT_EQ(Contents(files), expected);
  // Samples lost.
  ASSERT_THAT(files.WriteAtomically("/store/audio-00002.pcm",
                                    last.substr(0, last.size() - 2)),
              IsOk());
  {
    const auto writer = PcmStoreWriter::Open(files, kStore, kSmall);
    ASSERT_THAT(writer, IsOk());
    EXPECT_THAT((*writer)->repairs(),
                testing::Contains(HasSubstr("recordings without their samples: "
                                            "audio-00002.pcm holds")));
  }
  ASSERT_THAT(Write(files, 10), IsOk());
  EXPECT_EQ(Contents(files), expected);
}

TEST(PcmStoreWriterTest, RefusesDamageThatNoCrashExplains) {
  MemoryFiles files;
  ASSERT_THAT(Write(files, 10), IsOk());
  const std::string path = "/store/audio-00000.pcm";
  const std::string good = *files.Read(path);
  ASSERT_THAT(files.WriteAtomically(path, good + "xx"), IsOk());
  EXPECT_THAT(PcmStoreWriter::Open(files, kStore, kSmall),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("/store/audio-00000.pcm: holds")));
  ASSERT_THAT(files.WriteAtomically(path, good), IsOk());
  const std::string index = *files.Read("/store/recordings.jsonl");
  ASSERT_THAT(
      files.WriteAtomically("/store/recordings.jsonl", "nonsense\n" + index),
      IsOk());
  EXPECT_THAT(PcmStoreWriter::Open(files, kStore, kSmall),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/store/recordings.jsonl:1")));
}

}  // namespace
}  // namespace culturemert
