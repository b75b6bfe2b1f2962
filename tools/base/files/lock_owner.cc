#include "tools/base/files/lock_owner.h"

#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr absl::string_view kFirstLine = "culturemert lock 1";
constexpr absl::string_view kTimeFormat = "%Y-%m-%dT%H:%M:%SZ";
constexpr std::size_t kMaxNameBytes = 512;
constexpr std::size_t kMaxShownBytes = 40;

std::string Printable(absl::string_view name) {
  std::string printable(name.substr(0, kMaxNameBytes));
  for (char& c : printable) {
    if (absl::ascii_iscntrl(c)) c = '?';
  }
  return printable;
}

std::string FormatTime(std::int64_t seconds) {
  return absl::FormatTime(kTimeFormat, absl::FromUnixSeconds(seconds),
                          absl::UTCTimeZone());
}

// Takes the text apart line by line.
class LineReader {
 public:
  explicit LineReader(absl::string_view text) : rest_(text) {}

  absl::Status Expect(absl::string_view line) {
    absl::string_view found;
    if (!NextLine(&found) || found != line) return Unexpected(line, found);
    return absl::OkStatus();
  }

  absl::Status Read(absl::string_view key, std::string* value) {
    absl::string_view line;
    if (!ReadValue(key, &line)) return Unexpected(key, line);
    *value = std::string(line);
    if (Printable(*value) != *value) return Unexpected(key, line);
    return absl::OkStatus();
  }

  template <typename Number>
  absl::Status ReadNumber(absl::string_view key, Number* value) {
    static_assert(std::is_integral_v<Number>);
    absl::string_view line;
    if (!ReadValue(key, &line) || !absl::SimpleAtoi(line, value) ||
        *value < 0 || absl::StrCat(*value) != line) {
      return Unexpected(absl::StrCat(key, " <number>"), line);
    }
    return absl::OkStatus();
  }

  absl::Status ReadTime(absl::string_view key, std::int64_t* seconds) {
    absl::string_view line;
    absl::Time time;
    std::string error;
    if (ReadValue(key, &line) &&
        absl::ParseTime(kTimeFormat, line, &time, &error)) {
      *seconds = absl::ToUnixSeconds(time);
      if (FormatTime(*seconds) == line) return absl::OkStatus();
    }
    return Unexpected(absl::StrCat(key, " <time>"), line);
  }

  absl::Status ExpectEnd() {
    ++line_number_;
    if (!rest_.empty()) return Unexpected("the end", rest_);
    return absl::OkStatus();
  }

 private:
  bool NextLine(absl::string_view* line) {
    ++line_number_;
    const std::size_t end = rest_.find('\n');
    if (end == absl::string_view::npos) {
      *line = rest_;
      return false;
    }
    *line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool ReadValue(absl::string_view key, absl::string_view* value) {
    return NextLine(value) && absl::ConsumePrefix(value, key) &&
           absl::ConsumePrefix(value, " ");
  }

  absl::Status Unexpected(absl::string_view expected,
                          absl::string_view found) const {
    return absl::FailedPreconditionError(absl::StrCat(
        "line ", line_number_, ": expected \"", expected, "\", found \"",
        absl::CHexEscape(found.substr(0, kMaxShownBytes)), "\""));
  }

  absl::string_view rest_;
  int line_number_ = 0;
};

}  // namespace

std::string FormatLockOwner(const LockOwner& owner) {
  const ProcessIdentity& process = owner.process;
  return absl::StrCat(kFirstLine, "\nhost ", Printable(process.host), "\npid ",
                      process.pid, "\nboot ", Printable(process.boot),
                      "\npid_namespace ", Printable(process.pid_namespace),
                      "\nstart_ticks ", process.start_ticks, "\nsince ",
                      FormatTime(owner.since_seconds), "\nnumber ",
                      owner.number, "\n");
}

absl::StatusOr<LockOwner> ParseLockOwner(absl::string_view text) {
  LockOwner owner;
  ProcessIdentity& process = owner.process;
  LineReader lines(text);
  RETURN_IF_ERROR(lines.Expect(kFirstLine));
  RETURN_IF_ERROR(lines.Read("host", &process.host));
  RETURN_IF_ERROR(lines.ReadNumber("pid", &process.pid));
  RETURN_IF_ERROR(lines.Read("boot", &process.boot));
  RETURN_IF_ERROR(lines.Read("pid_namespace", &process.pid_namespace));
  RETURN_IF_ERROR(lines.ReadNumber("start_ticks", &process.start_ticks));
  RETURN_IF_ERROR(lines.ReadTime("since", &owner.since_seconds));
  RETURN_IF_ERROR(lines.ReadNumber("number", &owner.number));
  RETURN_IF_ERROR(lines.ExpectEnd());
  return owner;
}

std::string DescribeLockOwner(const LockOwner& owner) {
  return absl::StrCat("process ", owner.process.pid, " on host ",
                      owner.process.host, " since ",
                      FormatTime(owner.since_seconds));
}

}  // namespace culturemert
