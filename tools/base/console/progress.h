// How far long work is, for the person who waits for it.
//
//   ProgressOptions options;
//   options.label = "tokenize";
//   options.unit = ProgressUnit::Count("files");
//   options.total = files.size();
//   Progress progress(options);
//   for (...) progress.Advance();  // after each file
//   progress.Finish();
//
// On a terminal, one line that is redrawn at most ten times a second,
//   tokenize ▕██████████▌         ▏ 52 %  1 404 of 2 700 files  ...
// elsewhere a plain line every 30 s,
//   tokenize: 52 %, 1 404 of 2 700 files, 12.3 files/s, 1 min 45 s left
// and at the end, on both,
//   tokenize: 2 700 files in 3 min 40 s (12.3 files/s)

#ifndef CULTUREMERT_TOOLS_BASE_CONSOLE_PROGRESS_H_
#define CULTUREMERT_TOOLS_BASE_CONSOLE_PROGRESS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/base/console/console.h"

namespace culturemert {

// What is counted.
class ProgressUnit {
 public:
  // Things, by their plural: "files".
  static ProgressUnit Count(absl::string_view plural) {
    return ProgressUnit(plural);
  }
  // Seconds of audio; shown as durations, their rate against real time.
  static ProgressUnit AudioSeconds() { return ProgressUnit(""); }

  // "1 404", "23 min 24 s"
  std::string FormatAmount(double amount, Charset charset) const;
  // "files", "audio"
  std::string FormatName() const;
  // "12.3 files/s", "38.0× real time"
  std::string FormatSpeed(double per_second, Charset charset) const;

 private:
  explicit ProgressUnit(absl::string_view plural) : plural_(plural) {}

  std::string plural_;  // Empty for audio.
};

// A time that never goes back, since any fixed start.
absl::Duration MonotonicNow();

struct ProgressOptions {
  std::string label;  // What is being done: "tokenize".
  ProgressUnit unit = ProgressUnit::Count("items");
  // How much there is to do, in the unit; none (or a negative number, NaN or
  // infinity) if that is not known.
  std::optional<double> total = std::nullopt;
  bool is_quiet = false;  // Show nothing at all.
  Console* console = &Console::Stderr();
  std::function<absl::Duration()> clock = MonotonicNow;
};

class Progress {
 public:
  explicit Progress(ProgressOptions options);

  // If not finished, prints a last line that says how far it came.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Tells that `amount` more, in the unit, is done; ignored unless positive and
  // finite. May be called from several threads at once, and costs about as much
  // as reading the clock. Speed and time left are by the average since the
  // start; nothing is drawn while nobody calls.
  void Advance(double amount = 1);

  // Prints the last line; only the first call has an effect. No thread may be
  // in Advance, nor call it afterwards.
  void Finish();

 private:
  std::string BarLine(double done, absl::Duration elapsed) const;
  std::string PlainLine(double done, absl::Duration elapsed) const;
  // "52 %", "1 404 of 2 700 files", "12.3 files/s", "1 min 45 s left", as far
  // as known.
  std::vector<std::string> Facts(double done, absl::Duration elapsed) const;
  std::string Amount(double done) const;
  void Show(absl::Duration now);

  const ProgressOptions options_;
  const absl::Duration start_;
  std::atomic<double> done_{0};
  std::atomic<std::int64_t> next_show_nanoseconds_;
  bool is_finished_ = false;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONSOLE_PROGRESS_H_
