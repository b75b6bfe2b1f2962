#include "tools/base/console/logging.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "tools/base/console/human.h"

namespace culturemert {
namespace {

constexpr absl::string_view kContinuation = "\n         ";
constexpr absl::string_view kColourOff = "\x1b[0m";

absl::string_view Label(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "debug:";
    case Severity::kInfo:
      return "";
    case Severity::kWarning:
      return "warning:";
    case Severity::kError:
      return "error:";
  }
  return "";
}

absl::string_view ColourOn(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "\x1b[2m";  // Faint.
    case Severity::kInfo:
      return "";
    case Severity::kWarning:
      return "\x1b[33m";  // Yellow.
    case Severity::kError:
      return "\x1b[1;31m";  // Bold red.
  }
  return "";
}

}  // namespace

std::string FormatLogEntry(const LogEntry& entry, absl::TimeZone zone,
                           bool with_colour) {
  std::string line = absl::FormatTime("%H:%M:%S ", entry.time, zone);
  const absl::string_view label = Label(entry.severity);
  if (!label.empty() && with_colour) {
    absl::StrAppend(&line, ColourOn(entry.severity), label, kColourOff, " ");
  } else if (!label.empty()) {
    absl::StrAppend(&line, label, " ");
  }
  const std::string message = Printable(absl::StripSuffix(entry.message, "\n"));
  absl::StrAppend(&line, absl::StrReplaceAll(message, {{"\n", kContinuation}}));
  return line;
}

void ConsoleLogSink::Write(const LogEntry& entry) {
  console_.PrintLine(FormatLogEntry(entry, zone_, console_.has_colour()));
}

Logger::Logger(std::function<absl::Time()> clock) : clock_(std::move(clock)) {}

Logger& Logger::Default() {
  static Logger* const logger = [] {
    auto* made = new Logger();
    made->sinks_.push_back(new ConsoleLogSink(Console::Stderr()));
    return made;
  }();
  return *logger;
}

void Logger::Log(Severity severity, absl::string_view message) {
  if (!IsEnabled(severity)) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  const LogEntry entry = {severity, clock_(), message};
  for (LogSink* sink : sinks_) sink->Write(entry);
}

ScopedLogSink::ScopedLogSink(LogSink& sink, Logger& logger)
    : sink_(sink), logger_(logger) {
  const std::lock_guard<std::mutex> lock(logger_.mutex_);
  logger_.sinks_.push_back(&sink_);
}

ScopedLogSink::~ScopedLogSink() {
  const std::lock_guard<std::mutex> lock(logger_.mutex_);
  auto& sinks = logger_.sinks_;
  sinks.erase(std::find(sinks.begin(), sinks.end(), &sink_));
}

}  // namespace culturemert
