// culturemert: the suite's command-line tool. See command.h for how a
// subcommand is added.

#include <iostream>
#include <string>
#include <vector>

#include "tools/culturemert/command_line.h"

int main(int argc, char** argv) {
  return culturemert::RunCommandLine(
      std::vector<std::string>(argv + 1, argv + argc), culturemert::Commands(),
      std::cout, std::cerr);
}
