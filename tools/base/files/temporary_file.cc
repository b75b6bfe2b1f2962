#include "tools/base/files/temporary_file.h"

#include <atomic>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "tools/base/files/file_errors.h"
#include "tools/base/files/paths.h"
#include "tools/base/files/temporary_names.h"

namespace culturemert {
namespace {

constexpr int kMaxTries = 100;

std::uint64_t NextNumber() {
  static std::atomic<std::uint64_t> next{0};
  return next.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

absl::StatusOr<TemporaryFile> CreateTemporary(SystemCalls& calls,
                                              absl::string_view target,
                                              std::uint32_t permissions,
                                              absl::string_view action,
                                              absl::string_view path) {
  const absl::string_view name = Basename(target);
  const absl::string_view directory =
      target.substr(0, target.size() - name.size());
  const ProcessIdentity writer = calls.ThisProcess();
  int number = -EEXIST;
  // A name is only taken where a leftover's process id came again without /proc
  // to tell its start time.
  for (int i = 0; i < kMaxTries && number == -EEXIST; ++i) {
    const std::string temporary =
        absl::StrCat(directory, TemporaryName(name, writer, NextNumber()));
    number = RetryInterrupted([&] {
      return calls.Open(temporary, OpenMode::kCreateNew, permissions);
    });
    if (number >= 0) return TemporaryFile{temporary, Descriptor(calls, number)};
  }
  return FileError(-number, action, path);
}

}  // namespace culturemert
