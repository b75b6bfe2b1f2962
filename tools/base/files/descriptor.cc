#include "tools/base/files/descriptor.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Linux moves at most 2 GiB − 4 KiB in one call, other systems refuse more than
// 2 GiB − 1.
constexpr std::size_t kMaxCallBytes = std::size_t{1} << 30;
constexpr std::size_t kReadStepBytes = std::size_t{1} << 20;

absl::Status TooLarge(absl::string_view path, std::uint64_t max_bytes) {
  return absl::ResourceExhaustedError(
      absl::StrCat("cannot read ", path, ": it is larger than the ", max_bytes,
                   " bytes allowed here; is it the right file?"));
}

absl::Status ReadInto(SystemCalls& calls, int descriptor,
                      absl::string_view path, std::uint64_t max_bytes,
                      std::string& contents) {
  std::size_t filled = 0;
  while (true) {
    const std::size_t reserved = contents.capacity() - filled;
    const std::size_t room =
        reserved == 0 ? kReadStepBytes : std::min(reserved, kMaxCallBytes);
    contents.resize(filled + room);
    const std::int64_t count = RetryInterrupted(
        [&] { return calls.Read(descriptor, &contents[filled], room); });
    if (count < 0) return FileError(static_cast<int>(-count), "read", path);
    filled += static_cast<std::size_t>(count);
    if (filled > max_bytes) return TooLarge(path, max_bytes);
    if (count == 0) break;
  }
  contents.resize(filled);
  return absl::OkStatus();
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) calls_->Close(number_);
}

int Descriptor::Release() { return std::exchange(number_, -1); }

int CloseDescriptor(SystemCalls& calls, int number) {
  const int result = calls.Close(number);
  return result == -EINTR ? 0 : result;
}

absl::StatusOr<OpenFile> OpenToRead(SystemCalls& calls,
                                    absl::string_view action,
                                    absl::string_view path) {
  RETURN_IF_ERROR(CheckPath(path));
  const std::string path_string(path);
  const int number = RetryInterrupted(
      [&] { return calls.Open(path_string, OpenMode::kRead, 0); });
  if (number < 0) return FileError(-number, action, path);
  OpenFile file{Descriptor(calls, number), {}};
  if (const int result = calls.DescriptorStatus(number, &file.status);
      result < 0) {
    return FileError(-result, action, path);
  }
  RETURN_IF_ERROR(CheckIsFile(file.status.kind, action, path));
  return file;
}

absl::StatusOr<std::string> ReadToEnd(SystemCalls& calls, int descriptor,
                                      absl::string_view path,
                                      std::uint64_t size_bytes,
                                      std::uint64_t max_bytes) {
  if (size_bytes > max_bytes) return TooLarge(path, max_bytes);
  try {
    std::string contents;
    // One byte more, so that the end shows without growing.
    contents.reserve(size_bytes + 1);
    RETURN_IF_ERROR(ReadInto(calls, descriptor, path, max_bytes, contents));
    return contents;
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "cannot read ", path, ": its ", size_bytes, " bytes do not fit memory"));
}

int WriteAll(SystemCalls& calls, int descriptor, absl::string_view data) {
  while (!data.empty()) {
    const std::int64_t count = RetryInterrupted([&] {
      return calls.Write(descriptor, data.data(),
                         std::min(data.size(), kMaxCallBytes));
    });
    if (count < 0) return static_cast<int>(count);
    // A device that takes nothing and says no error would hang the loop.
    if (count == 0) return -EIO;
    data.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace culturemert
