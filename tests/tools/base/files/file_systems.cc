#include "tests/tools/base/files/file_systems.h"

#include <stdlib.h>

#include <utility>

#include "gtest/gtest.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/files/paths.h"

namespace culturemert {

std::unique_ptr<FileSystem> FileSystem::MakeReal() {
  std::string directory = JoinPath(testing::TempDir(), "filesXXXXXX");
  if (mkdtemp(directory.data()) == nullptr) ADD_FAILURE() << directory;
  return std::make_unique<FileSystem>(nullptr, Files::Real(), directory);
}

std::unique_ptr<FileSystem> FileSystem::MakeMemory() {
  auto files = std::make_unique<MemoryFiles>();
  EXPECT_TRUE(files->CreateDirectories("/work").ok());
  Files& reference = *files;
  return std::make_unique<FileSystem>(std::move(files), reference, "/work");
}

FileSystem::FileSystem(std::unique_ptr<Files> owned, Files& files,
                       std::string directory)
    : owned_(std::move(owned)), files_(files), directory_(directory) {}

FileSystem::~FileSystem() { EXPECT_TRUE(files_.RemoveTree(directory_).ok()); }

std::string FileSystem::Path(absl::string_view name) const {
  return JoinPath(directory_, name);
}

std::vector<std::string> FileSystem::Names() {
  std::vector<std::string> names;
  const auto entries = files_.List(directory_);
  EXPECT_TRUE(entries.ok()) << entries.status();
  if (!entries.ok()) return names;
  for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
  return names;
}

}  // namespace culturemert
