// From argv to a subcommand: finds it, sets its flags, runs it, prints errors.

#ifndef CULTUREMERT_TOOLS_CULTUREMERT_COMMAND_LINE_H_
#define CULTUREMERT_TOOLS_CULTUREMERT_COMMAND_LINE_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/culturemert/command.h"

namespace culturemert {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// Runs the command that `words` (argv without the program) name, out of
// `commands`. Results go to `out`, errors to `error`. Help (no words, --help,
// help) goes to `out`. Returns the exit code.
//
// Flags may be written --name=value, --name value and, if boolean, --name and
// --noname; "--" ends them. A list, --name=value,value, may be given piece by
// piece: --name=value --name=value. A flag that no command has, that this
// command does not take, or whose value does not parse is a usage error.
int RunCommandLine(const std::vector<std::string>& words,
                   const std::vector<Command>& commands, std::ostream& out,
                   std::ostream& error);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_CULTUREMERT_COMMAND_LINE_H_
