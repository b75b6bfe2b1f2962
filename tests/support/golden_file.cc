#include "tests/support/golden_file.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

bool update_golden = false;

std::optional<std::string> Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file),
                     std::istreambuf_iterator<char>());
}

testing::AssertionResult Write(const std::string& text,
                               const std::string& path) {
  const char* const workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace == nullptr) {
    return testing::AssertionFailure() << "--update_golden needs bazel run";
  }
  const std::string target = absl::StrCat(workspace, "/", path);
  std::ofstream file(target, std::ios::binary);
  file << text;
  if (file.flush()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "cannot write " << target;
}

std::string LineAt(const std::string& text, std::size_t begin) {
  if (begin >= text.size()) return "the end";
  const std::size_t end = std::min(text.find('\n', begin), text.size() - 1);
  return testing::PrintToString(text.substr(begin, end - begin + 1));
}

}  // namespace

testing::AssertionResult IsGolden(const std::string& text,
                                  const std::string& path) {
  if (update_golden) return Write(text, path);
  const std::optional<std::string> golden = Read(path);
  if (!golden.has_value()) {
    return testing::AssertionFailure() << "no golden file " << path;
  }
  const std::string difference =
      golden_internal::FirstDifference(text, *golden);
  if (difference.empty()) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << path << ": " << difference
         << "\nIf this is meant, run the test with --update_golden.";
}

std::string ReadGolden(const std::string& path) {
  std::optional<std::string> golden = Read(path);
  if (!golden.has_value()) ADD_FAILURE() << "no golden file " << path;
  return std::move(golden).value_or("");
}

namespace golden_internal {

void set_update(bool update) { update_golden = update; }

std::string FirstDifference(const std::string& text,
                            const std::string& golden) {
  if (text == golden) return "";
  const auto [in_text, in_golden] =
      std::mismatch(text.begin(), text.end(), golden.begin(), golden.end());
  const auto line = std::count(text.begin(), in_text, '\n');
  // Both have the same bytes up to there.
  const std::size_t offset = in_text - text.begin();
  const std::size_t break_before =
      offset == 0 ? text.npos : text.rfind('\n', offset - 1);
  const std::size_t begin = break_before == text.npos ? 0 : break_before + 1;
  return absl::StrCat("line ", line + 1, " is\n  ", LineAt(text, begin),
                      "\nexpected\n  ", LineAt(golden, begin));
}

}  // namespace golden_internal
}  // namespace culturemert
