// System calls with their retry loops. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_DESCRIPTOR_H_
#define CULTUREMERT_TOOLS_BASE_FILES_DESCRIPTOR_H_

#include <cerrno>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/system_calls.h"

namespace culturemert {

// Calls until the result is not −EINTR.
template <typename Call>
auto RetryInterrupted(const Call& call) {
  auto result = call();
  while (result == -EINTR) result = call();
  return result;
}

// An open descriptor with an owner.
class Descriptor {
 public:
  // Takes `number` over.
  Descriptor(SystemCalls& calls, int number)
      : calls_(&calls), number_(number) {}
  Descriptor(Descriptor&& other) noexcept
      : calls_(other.calls_), number_(other.Release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  int number() const { return number_; }
  // The caller closes it.
  int Release();

 private:
  SystemCalls* calls_;
  int number_;  // −1 after Release
};

// 0 or −errno. An interrupted close counts as done: Linux has released the
// descriptor by then, and a second call could close another thread's file.
int CloseDescriptor(SystemCalls& calls, int number);

struct OpenFile {
  Descriptor descriptor;
  FileStatus status;
};

// Opens a regular file to read; `action` and `path` are for messages.
absl::StatusOr<OpenFile> OpenToRead(SystemCalls& calls,
                                    absl::string_view action,
                                    absl::string_view path);

// From the descriptor's place to the end of the file. kResourceExhausted when
// there are more than max_bytes. `size_bytes` is what to expect, no more than a
// hint.
absl::StatusOr<std::string> ReadToEnd(SystemCalls& calls, int descriptor,
                                      absl::string_view path,
                                      std::uint64_t size_bytes,
                                      std::uint64_t max_bytes);

// Writes all; 0 or −errno.
int WriteAll(SystemCalls& calls, int descriptor, absl::string_view data);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_DESCRIPTOR_H_
