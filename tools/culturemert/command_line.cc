#include "tools/culturemert/command_line.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"

namespace culturemert {
namespace {

constexpr char kProgram[] = "culturemert";

bool AsksForHelp(const std::string& word) {
  return word == "--help" || word == "-help" || word == "-h";
}

std::string Pad(const std::string& text, std::size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

void PrintCommands(const std::vector<Command>& commands, std::ostream& out) {
  std::size_t width = 0;
  for (const Command& command : commands) {
    width = std::max(width, command.name.size());
  }
  out << "usage: " << kProgram << " COMMAND [FLAGS]\n\ncommands:\n";
  for (const Command& command : commands) {
    out << "  " << Pad(command.name, width) << "  " << command.summary << "\n";
  }
  out << "\n'" << kProgram << " COMMAND --help' shows a command's flags.\n";
}

void PrintCommand(const Command& command, std::ostream& out) {
  out << kProgram << " " << command.name << ": " << command.summary
      << "\n\nusage: " << kProgram << " " << command.name << " "
      << command.usage << "\n";
  if (command.flags.empty()) return;
  std::size_t width = 0;
  for (const std::string& flag : command.flags) {
    width = std::max(width, flag.size());
  }
  out << "\nflags:\n";
  for (const std::string& name : command.flags) {
    const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    const std::string initial = flag->DefaultValue();
    out << "  --" << Pad(name, width) << "  " << flag->Help();
    if (!initial.empty()) out << " (default: " << initial << ")";
    out << "\n";
  }
}

// The command whose name is the first one or two words; null if there is none.
const Command* Find(const std::vector<std::string>& words,
                    const std::vector<Command>& commands,
                    std::size_t* words_used) {
  for (std::size_t used : {2, 1}) {
    if (words.size() < used) continue;
    const std::string name =
        absl::StrJoin(words.begin(), words.begin() + used, " ");
    for (const Command& command : commands) {
      if (command.name == name) {
        *words_used = used;
        return &command;
      }
    }
  }
  return nullptr;
}

absl::Status UnknownFlag(const Command& command, const std::string& name) {
  return UsageError(absl::StrCat("'", command.name, "' has no flag --", name,
                                 DidYouMean(name, command.flags)));
}

// Sets one flag; `next` is the word after it, null at the end. `*took_next`
// says whether that was its value. `lists` has the lists that were set before.
absl::Status SetFlag(const Command& command, const std::string& word,
                     const std::string* next, bool* took_next,
                     std::set<std::string>* lists) {
  absl::string_view name = word;
  absl::ConsumePrefix(&name, "-");
  absl::ConsumePrefix(&name, "-");
  std::string value;
  const auto equals = name.find('=');
  const bool has_value = equals != absl::string_view::npos;
  if (has_value) {
    value = std::string(name.substr(equals + 1));
    name = name.substr(0, equals);
  }
  bool negated = false;
  const auto takes = [&](absl::string_view flag) {
    return std::find(command.flags.begin(), command.flags.end(), flag) !=
           command.flags.end();
  };
  const std::string written(name);
  if (!takes(name) && !has_value && absl::ConsumePrefix(&name, "no")) {
    negated = true;
  }
  absl::CommandLineFlag* flag =
      takes(name) ? absl::FindCommandLineFlag(name) : nullptr;
  if (flag == nullptr || (negated && !flag->IsOfType<bool>())) {
    return UnknownFlag(command, written);
  }
  *took_next = false;
  if (!has_value) {
    if (flag->IsOfType<bool>()) {
      value = negated ? "false" : "true";
    } else if (next != nullptr) {
      value = *next;
      *took_next = true;
    } else {
      return UsageError(
          absl::StrCat("--", name, " needs a value: ", flag->Help()));
    }
  }
  if (flag->IsOfType<std::vector<std::string>>() &&
      !lists->insert(std::string(name)).second &&
      !flag->CurrentValue().empty()) {
    value = absl::StrCat(flag->CurrentValue(), ",", value);
  }
  std::string reason;
  if (!flag->ParseFrom(value, &reason)) {
    return UsageError(absl::StrCat(
        "--", name, "=", value, ": ",
        reason.empty() ? "not a valid value; " : reason + "; ", flag->Help()));
  }
  return absl::OkStatus();
}

// Sets the flags among `words` and returns the others.
absl::StatusOr<std::vector<std::string>> SetFlags(
    const Command& command, const std::vector<std::string>& words) {
  std::vector<std::string> arguments;
  std::set<std::string> lists;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      arguments.insert(arguments.end(), words.begin() + i + 1, words.end());
      break;
    }
    if (words[i].size() < 2 || words[i][0] != '-') {
      arguments.push_back(words[i]);
      continue;
    }
    const std::string* next = i + 1 < words.size() ? &words[i + 1] : nullptr;
    bool took_next = false;
    RETURN_IF_ERROR(SetFlag(command, words[i], next, &took_next, &lists));
    if (took_next) ++i;
  }
  return arguments;
}

absl::Status UnknownCommand(const std::vector<std::string>& words,
                            const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  return UsageError(absl::StrCat("there is no command '", words.front(), "'",
                                 DidYouMean(words.front(), names)));
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& words,
                   const std::vector<Command>& commands, std::ostream& out,
                   std::ostream& error) {
  if (words.empty()) {
    PrintCommands(commands, error);
    return kExitUsage;
  }
  std::vector<std::string> rest = words;
  const bool help = words.front() == "help" || AsksForHelp(words.front());
  if (help) rest.erase(rest.begin());
  if (help && rest.empty()) {
    PrintCommands(commands, out);
    return kExitDone;
  }

  std::size_t used = 0;
  const Command* command = Find(rest, commands, &used);
  if (command == nullptr) {
    error << kProgram << ": " << UnknownCommand(rest, commands).message()
          << "\n\n";
    PrintCommands(commands, error);
    return kExitUsage;
  }
  rest.erase(rest.begin(), rest.begin() + used);
  const auto end_of_flags = std::find(rest.begin(), rest.end(), "--");
  if (help || std::any_of(rest.begin(), end_of_flags, AsksForHelp)) {
    PrintCommand(*command, out);
    return kExitDone;
  }

  absl::StatusOr<std::vector<std::string>> arguments = SetFlags(*command, rest);
  const absl::Status status =
      arguments.ok() ? command->run(*arguments, out) : arguments.status();
  if (status.ok()) return kExitDone;
  error << kProgram << " " << command->name << ": " << status.message() << "\n";
  if (!IsUsageError(status)) return kExitFailed;
  error << "usage: " << kProgram << " " << command->name << " "
        << command->usage << "\n'" << kProgram << " " << command->name
        << " --help' shows its flags.\n";
  return kExitUsage;
}

}  // namespace culturemert
