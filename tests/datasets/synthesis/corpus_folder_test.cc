#include "datasets/synthesis/corpus_folder.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

TEST(CorpusFolderTest, HoldsEachSplitsRecordingsAndTheirLabels) {
  RenderOptions options;
  options.clip_seconds = 1;
  const std::unique_ptr<CorpusRenderer> renderer =
      CorpusRenderer::Create("greek", options).value();
  const std::unique_ptr<ThreadPool> pool = ThreadPool::Create(2).value();
  MemoryFiles files;
  ASSERT_THAT(WriteCorpusFolder(*renderer, {3, 1, 2}, *pool, files, "/greek"),
              IsOk());
  const std::unique_ptr<CsvTable> table =
      CsvTable::Read(files, "/greek/labels.csv").value();
  ASSERT_EQ(table->num_rows(), 6u);
  std::multiset<std::string> splits;
  for (std::size_t row = 0; row < 6; ++row) {
    const auto fields = table->Row(row);
    splits.insert(std::string(fields[4]));
    const std::string wav =
        files.Read("/greek/" + std::string(fields[0])).value();
    EXPECT_EQ(wav.size(), 44u + 48000);
    EXPECT_EQ(fields[1], "greek");
    EXPECT_THAT(std::string(fields[2]), testing::HasSubstr("genre:"));
  }
  EXPECT_THAT(splits, testing::ElementsAre("test", "test", "train", "train",
                                           "train", "valid"));
}

}  // namespace
}  // namespace culturemert
