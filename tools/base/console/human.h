// Numbers and text as people like to read them on a terminal. Nothing here
// depends on the C or C++ locale. Halves round up.

#ifndef CULTUREMERT_TOOLS_BASE_CONSOLE_HUMAN_H_
#define CULTUREMERT_TOOLS_BASE_CONSOLE_HUMAN_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace culturemert {

// What the reader's terminal or file can show.
enum class Charset { kAscii, kUtf8 };

// Two units at most: "0 s", "0.123 ms", "12 ms", "12.3 s", "3 min 20 s",
// "1 h 05 min", "2 d 03 h"; "-" before negative ones; "unknown" for NaN,
// infinities and more than 10^12 s.
std::string FormatDuration(double seconds);

// Decimal (SI) units: "999 B", "1.1 GB", "23 MB".
std::string FormatBytes(std::uint64_t bytes);

// Digits grouped by three with thin spaces (U+2009), or with spaces in ASCII:
// "1 234 567".
std::string FormatCount(std::int64_t count, Charset charset);

// Three significant digits, but all of those before the point and at most three
// after it: "0", "0.012", "1.23", "12.3", "123", "12 345". "?" for NaN,
// infinities, negative numbers and those from 10^15 on.
std::string FormatSignificant(double value, Charset charset);

// Per second, or per minute or hour where that is below 0.1: "12.3 files/s",
// "4.50 files/min". `unit` is the plural of what is counted.
std::string FormatRate(double per_second, absl::string_view unit,
                       Charset charset);

// Seconds of audio handled in a second: "38.0× real time", with "x" in ASCII.
std::string FormatRealTimeFactor(double factor, Charset charset);

// The text with control characters (C0 but for tab and newline, DEL, and C1 as
// UTF-8 spells them) as \xNN, so that a hostile file name cannot drive the
// terminal.
std::string Printable(absl::string_view text);

// The columns that `text` takes: one per UTF-8 code point. Characters of double
// width and combining ones are not told apart.
int CountColumns(absl::string_view text);

// The longest start of `text` that fits into `columns`.
absl::string_view TruncateToColumns(absl::string_view text, int columns);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONSOLE_HUMAN_H_
