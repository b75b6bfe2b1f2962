// A subcommand of the command-line tool, and the registry they enter.
//
// One file a command: it defines the command's flags with ABSL_FLAG, its Run
// function, and registers both:
//
//   static const bool registered = RegisterCommand({
//       "doctor", "shows what this machine has and what is missing",
//       "[--data_root=DIR]", {"data_root"}, &RunDoctor});
//
// Its cc_library is marked alwayslink and listed in the program's deps.

#ifndef CULTUREMERT_TOOLS_CULTUREMERT_COMMAND_H_
#define CULTUREMERT_TOOLS_CULTUREMERT_COMMAND_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace culturemert {

struct Command {
  std::string name;     // One word, or two: "audio info".
  std::string summary;  // One line, no full stop.
  std::string usage;    // What follows the name: "--audio=FILE [--quiet]".
  std::vector<std::string> flags;  // Names of the flags it takes.
  // Gets the arguments that are no flags; prints results to `out`. An error
  // ends the program with exit code 1, a UsageError with 2.
  std::function<absl::Status(const std::vector<std::string>& arguments,
                             std::ostream& out)>
      run;
};

// Adds a command; true. A name registered twice ends the program.
bool RegisterCommand(Command command);

// All commands, by name.
const std::vector<Command>& Commands();

// An error of the caller's words (flags, arguments, configuration), not of the
// work: exit code 2 instead of 1.
absl::Status UsageError(absl::string_view message);
bool IsUsageError(const absl::Status& status);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_CULTUREMERT_COMMAND_H_
