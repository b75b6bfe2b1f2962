#include "tools/base/files/buffered_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/files/descriptor.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

}  // namespace

BufferedWriter::BufferedWriter(SystemCalls& calls, int descriptor,
                               std::string path)
    : calls_(calls), descriptor_(descriptor), path_(std::move(path)) {}

BufferedWriter::~BufferedWriter() {
  if (is_open()) CloseDescriptor(calls_, descriptor_);
}

absl::Status BufferedWriter::Append(absl::string_view data) {
  RETURN_IF_ERROR(status_);
  if (!is_open()) return Closed();
  appended_bytes_ += data.size();
  if (buffer_.size() + data.size() <= kBufferBytes) {
    buffer_.append(data.data(), data.size());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Flush());
  if (data.size() > kBufferBytes) return Write(data);
  buffer_.assign(data.data(), data.size());
  return absl::OkStatus();
}

absl::Status BufferedWriter::Flush() {
  RETURN_IF_ERROR(status_);
  if (!is_open()) return Closed();
  RETURN_IF_ERROR(Write(buffer_));
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status BufferedWriter::Sync() {
  RETURN_IF_ERROR(Flush());
  const int result =
      RetryInterrupted([&] { return calls_.SyncFile(descriptor_); });
  // Not tried again: after a failed sync Linux may count the lost pages as
  // written, and a second sync would succeed.
  return result < 0 ? Fail(-result) : absl::OkStatus();
}

absl::Status BufferedWriter::Close() {
  if (!is_open()) return status_;
  const absl::Status flushed = Flush();
  const int result = CloseDescriptor(calls_, std::exchange(descriptor_, -1));
  RETURN_IF_ERROR(flushed);
  return result < 0 ? Fail(-result) : absl::OkStatus();
}

absl::Status BufferedWriter::Write(absl::string_view data) {
  const int result = WriteAll(calls_, descriptor_, data);
  return result < 0 ? Fail(-result) : absl::OkStatus();
}

absl::Status BufferedWriter::Closed() const {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot write ", path_, ": it is closed already"));
}

absl::Status BufferedWriter::Fail(int error_number) {
  status_ = WriteError(calls_, error_number, path_, appended_bytes_);
  return status_;
}

}  // namespace culturemert
