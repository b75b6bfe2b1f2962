// A file that grows at its end: logs, lines of JSON.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_APPENDABLE_FILE_H_
#define CULTUREMERT_TOOLS_BASE_FILES_APPENDABLE_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/buffered_writer.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// Made by Files::OpenToAppend, which it must not outlive. Appends are buffered:
// bytes are other readers' to see after Flush, and survive a power failure
// after Sync. A crash may leave any prefix of what was appended after the last
// Sync. After an error every later call returns it again, as what of the bytes
// is in the file is then unknown.
class AppendableFile {
 public:
  static absl::StatusOr<std::unique_ptr<AppendableFile>> Open(
      SystemCalls& calls, absl::string_view path);

  // Flushes and closes as well as it can, but can tell no one of an error: who
  // cares for the bytes calls Close.
  ~AppendableFile();
  AppendableFile(const AppendableFile&) = delete;
  AppendableFile& operator=(const AppendableFile&) = delete;

  // kResourceExhausted when the disk is full, kFailedPrecondition after Close.
  absl::Status Append(absl::string_view data);

  // Hands the buffer to the operating system: the bytes survive this process.
  absl::Status Flush();

  // Flush, and waits until bytes and the file's name are on the disk.
  absl::Status Sync();

  // Flush and close. OK when already closed without error.
  absl::Status Close();

 private:
  AppendableFile(SystemCalls& calls, std::string path, int descriptor);

  SystemCalls& calls_;
  const std::string path_;
  BufferedWriter writer_;
  bool name_is_durable_ = false;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_APPENDABLE_FILE_H_
