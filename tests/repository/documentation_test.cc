// What the documentation names exists: relative links, headings that links
// point to, and the labels of every `bazel run`, `bazel test` or `bazel build`.

#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"

namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The checkout, by way of the link that the test was given.
fs::path Workspace() { return fs::canonical("WORKSPACE").parent_path(); }

std::vector<fs::path> Documents(const fs::path& workspace) {
  std::vector<fs::path> documents;
  for (auto it = fs::recursive_directory_iterator(workspace);
       it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() &&
        (it->is_symlink() || name[0] == '.' || name == "results")) {
      it.disable_recursion_pending();
    } else if (it->path().extension() == ".md") {
      documents.push_back(it->path());
    }
  }
  return documents;
}

std::string WithoutCodeBlocks(std::string text) {
  RE2::GlobalReplace(&text, "(?s)```.*?```", "");
  RE2::GlobalReplace(&text, "`[^`\n]*`", "");
  return text;
}

// GitHub's rule for the anchor of a heading.
std::string Anchor(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') {
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

std::set<std::string> Anchors(const std::string& text) {
  std::set<std::string> anchors;
  re2::StringPiece rest(text);
  std::string heading;
  while (RE2::FindAndConsume(&rest, "(?m)^#+ +(.*?) *$", &heading)) {
    anchors.insert(Anchor(heading));
  }
  return anchors;
}

// The relative links of a document that lead nowhere.
std::vector<std::string> DeadLinks(const fs::path& folder,
                                   const std::string& text) {
  std::vector<std::string> dead;
  const std::string prose = WithoutCodeBlocks(text);
  re2::StringPiece rest(prose);
  std::string target;
  while (RE2::FindAndConsume(&rest, R"(\]\(<?([^)\s>]+)>?[^)]*\))", &target)) {
    if (RE2::PartialMatch(target, "^[a-z]+:")) continue;
    const auto hash = target.find('#');
    const std::string path = target.substr(0, hash);
    const fs::path full = folder / path;
    if (!path.empty() && !fs::exists(full)) {
      dead.push_back(target);
    } else if (hash != std::string::npos &&
               (path.empty() || full.extension() == ".md")) {
      const std::string destination = path.empty() ? text : ReadFile(full);
      if (Anchors(destination).count(target.substr(hash + 1)) == 0) {
        dead.push_back(target);
      }
    }
  }
  return dead;
}

bool TargetExists(const fs::path& package, const std::string& name) {
  if (!fs::exists(package / "BUILD")) return false;
  if (name == "all" || name == "*") return true;
  const std::string build = ReadFile(package / "BUILD");
  const auto declares = [&](const std::string& declared) {
    return build.find("name = \"" + declared + "\"") != std::string::npos ||
           build.find("\nexperiment(\"" + declared + "\")") !=
               std::string::npos;
  };
  if (declares(name) || fs::is_regular_file(package / name)) return true;
  std::string fuzzed;  // fuzz_test declares two targets.
  return build.find("fuzz_test(") != std::string::npos &&
         RE2::FullMatch(name, "(.*)_(?:test|fuzzer)", &fuzzed) &&
         declares(fuzzed);
}

bool LabelExists(const fs::path& workspace, const std::string& label) {
  std::string package;
  std::string name;
  if (RE2::FullMatch(label, R"(//(.*?)/?\.\.\.)", &package)) {
    return fs::is_directory(workspace / package);
  }
  if (RE2::FullMatch(label, "//(.*):(.*)", &package, &name)) {
    // A label with a placeholder, //tests/fuzz:<name>, names just its package.
    if (name.empty()) return fs::exists(workspace / package / "BUILD");
    return TargetExists(workspace / package, name);
  }
  package = label.substr(2);
  return TargetExists(workspace / package,
                      fs::path(package).filename().string());
}

std::vector<std::string> Labels(const std::string& text) {
  std::vector<std::string> labels;
  re2::StringPiece rest(text);
  std::string command;
  while (RE2::FindAndConsume(
      &rest, R"(\bbazel((?: +[^\s`]+)* +(?:run|test|build)\b[^\n`]*))",
      &command)) {
    re2::StringPiece words(command);
    std::string label;
    while (RE2::FindAndConsume(&words, R"((?:^|\s)(//[\w./:*-]*))", &label)) {
      labels.push_back(label);
    }
  }
  return labels;
}

TEST(DocumentationTest, RelativeLinksLeadSomewhere) {
  const fs::path workspace = Workspace();
  const std::vector<fs::path> documents = Documents(workspace);
  ASSERT_FALSE(documents.empty());
  for (const fs::path& document : documents) {
    EXPECT_THAT(DeadLinks(document.parent_path(), ReadFile(document)),
                IsEmpty())
        << document;
  }
}

TEST(DocumentationTest, LabelsInCommandsExist) {
  const fs::path workspace = Workspace();
  int labels = 0;
  for (const fs::path& document : Documents(workspace)) {
    for (const std::string& label : Labels(ReadFile(document))) {
      ++labels;
      EXPECT_TRUE(LabelExists(workspace, label))
          << document << " names " << label;
    }
  }
  EXPECT_GT(labels, 0);
}

TEST(DocumentationTest, EveryRoomHasAReadme) {
  const fs::path workspace = Workspace();
  for (const char* room : {"", "models", "datasets", "experiments", "reports",
                           "third_party", "tests", "tools"}) {
    EXPECT_TRUE(fs::exists(workspace / room / "README.md")) << room;
  }
  for (const auto& entry : fs::directory_iterator(workspace / "third_party")) {
    if (entry.is_directory()) {
      EXPECT_TRUE(fs::exists(entry.path() / "README.md")) << entry.path();
    }
  }
}

// The checks themselves: each must be able to fail.

TEST(DocumentationChecksTest, FindDeadLinksAndAnchors) {
  const fs::path workspace = Workspace();
  EXPECT_THAT(DeadLinks(workspace,
                        "# One heading, here\n[a](WORKSPACE) [b](no/such.md) "
                        "[c](#one-heading-here) [d](#other) "
                        "[e](https://example.org) ![f](no.png \"title\")\n"
                        "```\n[in code](nowhere)\n```\n"),
              ElementsAre("no/such.md", "#other", "no.png"));
}

TEST(DocumentationChecksTest, FindLabelsInCommandsOnly) {
  EXPECT_THAT(
      Labels("`tools/bazel run //tools:culturemert -- doctor`, then\n"
             "    bazel --output_base=x test --config=asan //a/... //b:c\n"
             "not a command: //d:e"),
      ElementsAre("//tools:culturemert", "//a/...", "//b:c"));
}

TEST(DocumentationChecksTest, TellTargetsThatExistFromOthers) {
  const fs::path workspace = Workspace();
  for (const char* label :
       {"//...", "//tests/...", "//tools:culturemert", "//tests/repository:all",
        "//tests/repository:documentation_test", "//tests/fuzz:"}) {
    EXPECT_TRUE(LabelExists(workspace, label)) << label;
  }
  for (const char* label :
       {"//nowhere/...", "//nowhere", "//tools:nothing", "//nowhere:all",
        "//tests/repository:documentation_tes", "//nowhere:"}) {
    EXPECT_FALSE(LabelExists(workspace, label)) << label;
  }
}

}  // namespace
