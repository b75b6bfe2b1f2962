#include "experiments/training/metrics_log.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

void WriteUpdates(Files& files, std::int64_t first, std::int64_t end) {
  const auto log = MetricsLog::Open(files, "/", first - 1, 12.0);
  ASSERT_THAT(log, IsOk());
  for (std::int64_t update = first; update < end; ++update) {
    ASSERT_THAT((*log)->Write(update, 20.0 + update, "stage1",
                              {{"loss", 40.0 - update}}, {{"seconds", 0.25}}),
                IsOk());
  }
}

TEST(MetricsLog, WritesALineAnUpdate) {
  MemoryFiles files;
  WriteUpdates(files, 0, 2);
  EXPECT_EQ(files.Read("/metrics.jsonl").value(),
            "{\"loss\":40.0,\"stage\":\"stage1\",\"update\":0}\n"
            "{\"loss\":39.0,\"stage\":\"stage1\",\"update\":1}\n");
  EXPECT_THAT(files.Read("/speed.jsonl").value(),
              HasSubstr("\"seconds\":0.25"));
}

TEST(MetricsLog, ForgetsUpdatesThatACrashHasUndone) {
  MemoryFiles whole;
  WriteUpdates(whole, 0, 6);
  MemoryFiles files;
  WriteUpdates(files, 0, 5);
  // A crash while a line was written.
  const std::string torn = files.Read("/metrics.jsonl").value() + "{\"loss\":3";
  ASSERT_THAT(files.WriteAtomically("/metrics.jsonl", torn), IsOk());
  WriteUpdates(files, 3, 6);
  EXPECT_EQ(files.Read("/metrics.jsonl").value(),
            whole.Read("/metrics.jsonl").value());
}

TEST(MetricsLog, RefusesAFileOfOtherRecords) {
  for (const char* text : {"{\"update\":\"x\"}\n", "{\"loss\":1}\n"}) {
    MemoryFiles files;
    ASSERT_THAT(files.WriteAtomically("/metrics.jsonl", text), IsOk());
    EXPECT_THAT(MetricsLog::Open(files, "/", 3, 12.0),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("/metrics.jsonl: a record without")));
  }
}

TEST(MetricsLog, WritesEventsForTensorBoardBesideTheLines) {
  MemoryFiles files;
  WriteUpdates(files, 0, 1);
  std::string events;
  const std::vector<DirectoryEntry> entries = files.List("/").value();
  for (const DirectoryEntry& entry : entries) {
    if (entry.name.rfind("events.out.tfevents.", 0) == 0) {
      events = files.Read("/" + entry.name).value();
    }
  }
  EXPECT_THAT(events, HasSubstr("brain.Event:2"));
  EXPECT_THAT(events, HasSubstr("loss"));
  EXPECT_THAT(events, HasSubstr("speed/seconds"));
}

}  // namespace
}  // namespace culturemert
