// A store as large as real ones: 100,000 recordings, 1,000 hours. Its shards
// are sparse files, which take no room on the disk.

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/store/pcm_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::Each;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSlowed = true;
#else
constexpr bool kIsSlowed = false;
#endif

constexpr int kRecordings = kIsSlowed ? 5000 : 100000;
constexpr std::uint64_t kSamples = 36 * 24000;  // 36 s: 1,000 hours in all.

// Index, manifest and sparse shards.
void MakeStore(Files& files, const std::string& directory) {
  StoredRecording recording;
  recording.culture = "makam";
  recording.decoder = "libmpg123 API 47, AVX; libsoxr 0.1.3 HQ";
  recording.samples = kSamples;
  StoreManifest manifest;
  std::string index;
  for (int i = 0; i < kRecordings; ++i) {
    recording.id = absl::StrCat("recording-", i);
    recording.source = absl::StrCat("some/folder/of/files/", i, ".mp3");
    if (recording.first_sample + kSamples > kMaxShardBytes / 2) {
      ++recording.shard;
      recording.first_sample = 0;
    }
    manifest.shard_bytes.resize(recording.shard + 1);
    manifest.shard_bytes.back() += 2 * kSamples;
    const auto line = CanonicalJson(ToJson(recording));
    ASSERT_THAT(line, IsOk());
    absl::StrAppend(&index, *line, "\n");
    recording.first_sample += kSamples;
  }
  manifest.recordings = kRecordings;
  manifest.samples = kRecordings * kSamples;
  manifest.index_bytes = index.size();
  manifest.index_checksum = HashBytes(index);
  const auto text = FormatStoreManifest(manifest);
  ASSERT_THAT(text, IsOk());
  ASSERT_THAT(
      files.WriteAtomically(JoinPath(directory, kStoreIndexName), index),
      IsOk());
  ASSERT_THAT(
      files.WriteAtomically(JoinPath(directory, kStoreManifestName), *text),
      IsOk());
  for (std::size_t i = 0; i < manifest.shard_bytes.size(); ++i) {
    const std::string shard = JoinPath(directory, ShardName(i));
    ASSERT_THAT(files.WriteAtomically(shard, ""), IsOk());
    ASSERT_EQ(truncate(shard.c_str(), manifest.shard_bytes[i]), 0);
  }
}

std::int64_t PeakResidentKilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(StoreScaleTest, AThousandHoursOpenFastAndSmall) {
  Files& files = Files::Real();
  const std::string directory = JoinPath(testing::TempDir(), "large_store");
  ASSERT_THAT(files.CreateDirectories(directory), IsOk());
  ASSERT_NO_FATAL_FAILURE(MakeStore(files, directory));
  // The processor's time, as other tests run beside this one.
  const std::clock_t start = std::clock();
  const auto store = PcmStore::Open(files, directory);
  const double seconds =
      static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ((*store)->recordings().size(),
            static_cast<std::size_t>(kRecordings));
  if (!kIsSlowed) {
    EXPECT_LT(seconds, 2);
    // Of the whole process, the making of the store included.
    EXPECT_LT(PeakResidentKilobytes(), 300000);
  }
  RecordProperty("open_milliseconds", static_cast<int>(seconds * 1e3));
  RecordProperty("peak_kilobytes", static_cast<int>(PeakResidentKilobytes()));
  std::vector<float> samples(5 * 24000, 1.0f);
  for (const int recording : {0, 1, kRecordings / 2, kRecordings - 1}) {
    ASSERT_THAT((*store)->ReadFloat(recording, kSamples - samples.size(),
                                    absl::MakeSpan(samples)),
                IsOk());
    EXPECT_THAT(samples, Each(0.0f));
  }
  EXPECT_EQ((*store)->Find(absl::StrCat("recording-", kRecordings - 1)),
            kRecordings - 1);
  EXPECT_THAT(files.RemoveTree(directory), IsOk());
}

}  // namespace
}  // namespace culturemert
