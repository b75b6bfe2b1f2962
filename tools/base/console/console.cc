#include "tools/base/console/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

constexpr int kDefaultColumns = 80;
constexpr int kMaxColumns = 10000;
constexpr absl::string_view kToLineStart = "\r";
constexpr absl::string_view kEraseToLineEnd = "\x1b[K";

std::string Lookup(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? "" : value;
}

Charset DetectCharset(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = absl::AsciiStrToLower(Lookup(environment, name));
    if (locale.empty()) continue;
    return absl::StrContains(locale, "utf-8") ||
                   absl::StrContains(locale, "utf8")
               ? Charset::kUtf8
               : Charset::kAscii;
  }
  return Charset::kAscii;
}

int DetectWidth(int descriptor, int fallback_columns) {
  winsize size = {};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  return fallback_columns;
}

int FallbackColumns(const Environment& environment) {
  int columns = 0;
  const bool is_number =
      absl::SimpleAtoi(Lookup(environment, "COLUMNS"), &columns);
  return is_number && columns >= 1 && columns <= kMaxColumns ? columns
                                                             : kDefaultColumns;
}

void WriteToDescriptor(int descriptor, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Console::Options Console::ForDescriptor(int descriptor,
                                        const Environment& environment) {
  Options options;
  options.is_terminal =
      isatty(descriptor) == 1 && Lookup(environment, "TERM") != "dumb";
  options.has_colour =
      options.is_terminal && Lookup(environment, "NO_COLOR").empty();
  options.charset = DetectCharset(environment);
  options.width_columns = [descriptor,
                           fallback_columns = FallbackColumns(environment)] {
    return DetectWidth(descriptor, fallback_columns);
  };
  options.write = [descriptor](absl::string_view bytes) {
    WriteToDescriptor(descriptor, bytes);
  };
  return options;
}

Console::Console(Options options) : options_(std::move(options)) {}

Console& Console::Stderr() {
  static Console* const console = new Console(ForDescriptor(
      STDERR_FILENO, [](const char* name) { return std::getenv(name); }));
  return *console;
}

void Console::PrintLine(absl::string_view line) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (statuses_.empty()) {
    options_.write(absl::StrCat(line, "\n"));
  } else {
    options_.write(
        absl::StrCat(kToLineStart, kEraseToLineEnd, line, "\n", DrawStatus()));
  }
}

void Console::SetStatus(const void* owner, absl::string_view text) {
  if (!options_.is_terminal) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  auto status = FindStatus(owner);
  if (status == statuses_.end()) {
    status = statuses_.insert(status, {owner, ""});
  }
  status->second = std::string(text);
  if (status + 1 == statuses_.end()) options_.write(DrawStatus());
}

void Console::ClearStatus(const void* owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto status = FindStatus(owner);
  if (status == statuses_.end()) return;
  const bool was_shown = status + 1 == statuses_.end();
  statuses_.erase(status);
  if (was_shown) options_.write(DrawStatus());
}

std::string Console::DrawStatus() const {
  const absl::string_view text =
      statuses_.empty() ? "" : absl::string_view(statuses_.back().second);
  // In the last column some terminals would go on to the next line.
  return absl::StrCat(kToLineStart,
                      TruncateToColumns(text, width_columns() - 1),
                      kEraseToLineEnd);
}

std::vector<Console::Status>::iterator Console::FindStatus(const void* owner) {
  return std::find_if(
      statuses_.begin(), statuses_.end(),
      [owner](const Status& status) { return status.first == owner; });
}

}  // namespace culturemert
