#include "tools/base/console/progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/console/human.h"

namespace culturemert {
namespace {

constexpr absl::Duration kRedrawInterval = absl::Milliseconds(100);
constexpr absl::Duration kLineInterval = absl::Seconds(30);
constexpr int kMaxBarCells = 20;
constexpr int kMinBarCells = 8;
constexpr double kMaxCount = 9e18;  // Fits std::int64_t.

absl::Duration ShowInterval(const Console& console) {
  return console.is_terminal() ? kRedrawInterval : kLineInterval;
}

ProgressOptions Checked(ProgressOptions options) {
  if (options.total.has_value() &&
      !(std::isfinite(*options.total) && *options.total >= 0)) {
    options.total = std::nullopt;
  }
  options.label = Printable(options.label);
  return options;
}

// In [0, 1]; nothing to do counts as done.
double Fraction(double done, double total) {
  return done >= total ? 1 : done / total;
}

// Sums of seconds are not exact.
bool IsComplete(double done, double total) {
  return std::abs(done - total) <= 1e-6 * total;
}

std::string Repeat(absl::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) absl::StrAppend(&repeated, text);
  return repeated;
}

// `cells` columns, filled from the left to an eighth of a cell, between two
// borders.
std::string Utf8Bar(double fraction, int cells) {
  constexpr absl::string_view kEighths[] = {"",  "▏", "▎", "▍",
                                            "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(fraction * cells * 8);
  const int full = eighths / 8;
  const absl::string_view part = kEighths[eighths % 8];
  const int empty = cells - full - (part.empty() ? 0 : 1);
  return absl::StrCat("▕", Repeat("█", full), part, Repeat(" ", empty), "▏");
}

std::string AsciiBar(double fraction, int cells) {
  const int full = static_cast<int>(fraction * cells);
  return absl::StrCat("[", Repeat("#", full), Repeat(" ", cells - full), "]");
}

}  // namespace

std::string ProgressUnit::FormatAmount(double amount, Charset charset) const {
  if (plural_.empty()) return FormatDuration(amount);
  return FormatCount(std::llround(std::min(amount, kMaxCount)), charset);
}

std::string ProgressUnit::FormatName() const {
  return plural_.empty() ? "audio" : plural_;
}

std::string ProgressUnit::FormatSpeed(double per_second,
                                      Charset charset) const {
  return plural_.empty() ? FormatRealTimeFactor(per_second, charset)
                         : FormatRate(per_second, plural_, charset);
}

absl::Duration MonotonicNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

Progress::Progress(ProgressOptions options)
    : options_(Checked(std::move(options))), start_(options_.clock()) {
  next_show_nanoseconds_ =
      absl::ToInt64Nanoseconds(start_ + ShowInterval(*options_.console));
  if (options_.console->is_terminal() && !options_.is_quiet) Show(start_);
}

Progress::~Progress() {
  if (is_finished_ || options_.is_quiet) return;
  options_.console->ClearStatus(this);
  options_.console->PrintLine(absl::StrCat(
      options_.label, ": stopped at ", Amount(done_), " after ",
      FormatDuration(absl::ToDoubleSeconds(options_.clock() - start_))));
}

void Progress::Advance(double amount) {
  if (!(amount > 0) || !std::isfinite(amount)) return;
  double done = done_.load(std::memory_order_relaxed);
  while (!done_.compare_exchange_weak(done, done + amount,
                                      std::memory_order_relaxed)) {
  }
  if (options_.is_quiet) return;
  const absl::Duration now = options_.clock();
  std::int64_t due = next_show_nanoseconds_.load(std::memory_order_relaxed);
  if (absl::ToInt64Nanoseconds(now) < due) return;
  const std::int64_t next =
      absl::ToInt64Nanoseconds(now + ShowInterval(*options_.console));
  // Of the threads that see it is due, one draws.
  if (next_show_nanoseconds_.compare_exchange_strong(due, next)) Show(now);
}

void Progress::Finish() {
  if (is_finished_) return;
  is_finished_ = true;
  if (options_.is_quiet) return;
  const double seconds = absl::ToDoubleSeconds(options_.clock() - start_);
  const bool is_complete =
      !options_.total.has_value() || IsComplete(done_, *options_.total);
  std::string line = absl::StrCat(
      options_.label, ": ",
      is_complete ? absl::StrCat(options_.unit.FormatAmount(
                                     done_, options_.console->charset()),
                                 " ", options_.unit.FormatName())
                  : Amount(done_),
      " in ", FormatDuration(seconds));
  if (seconds > 0 && done_ > 0) {
    absl::StrAppend(
        &line, " (",
        options_.unit.FormatSpeed(done_ / seconds, options_.console->charset()),
        ")");
  }
  options_.console->ClearStatus(this);
  options_.console->PrintLine(line);
}

void Progress::Show(absl::Duration now) {
  Console& console = *options_.console;
  if (console.is_terminal()) {
    console.SetStatus(this, BarLine(done_, now - start_));
  } else {
    console.PrintLine(PlainLine(done_, now - start_));
  }
}

std::string Progress::Amount(double done) const {
  const Charset charset = options_.console->charset();
  std::string amount = options_.unit.FormatAmount(done, charset);
  if (options_.total.has_value()) {
    absl::StrAppend(&amount, " of ",
                    options_.unit.FormatAmount(*options_.total, charset));
  }
  return absl::StrCat(amount, " ", options_.unit.FormatName());
}

std::vector<std::string> Progress::Facts(double done,
                                         absl::Duration elapsed) const {
  std::vector<std::string> facts;
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const bool has_total = options_.total.has_value();
  if (has_total) {
    const int percent = static_cast<int>(100 * Fraction(done, *options_.total));
    facts.push_back(absl::StrCat(percent, " %"));
  }
  facts.push_back(Amount(done));
  if (done > 0 && seconds > 0) {
    facts.push_back(
        options_.unit.FormatSpeed(done / seconds, options_.console->charset()));
    if (has_total) {
      const double left = std::max(0.0, *options_.total - done);
      facts.push_back(
          absl::StrCat(FormatDuration(left * seconds / done), " left"));
    }
  }
  if (!has_total) {
    facts.push_back(absl::StrCat(FormatDuration(seconds), " so far"));
  }
  return facts;
}

std::string Progress::BarLine(double done, absl::Duration elapsed) const {
  const std::string facts = absl::StrJoin(Facts(done, elapsed), "  ");
  const int columns = CountColumns(options_.label) + CountColumns(facts);
  // Three columns around the bar, and the last one, which stays free.
  const int cells =
      std::min(kMaxBarCells, options_.console->width_columns() - columns - 5);
  if (!options_.total.has_value() || cells < kMinBarCells) {
    return absl::StrCat(options_.label, "  ", facts);
  }
  const double fraction = Fraction(done, *options_.total);
  return absl::StrCat(options_.label, " ",
                      options_.console->charset() == Charset::kUtf8
                          ? Utf8Bar(fraction, cells)
                          : AsciiBar(fraction, cells),
                      " ", facts);
}

std::string Progress::PlainLine(double done, absl::Duration elapsed) const {
  return absl::StrCat(options_.label, ": ",
                      absl::StrJoin(Facts(done, elapsed), ", "));
}

}  // namespace culturemert
