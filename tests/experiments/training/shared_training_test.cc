// Trainings that several processes share, on this machine.

#include <string>
#include <vector>

#include "experiments/distributed/launch_processes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::HasSubstr;

// Runs the tiny training in a folder by so many processes.
absl::Status Launch(int processes, const std::string& folder,
                    const std::string& updates = "1000000") {
  LaunchOptions options;
  options.processes = processes;
  options.program = "tests/experiments/training/tiny_training_main";
  options.arguments = {folder, updates};
  options.log_directory = folder;
  return LaunchProcesses(options);
}

std::string NewFolder(const std::string& name) {
  const std::string folder = testing::TempDir() + "/" + name;
  EXPECT_THAT(Files::Real().CreateDirectories(folder), IsOk());
  return folder;
}

std::string ReadFile(const std::string& path) {
  const auto text = Files::Real().Read(path);
  EXPECT_THAT(text, IsOk());
  return text.ok() ? *text : "";
}

// The same bits, as each process has one micro-batch of each batch.
void ExpectTheSame(const std::string& folder, const std::string& reference) {
  EXPECT_TRUE(ReadFile(folder + "/weights") ==
              ReadFile(reference + "/weights"));
  EXPECT_EQ(ReadFile(folder + "/metrics.jsonl"),
            ReadFile(reference + "/metrics.jsonl"));
}

TEST(SharedTraining, OfTwoProcessesIsThatOfOne) {
  const std::string one = NewFolder("one");
  ASSERT_THAT(Launch(1, one), IsOk());
  const std::string two = NewFolder("two");
  ASSERT_THAT(Launch(2, two), IsOk());
  ExpectTheSame(two, one);
}

TEST(SharedTraining, GoesOnWithAnotherNumberOfProcesses) {
  const std::string one = NewFolder("alone");
  ASSERT_THAT(Launch(1, one), IsOk());
  const std::string changing = NewFolder("changing");
  ASSERT_THAT(Launch(2, changing, "2"), IsOk());
  ASSERT_THAT(Launch(1, changing, "2"), IsOk());
  ASSERT_THAT(Launch(2, changing), IsOk());
  ExpectTheSame(changing, one);
}

TEST(SharedTraining, RefusesMoreProcessesThanMicroBatches) {
  EXPECT_THAT(Launch(3, NewFolder("three")),
              StatusIs(absl::StatusCode::kAborted,
                       HasSubstr("cannot be shared by 3 processes")));
}

}  // namespace
}  // namespace culturemert
