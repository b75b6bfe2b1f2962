#include "tools/base/config/config_problems.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr absl::string_view kDefault = "built-in default";

// Paths hold keys from outside; they are escaped already, but may be long.
std::string Shortened(absl::string_view path) {
  constexpr std::size_t kLongestPath = 200;
  return path.size() <= kLongestPath ? std::string(path)
                                     : QuoteForMessage(path, kLongestPath);
}

}  // namespace

void ConfigProblems::Add(absl::string_view source, absl::string_view path,
                         absl::string_view problem) {
  paths_.insert(std::string(path));
  Add(absl::StrCat(source, ": ", Shortened(path), path.empty() ? "" : ": ",
                   problem));
}

void ConfigProblems::Add(absl::string_view message) {
  ++count_;
  if (shown_.size() < kMostShown) shown_.emplace_back(message);
}

bool ConfigProblems::HasWithin(const std::string& path) const {
  if (path.empty()) return count_ > 0;
  if (HasAt(path)) return true;
  const std::string below = absl::StrCat(path, ".");
  const auto first = paths_.lower_bound(below);
  return first != paths_.end() && absl::StartsWith(*first, below);
}

absl::Status ConfigProblems::ToStatus() const {
  if (count_ == 0) return absl::OkStatus();
  if (count_ == 1) return absl::InvalidArgumentError(shown_.front());
  std::string message = absl::StrCat(count_, " problems:");
  for (const std::string& line : shown_)
    absl::StrAppend(&message, "\n  ", line);
  if (count_ > shown_.size()) {
    absl::StrAppend(&message, "\n  … and ", count_ - shown_.size(), " more");
  }
  return absl::InvalidArgumentError(message);
}

void ConfigOrigins::Set(const std::string& path, absl::string_view source) {
  origins_[path].source = std::string(source);
}

void ConfigOrigins::SetMade(const std::string& path, absl::string_view source) {
  origins_[path] = Origin{std::string(source), true};
}

void ConfigOrigins::EraseBelow(const std::string& path) {
  const std::string below = absl::StrCat(path, ".");
  auto it = origins_.lower_bound(below);
  while (it != origins_.end() && absl::StartsWith(it->first, below)) {
    it = origins_.erase(it);
  }
}

std::string ConfigOrigins::SourceOf(const std::string& path) const {
  const auto found = origins_.find(path);
  return found == origins_.end() ? std::string(kDefault) : found->second.source;
}

std::string ConfigOrigins::SourceAround(const std::string& path) const {
  std::string around = path;
  while (origins_.count(around) == 0 && !around.empty()) {
    const auto dot = around.rfind('.');
    around.resize(dot == around.npos ? 0 : dot);
  }
  return SourceOf(around);
}

bool ConfigOrigins::IsGiven(const std::string& path) const {
  return origins_.count(path) > 0;
}

bool ConfigOrigins::IsMade(const std::string& path) const {
  const auto found = origins_.find(path);
  return found != origins_.end() && found->second.made;
}

}  // namespace culturemert
