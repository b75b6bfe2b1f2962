// Log lines for the person who runs the suite:
//
//   LogInfo("read ", recordings.size(), " recordings from ", path);
//
// On standard error, above a progress bar if there is one:
//
//   14:02:33 read 312 recordings from corpora/lyra
//   14:02:35 warning: clip_17.mp3 is cut off after 12.3 s
//
// Arguments are what absl::StrCat takes.

#ifndef CULTUREMERT_TOOLS_BASE_CONSOLE_LOGGING_H_
#define CULTUREMERT_TOOLS_BASE_CONSOLE_LOGGING_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tools/base/console/console.h"

namespace culturemert {

// In ascending order.
enum class Severity { kDebug, kInfo, kWarning, kError };

struct LogEntry {
  Severity severity;
  absl::Time time;
  absl::string_view message;  // As it was logged; valid during Write.
};

// Where entries go. Gets one call at a time from each Logger, and must not log.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void Write(const LogEntry& entry) = 0;
};

// One line without newline at its end: the time in `zone` as "14:02:33", for
// all but kInfo "debug:", "warning:" or "error:", in colour if wished, and the
// message. Further lines of the message are indented to stand below its first;
// control characters are shown as \xNN.
std::string FormatLogEntry(const LogEntry& entry, absl::TimeZone zone,
                           bool with_colour);

class ConsoleLogSink : public LogSink {
 public:
  // The console must outlive the sink.
  explicit ConsoleLogSink(Console& console,
                          absl::TimeZone zone = absl::LocalTimeZone())
      : console_(console), zone_(zone) {}

  void Write(const LogEntry& entry) override;

 private:
  Console& console_;
  const absl::TimeZone zone_;
};

// All functions may be called from several threads at once.
class Logger {
 public:
  explicit Logger(std::function<absl::Time()> clock = absl::Now);
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  // The one that LogInfo and its like use, with a sink to standard error; never
  // destroyed.
  static Logger& Default();

  // Entries below it go nowhere. kInfo at first.
  void SetMinSeverity(Severity severity) { min_severity_ = severity; }
  bool IsEnabled(Severity severity) const { return severity >= min_severity_; }

  void Log(Severity severity, absl::string_view message);

 private:
  friend class ScopedLogSink;

  const std::function<absl::Time()> clock_;
  std::atomic<Severity> min_severity_{Severity::kInfo};
  std::mutex mutex_;
  std::vector<LogSink*> sinks_;  // Guarded by mutex_.
};

// Gives a logger's entries to `sink` too, as long as it lives. Both must
// outlive it.
class ScopedLogSink {
 public:
  explicit ScopedLogSink(LogSink& sink, Logger& logger = Logger::Default());
  ~ScopedLogSink();
  ScopedLogSink(const ScopedLogSink&) = delete;
  ScopedLogSink& operator=(const ScopedLogSink&) = delete;

 private:
  LogSink& sink_;
  Logger& logger_;
};

inline void SetMinSeverity(Severity severity) {
  Logger::Default().SetMinSeverity(severity);
}

template <typename... Args>
void Log(Severity severity, const Args&... args) {
  Logger& logger = Logger::Default();
  if (logger.IsEnabled(severity)) logger.Log(severity, absl::StrCat(args...));
}

template <typename... Args>
void LogDebug(const Args&... args) {
  Log(Severity::kDebug, args...);
}

template <typename... Args>
void LogInfo(const Args&... args) {
  Log(Severity::kInfo, args...);
}

template <typename... Args>
void LogWarning(const Args&... args) {
  Log(Severity::kWarning, args...);
}

template <typename... Args>
void LogError(const Args&... args) {
  Log(Severity::kError, args...);
}

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONSOLE_LOGGING_H_
