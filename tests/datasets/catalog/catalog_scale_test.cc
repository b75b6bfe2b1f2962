// A folder as large as the largest corpora: 100,000 recordings.

#include <sys/resource.h>

#include <ctime>
#include <string>

#include "absl/strings/str_cat.h"
#include "datasets/catalog/catalog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSlowed = true;
#else
constexpr bool kIsSlowed = false;
#endif

constexpr int kRecordings = kIsSlowed ? 5000 : 100000;

TEST(CatalogScaleTest, AHundredThousandRecordingsLoadFastAndSmall) {
  std::string table = "path,culture,tags,recording,split\n";
  for (int i = 0; i < kRecordings; ++i) {
    absl::StrAppend(&table, "folder/of/files/", i,
                    ".mp3,epirus,mode:", i / 10 % 40,
                    ";instrument:", i / 10 % 30, ",recording-", i, ",",
                    i % 10 == 0 ? "test" : "train", "\n");
  }
  MemoryFiles files;
  ASSERT_THAT(files.CreateDirectories("/data/large"), IsOk());
  ASSERT_THAT(files.WriteAtomically("/data/large/labels.csv", table), IsOk());
  DatasetOptions options;
  options.missing_files = MissingFiles::kKeep;
  // The processor's time, as other tests run beside this one.
  const std::clock_t start = std::clock();
  const auto dataset = LoadDataset(files, "/data", "large", options);
  const double seconds =
      static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  ASSERT_THAT(dataset, IsOk());
  EXPECT_EQ(dataset->recordings.size(), static_cast<std::size_t>(kRecordings));
  EXPECT_EQ(dataset->tags.size(), 70u);
  EXPECT_EQ(CountSplits(*dataset).test,
            static_cast<std::size_t>(kRecordings / 10));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  RecordProperty("load_milliseconds", static_cast<int>(seconds * 1e3));
  RecordProperty("peak_kilobytes", static_cast<int>(usage.ru_maxrss));
  if (!kIsSlowed) {
    EXPECT_LT(seconds, 2);
    EXPECT_LT(usage.ru_maxrss, 300000);
  }
}

}  // namespace
}  // namespace culturemert
