#include "experiments/distributed/slurm_node_list.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::Status Malformed(absl::string_view what, absl::string_view where) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " at \"", where, "\" in a Slurm list of nodes"));
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

bool IsNumber(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c)) return false;
  }
  return true;
}

// Compares numbers of any length, leading zeros and all.
bool IsAtMost(absl::string_view a, absl::string_view b) {
  while (a.size() > 1 && a.front() == '0') a.remove_prefix(1);
  while (b.size() > 1 && b.front() == '0') b.remove_prefix(1);
  return a.size() != b.size() ? a.size() < b.size() : a <= b;
}

// The first number of "03-05,7".
absl::StatusOr<std::string> FirstOfRanges(absl::string_view ranges) {
  const std::vector<std::string> parts = absl::StrSplit(ranges, ',');
  for (const std::string& part : parts) {
    const std::vector<std::string> ends = absl::StrSplit(part, '-');
    const bool fits = ends.size() <= 2 && IsNumber(ends.front()) &&
                      IsNumber(ends.back()) &&
                      IsAtMost(ends.front(), ends.back());
    if (!fits) return Malformed("no range of numbers", part);
  }
  const std::string& first = parts.front();
  return first.substr(0, first.find('-'));
}

// Reads one name, with its ranges, off the front of `rest`.
absl::StatusOr<std::string> TakeFirstHostOfName(absl::string_view& rest) {
  const absl::string_view name = rest;
  std::string host;
  while (!rest.empty() && rest.front() != ',') {
    if (rest.front() == '[') {
      const std::size_t end = rest.find(']');
      if (end == absl::string_view::npos) return Malformed("no ]", rest);
      ASSIGN_OR_RETURN(const std::string number,
                       FirstOfRanges(rest.substr(1, end - 1)));
      host += number;
      rest.remove_prefix(end + 1);
    } else if (IsHostCharacter(rest.front())) {
      host += rest.front();
      rest.remove_prefix(1);
    } else {
      return Malformed("no character of a host's name", rest);
    }
  }
  if (host.empty()) return Malformed("no host", name);
  return host;
}

}  // namespace

absl::StatusOr<std::string> FirstSlurmHost(absl::string_view node_list) {
  absl::string_view rest = node_list;
  ASSIGN_OR_RETURN(std::string first, TakeFirstHostOfName(rest));
  while (!rest.empty()) {
    rest.remove_prefix(1);  // The comma.
    RETURN_IF_ERROR(TakeFirstHostOfName(rest));
  }
  return first;
}

}  // namespace culturemert
