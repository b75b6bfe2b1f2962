// A terminal, or the file or pipe in its place, that log lines and a progress
// bar share: whole lines scroll by above one status line at the bottom, which
// is redrawn in place.

#ifndef CULTUREMERT_TOOLS_BASE_CONSOLE_CONSOLE_H_
#define CULTUREMERT_TOOLS_BASE_CONSOLE_CONSOLE_H_

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/base/console/human.h"

namespace culturemert {

// Looks up an environment variable; nullptr when it is not set.
using Environment = std::function<const char*(const char* name)>;

// All functions may be called from several threads at once.
class Console {
 public:
  struct Options {
    // Whether a status line can be redrawn in place.
    bool is_terminal = false;
    bool has_colour = false;
    Charset charset = Charset::kAscii;
    // The columns of a line; asked anew for each drawing.
    std::function<int()> width_columns = [] { return 80; };
    // Gets whole lines and whole redrawings, one call at a time.
    std::function<void(absl::string_view)> write;
  };

  // Options for an open file descriptor:
  // - It is a terminal if isatty(3) says so and TERM is not "dumb".
  // - It has colour if it is a terminal and NO_COLOR is not set or empty
  //   (https://no-color.org).
  // - It takes UTF-8 if the first of LC_ALL, LC_CTYPE and LANG that is not
  //   empty says so.
  // - Its width is the terminal's, else COLUMNS, else 80.
  // What the descriptor refuses to take is lost.
  static Options ForDescriptor(int descriptor, const Environment& environment);

  explicit Console(Options options);
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // The process' standard error; never destroyed.
  static Console& Stderr();

  bool is_terminal() const { return options_.is_terminal; }
  bool has_colour() const { return options_.has_colour; }
  Charset charset() const { return options_.charset; }
  int width_columns() const { return options_.width_columns(); }

  // Prints `line`, which has no newline at its end, above the status line.
  void PrintLine(absl::string_view line);

  // Shows `text`, cut to the width, as the status line, until its owner sets
  // another or clears it. When several owners have one, that of the latest to
  // come is shown. No effect unless this is a terminal.
  void SetStatus(const void* owner, absl::string_view text);
  void ClearStatus(const void* owner);

 private:
  using Status = std::pair<const void*, std::string>;

  // What puts the status line on the screen, from the first column. Requires
  // mutex_.
  std::string DrawStatus() const;
  std::vector<Status>::iterator FindStatus(const void* owner);

  const Options options_;
  std::mutex mutex_;
  std::vector<Status> statuses_;  // Guarded by mutex_; the last is shown.
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONSOLE_CONSOLE_H_
