#include "datasets/store/prepare_corpus.h"

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_file.h"
#include "datasets/audio/pcm16.h"
#include "datasets/store/pcm_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sndfile.h"
#include "tests/datasets/audio/test_audio.h"
#include "tools/base/files/faulty_files.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string Clip(int number) {
  const int rates_hz[] = {24000, 16000, 44100, 48000};
  const int rate_hz = rates_hz[number % 4];
  const std::vector<float> sine =
      Sine(200 + 50 * number, rate_hz, rate_hz / 20 + 100 * number);
  return number % 3 == 0
             ? Encode(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, rate_hz, 1, sine)
             : Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT, rate_hz, 2,
                      Interleave(sine, 2));
}

CorpusSource SourceOf(int number) {
  CorpusSource source;
  source.id = absl::StrCat("clip ", number);
  source.culture = number % 2 == 0 ? "makam" : "lyra";
  source.path = absl::StrCat("/audio/", number, ".wav");
  source.source = absl::StrCat(number, ".wav");
  return source;
}

// `count` clips in /audio, and their list.
std::vector<CorpusSource> MakeCorpus(Files& files, int count) {
  std::vector<CorpusSource> sources;
  EXPECT_THAT(files.CreateDirectories("/audio"), IsOk());
  for (int i = 0; i < count; ++i) {
    sources.push_back(SourceOf(i));
    EXPECT_THAT(files.WriteAtomically(sources.back().path, Clip(i)), IsOk());
  }
  return sources;
}

PrepareOptions QuietOptions() {
  PrepareOptions options;
  options.directory = "/store";
  options.is_quiet = true;
  options.writer = {/*max_shard_bytes=*/20000, /*sync_bytes=*/5000};
  return options;
}

std::map<std::string, std::string> Contents(Files& files) {
  std::map<std::string, std::string> contents;
  const auto entries = files.List("/store");
  EXPECT_THAT(entries, IsOk());
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name == kStoreLockName) continue;
    contents[entry.name] = *files.Read(JoinPath("/store", entry.name));
  }
  return contents;
}

TEST(PrepareCorpusTest, StoresWhatLoadMonoGives) {
  MemoryFiles files;
  const std::vector<CorpusSource> sources = MakeCorpus(files, 8);
  const auto report = PrepareCorpus(files, sources, QuietOptions());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->recordings, 8u);
  EXPECT_EQ(report->were_there, 0u);
  EXPECT_THAT(report->failures, IsEmpty());
  EXPECT_THAT(report->notes, IsEmpty());
  EXPECT_EQ(report->clipped_samples, 0u);
  const auto store = PcmStore::Open(files, "/store");
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->Verify(), IsOk());
  double seconds = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto audio = LoadMono(files, sources[i].path);
    ASSERT_THAT(audio, IsOk());
    std::vector<std::int16_t> expected(audio->samples.size());
    ToPcm16(audio->samples, absl::MakeSpan(expected));
    EXPECT_EQ((*store)->Samples(i), absl::MakeConstSpan(expected));
    const StoredRecording& recording = (*store)->recordings()[i];
    EXPECT_EQ(recording.id, sources[i].id);
    EXPECT_EQ(recording.culture, sources[i].culture);
    EXPECT_EQ(recording.source, sources[i].source);
    EXPECT_THAT(recording.decoder,
                AllOf(HasSubstr("libsndfile"), HasSubstr("libsoxr")));
    seconds += recording.seconds();
  }
  EXPECT_DOUBLE_EQ(report->seconds, seconds);
}

TEST(PrepareCorpusTest, ThreadsAndMemoryMakeNoDifference) {
  MemoryFiles reference;
  const std::vector<CorpusSource> sources = MakeCorpus(reference, 24);
  ASSERT_THAT(PrepareCorpus(reference, sources, QuietOptions()), IsOk());
  for (const int threads : {1, 2, 4, 8}) {
    for (const std::uint64_t max_memory_bytes : {1, 10000, 1000000}) {
      MemoryFiles files;
      MakeCorpus(files, 24);
      PrepareOptions options = QuietOptions();
      options.threads = threads;
      options.max_memory_bytes = max_memory_bytes;
      ASSERT_THAT(PrepareCorpus(files, sources, options), IsOk());
      EXPECT_EQ(Contents(files), Contents(reference)) << threads;
    }
  }
}

TEST(PrepareCorpusTest, StoresPartsOfFiles) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically(
                  "/ramp.wav", Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000,
                                      1, Sine(100, 24000, 24000))),
              IsOk());
  std::vector<CorpusSource> sources = {
      {"first", "c", "/ramp.wav", "", 0, 0.25},
      {"second", "c", "/ramp.wav", "ramp from 0.25", 0.25, 0.5},
      {"behind", "c", "/ramp.wav", "", 0.5, 9}};
  PrepareOptions options = QuietOptions();
  options.writer.max_shard_bytes = 100000;
  const auto report = PrepareCorpus(files, sources, options);
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(report->notes,
              ElementsAre("behind: the part ends at 9 s, the file already at 1 "
                          "s"));
  const auto store = PcmStore::Open(files, "/store");
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ((*store)->recordings()[0].source, "/ramp.wav");
  EXPECT_EQ((*store)->recordings()[1].source, "ramp from 0.25");
  EXPECT_THAT((*store)->Samples(0), SizeIs(6000));
  EXPECT_THAT((*store)->Samples(2), SizeIs(12000));
  const auto audio = LoadMono(files, "/ramp.wav");
  std::vector<std::int16_t> whole(24000);
  ToPcm16(audio->samples, absl::MakeSpan(whole));
  EXPECT_EQ((*store)->Samples(1),
            absl::MakeConstSpan(whole).subspan(6000, 6000));
}

TEST(PrepareCorpusTest, CountsClippedSamples) {
  MemoryFiles files;
  ASSERT_THAT(
      files.WriteAtomically("/loud.wav", Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT,
                                                24000, 1, {0, 2, 0.5f, -3, 1})),
      IsOk());
  const auto report =
      PrepareCorpus(files, {{"loud", "c", "/loud.wav", ""}}, QuietOptions());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->clipped_samples, 3u);
  EXPECT_EQ(report->clipped_recordings, 1u);
  EXPECT_THAT(FormatPrepareReport(*report),
              HasSubstr("3 samples clipped in 1 recordings"));
  const auto store = PcmStore::Open(files, "/store");
  EXPECT_EQ((*store)->recordings()[0].clipped_samples, 3u);
  EXPECT_THAT((*store)->Samples(0),
              ElementsAre(0, 32767, 16384, -32768, 32767));
}

// A corpus of six whose files 1, 3 and 4 are broken, each in its own way.
std::vector<CorpusSource> MakeBrokenCorpus(Files& files) {
  const std::vector<CorpusSource> sources = MakeCorpus(files, 6);
  EXPECT_THAT(files.WriteAtomically(sources[1].path, "just text"), IsOk());
  EXPECT_THAT(files.Remove(sources[3].path), IsOk());
  EXPECT_THAT(files.WriteAtomically(
                  sources[4].path,
                  Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000, 1, {})),
              IsOk());
  return sources;
}

TEST(PrepareCorpusTest, ListsAllFilesThatFailWithTheirReasons) {
  for (const int threads : {1, 4}) {
    MemoryFiles files;
    const std::vector<CorpusSource> sources = MakeBrokenCorpus(files);
    PrepareOptions options = QuietOptions();
    options.threads = threads;
    EXPECT_THAT(
        PrepareCorpus(files, sources, options),
        StatusIs(absl::StatusCode::kFailedPrecondition,
                 AllOf(HasSubstr("3 files failed, allowed are 0:"),
                       HasSubstr("clip 1: /audio/1.wav: found text"),
                       HasSubstr("clip 3: cannot map /audio/3.wav"),
                       HasSubstr("clip 4: /audio/4.wav: holds no audio"),
                       HasSubstr("--set prepare.max_bad=3"))));
    EXPECT_FALSE(PcmStore::Open(files, "/store").ok());
  }
}

TEST(PrepareCorpusTest, KnownAndAllowedFailuresAreNoError) {
  for (int known = 0; known < 8; ++known) {
    for (int max_bad = 0; max_bad <= 3; ++max_bad) {
      MemoryFiles files;
      const std::vector<CorpusSource> sources = MakeBrokenCorpus(files);
      PrepareOptions options = QuietOptions();
      options.max_bad = max_bad;
      const int bad[] = {1, 3, 4};
      int unknown = 3;
      for (int i = 0; i < 3; ++i) {
        if ((known >> i & 1) == 0) continue;
        options.known_bad.insert(SourceOf(bad[i]).id);
        --unknown;
      }
      const auto report = PrepareCorpus(files, sources, options);
      EXPECT_EQ(report.ok(), unknown <= max_bad);
      if (!report.ok()) continue;
      EXPECT_EQ(report->recordings, 3u);
      ASSERT_THAT(report->failures, SizeIs(3));
      for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(report->failures[i].id, SourceOf(bad[i]).id);
        EXPECT_EQ(report->failures[i].is_known_bad, (known >> i & 1) != 0);
      }
      EXPECT_THAT(FormatPrepareReport(*report), HasSubstr("clip 4: /audio/4"));
    }
  }
}

TEST(PrepareCorpusTest, GoesOnInTheOrderOfTheListAfterRepairs) {
  MemoryFiles reference;
  const std::vector<CorpusSource> sources = MakeCorpus(reference, 6);
  ASSERT_THAT(PrepareCorpus(reference, sources, QuietOptions()), IsOk());
  for (const int threads : {1, 4}) {
    MemoryFiles files;
    MakeCorpus(files, 6);
    // Damage that only decoding shows.
    for (const int bad : {2, 4}) {
      ASSERT_THAT(
          files.WriteAtomically(sources[bad].path,
                                Encode(SF_FORMAT_WAV | SF_FORMAT_FLOAT, 24000,
                                       1, {0.5f, std::nanf("")})),
          IsOk());
    }
    PrepareOptions options = QuietOptions();
    options.threads = threads;
    EXPECT_THAT(
        PrepareCorpus(files, sources, options),
        StatusIs(absl::StatusCode::kFailedPrecondition,
                 AllOf(HasSubstr("2 files failed"),
                       HasSubstr("clip 2: /audio/2.wav: the sample of"),
                       HasSubstr("clip 4: /audio/4.wav: the sample of"))));
    MakeCorpus(files, 6);
    const auto report = PrepareCorpus(files, sources, options);
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->were_there, 2u);
    EXPECT_EQ(Contents(files), Contents(reference));
  }
}

TEST(PrepareCorpusTest, AFileThatMayFailAndIsRepairedComesLast) {
  MemoryFiles files;
  const std::vector<CorpusSource> sources = MakeBrokenCorpus(files);
  PrepareOptions options = QuietOptions();
  options.max_bad = 3;
  ASSERT_THAT(PrepareCorpus(files, sources, options), IsOk());
  MakeCorpus(files, 6);
  const auto report = PrepareCorpus(files, sources, QuietOptions());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->recordings, 6u);
  EXPECT_EQ(report->were_there, 3u);
  const auto store = PcmStore::Open(files, "/store");
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->Verify(), IsOk());
  std::vector<std::string> ids;
  for (const StoredRecording& recording : (*store)->recordings()) {
    ids.push_back(recording.id);
  }
  EXPECT_THAT(ids, ElementsAre("clip 0", "clip 2", "clip 5", "clip 1", "clip 3",
                               "clip 4"));
}

TEST(PrepareCorpusTest, ASecondRunDecodesNothingAndChangesNothing) {
  MemoryFiles files;
  const std::vector<CorpusSource> sources = MakeCorpus(files, 5);
  ASSERT_THAT(PrepareCorpus(files, sources, QuietOptions()), IsOk());
  const auto before = Contents(files);
  ASSERT_THAT(files.RemoveTree("/audio"), IsOk());
  const auto report = PrepareCorpus(files, sources, QuietOptions());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->were_there, 5u);
  EXPECT_EQ(Contents(files), before);
}

TEST(PrepareCorpusTest, AStoreOfOtherRecordingsIsRefused) {
  MemoryFiles files;
  std::vector<CorpusSource> sources = MakeCorpus(files, 3);
  ASSERT_THAT(PrepareCorpus(files, sources, QuietOptions()), IsOk());
  std::vector<CorpusSource> fewer = sources;
  fewer.pop_back();
  EXPECT_THAT(PrepareCorpus(files, fewer, QuietOptions()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("holds recording \"clip 2\", which is not")));
  sources[1].source = "another.wav";
  EXPECT_THAT(PrepareCorpus(files, sources, QuietOptions()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("holds recording \"clip 1\" of \"lyra\" from "
                                 "\"1.wav\", wanted is one of \"lyra\" from "
                                 "\"another.wav\"")));
}

TEST(PrepareCorpusTest, TooLittleSpaceIsToldBeforeTheWork) {
  MemoryFiles files;
  const std::vector<CorpusSource> sources = MakeCorpus(files, 8);
  std::uint64_t used_bytes = 0;
  for (const CorpusSource& source : sources) {
    used_bytes += files.Info(source.path)->size_bytes;
  }
  files.set_capacity_bytes(used_bytes + 20000);
  EXPECT_THAT(PrepareCorpus(files, sources, QuietOptions()),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("/store: 8 recordings need about"),
                             HasSubstr("are free"))));
  EXPECT_THAT(Contents(files), IsEmpty());
}

TEST(PrepareCorpusTest, RefusesListsThatMakeNoSense) {
  MemoryFiles files;
  CorpusSource source = SourceOf(1);
  struct Case {
    std::vector<CorpusSource> sources;
    std::string message;
  };
  std::vector<Case> cases = {
      {{source, source}, "\"clip 1\" is in the list twice"}};
  source.id = "";
  cases.push_back({{source}, "has no id"});
  source = SourceOf(1);
  source.start_seconds = 3;
  source.end_seconds = 3;
  cases.push_back({{source}, "to last from 3 s to 3 s"});
  source.start_seconds = -1;
  cases.push_back({{source}, "to last from -1 s"});
  for (const Case& test : cases) {
    EXPECT_THAT(
        PrepareCorpus(files, test.sources, QuietOptions()),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(HasSubstr("/audio/1.wav"), HasSubstr(test.message))));
  }
  PrepareOptions options = QuietOptions();
  options.threads = 0;
  EXPECT_FALSE(PrepareCorpus(files, {SourceOf(1)}, options).ok());
}

TEST(PrepareCorpusTest, ARecordingLongerThanAShardFails) {
  MemoryFiles files;
  ASSERT_THAT(files.WriteAtomically(
                  "/long.wav", Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000,
                                      1, std::vector<float>(10001))),
              IsOk());
  EXPECT_THAT(
      PrepareCorpus(files, {{"long", "c", "/long.wav", ""}}, QuietOptions()),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("/long.wav: lasts longer than the 0 s that a shard")));
}

TEST(PrepareCorpusTest, TruncatedFilesFailUnlessAccepted) {
  MemoryFiles files;
  const std::string wav = Encode(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 24000, 1,
                                 Sine(440, 24000, 1000));
  ASSERT_THAT(files.WriteAtomically("/cut.wav", wav.substr(0, 1044)), IsOk());
  const std::vector<CorpusSource> sources = {{"cut", "c", "/cut.wav", ""}};
  PrepareOptions options = QuietOptions();
  EXPECT_THAT(PrepareCorpus(files, sources, options),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("truncated: 500 of 1000 frames")));
  options.accept_truncated = true;
  const auto report = PrepareCorpus(files, sources, options);
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(report->notes,
              ElementsAre(HasSubstr("cut: truncated: 500 of 1000 frames")));
}

TEST(PrepareCorpusTest, EveryFaultIsACleanErrorAndTheNextRunCompletesTheStore) {
  MemoryFiles reference;
  const std::vector<CorpusSource> sources = MakeCorpus(reference, 2);
  ASSERT_THAT(PrepareCorpus(reference, sources, QuietOptions()), IsOk());
  const auto expected = Contents(reference);
  FaultScenario scenario;
  scenario.prepare = [](Files& files) { MakeCorpus(files, 2); };
  scenario.run = [&](Files& files) {
    return PrepareCorpus(files, sources, QuietOptions()).status();
  };
  scenario.check = [&](MemoryFiles& files, const FaultOutcome& outcome) {
    if (outcome.reported_ok()) {
      EXPECT_THAT(PcmStore::Open(files, "/store"), IsOk());
    } else if (!outcome.crash.has_value()) {
      EXPECT_THAT(std::string(outcome.status.message()), Not(IsEmpty()));
    }
    files.Crash(CrashMode::kProcessKilled);  // The next run's process.
    const auto report = PrepareCorpus(files, sources, QuietOptions());
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->recordings, 2u);
    EXPECT_EQ(Contents(files), expected);
  };
  EXPECT_GT(ForEachFault(scenario), 100u);
}

TEST(PrepareCorpusTest, KilledAnywhereWithThreadsItGoesOnToTheSameBytes) {
  MemoryFiles reference;
  const std::vector<CorpusSource> sources = MakeCorpus(reference, 12);
  ASSERT_THAT(PrepareCorpus(reference, sources, QuietOptions()), IsOk());
  PrepareOptions options = QuietOptions();
  options.threads = 3;
  for (std::size_t writes = 0; writes < 40; writes += 3) {
    MemoryFiles memory;
    MakeCorpus(memory, 12);
    memory.SyncAll();
    {
      FaultyFiles files(memory);
      files.FailCall(SystemCall::kWrite, writes, Fault::kCrashInside);
      const auto report = PrepareCorpus(files, sources, options);
      EXPECT_NE(report.ok(), files.crashed());
    }
    memory.Crash(CrashMode::kUnsyncedLost);
    const auto report = PrepareCorpus(memory, sources, options);
    ASSERT_THAT(report, IsOk()) << writes;
    EXPECT_EQ(Contents(memory), Contents(reference)) << writes;
  }
}

}  // namespace
}  // namespace culturemert
