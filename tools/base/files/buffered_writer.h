// Writes bytes to an open descriptor through a buffer: what AtomicWriter and
// AppendableFile have in common. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_BUFFERED_WRITER_H_
#define CULTUREMERT_TOOLS_BASE_FILES_BUFFERED_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// Every function repeats the first error ever met: after it, what of the
// appended bytes is in the file is not known.
class BufferedWriter {
 public:
  // Takes the descriptor over. `path` is for messages.
  BufferedWriter(SystemCalls& calls, int descriptor, std::string path);
  // Closes the descriptor; does not flush.
  ~BufferedWriter();
  BufferedWriter(const BufferedWriter&) = delete;
  BufferedWriter& operator=(const BufferedWriter&) = delete;

  absl::Status Append(absl::string_view data);
  // Hands the buffer to the operating system.
  absl::Status Flush();
  // Flush, and waits until the bytes are on the disk.
  absl::Status Sync();
  // Flush, and closes the descriptor (on an error too). Append, Flush and Sync
  // are kFailedPrecondition after it; another Close returns the first error.
  absl::Status Close();

  bool is_open() const { return descriptor_ >= 0; }

 private:
  absl::Status Write(absl::string_view data);
  absl::Status Closed() const;
  absl::Status Fail(int error_number);

  SystemCalls& calls_;
  int descriptor_;
  const std::string path_;
  std::string buffer_;
  std::uint64_t appended_bytes_ = 0;
  absl::Status status_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_BUFFERED_WRITER_H_
