// The file systems that the tests of this folder run over.

#ifndef CULTUREMERT_TESTS_TOOLS_BASE_FILES_FILE_SYSTEMS_H_
#define CULTUREMERT_TESTS_TOOLS_BASE_FILES_FILE_SYSTEMS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/base/files/files.h"

namespace culturemert {

// A Files and a fresh directory in it, removed with the object.
class FileSystem {
 public:
  static std::unique_ptr<FileSystem> MakeReal();
  static std::unique_ptr<FileSystem> MakeMemory();

  FileSystem(std::unique_ptr<Files> owned, Files& files, std::string directory);
  ~FileSystem();

  Files& files() { return files_; }
  // Below the directory.
  std::string Path(absl::string_view name) const;
  // What is in the directory, sorted.
  std::vector<std::string> Names();

 private:
  const std::unique_ptr<Files> owned_;
  Files& files_;
  const std::string directory_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_TOOLS_BASE_FILES_FILE_SYSTEMS_H_
