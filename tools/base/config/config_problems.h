// What loading a configuration keeps beside the values: every problem found,
// and which layer each value came from.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_PROBLEMS_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_PROBLEMS_H_

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace culturemert {

// Collects problems, so that one run shows all of them.
class ConfigProblems {
 public:
  // As many are shown; of the others only the number.
  static constexpr std::size_t kMostShown = 20;

  // `source` says where the bad value was given ("mini.json:3:5"); `path` names
  // it ("" for the whole configuration).
  void Add(absl::string_view source, absl::string_view path,
           absl::string_view problem);

  // What names its place itself, such as a syntax error.
  void Add(absl::string_view message);

  // Whether there is a problem at `path` itself.
  bool HasAt(const std::string& path) const { return paths_.count(path) > 0; }

  // Whether there is a problem at `path` or below it.
  bool HasWithin(const std::string& path) const;

  std::size_t count() const { return count_; }

  // OK if there are none; else kInvalidArgument: the one problem, or all of
  // them a line each, below a line with their number.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> shown_;
  std::set<std::string> paths_;
  std::size_t count_ = 0;
};

// Which layer gave a value. What no layer gave has no entry.
class ConfigOrigins {
 public:
  // Notes that `source` gave the value at `path`.
  void Set(const std::string& path, absl::string_view source);

  // Notes too that the layer made the value anew (an element of a list or map,
  // the content of an optional), so that its required fields must follow.
  void SetMade(const std::string& path, absl::string_view source);

  // Forgets everything below `path`: a new value has replaced it.
  void EraseBelow(const std::string& path);

  // The source of the value at `path` itself; "built-in default" if none.
  std::string SourceOf(const std::string& path) const;

  // The source of the value at `path` or of the nearest that contains it.
  std::string SourceAround(const std::string& path) const;

  bool IsGiven(const std::string& path) const;
  bool IsMade(const std::string& path) const;

 private:
  struct Origin {
    std::string source;
    bool made = false;
  };
  std::map<std::string, Origin> origins_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_CONFIG_PROBLEMS_H_
