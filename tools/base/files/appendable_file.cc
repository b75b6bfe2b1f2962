#include "tools/base/files/appendable_file.h"

#include <utility>

#include "absl/memory/memory.h"
#include "tools/base/files/descriptor.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::uint32_t kNewFilePermissions = 0666;

}  // namespace

absl::StatusOr<std::unique_ptr<AppendableFile>> AppendableFile::Open(
    SystemCalls& calls, absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  std::string path_string(path);
  const int number = RetryInterrupted([&] {
    return calls.Open(path_string, OpenMode::kAppend, kNewFilePermissions);
  });
  if (number < 0) return FileError(-number, "append to", path);
  Descriptor descriptor(calls, number);
  FileStatus status;
  const int result = calls.DescriptorStatus(number, &status);
  if (result < 0) return FileError(-result, "append to", path);
  RETURN_IF_ERROR(CheckIsFile(status.kind, "append to", path));
  return absl::WrapUnique(
      new AppendableFile(calls, std::move(path_string), descriptor.Release()));
}

AppendableFile::AppendableFile(SystemCalls& calls, std::string path,
                               int descriptor)
    : calls_(calls),
      path_(std::move(path)),
      writer_(calls, descriptor, path_) {}

AppendableFile::~AppendableFile() {
  if (writer_.is_open()) writer_.Close().IgnoreError();
}

absl::Status AppendableFile::Append(absl::string_view data) {
  return writer_.Append(data);
}

absl::Status AppendableFile::Flush() { return writer_.Flush(); }

absl::Status AppendableFile::Sync() {
  RETURN_IF_ERROR(writer_.Sync());
  if (name_is_durable_) return absl::OkStatus();
  const int result =
      RetryInterrupted([&] { return calls_.SyncDirectory(Dirname(path_)); });
  if (result < 0) {
    return FileError(-result, "make sure that the disk keeps", path_);
  }
  name_is_durable_ = true;
  return absl::OkStatus();
}

absl::Status AppendableFile::Close() { return writer_.Close(); }

}  // namespace culturemert
