// Compares the generated documentation with the files in golden/. After a
// change of the wording, rewrite them and look at the difference:
//
//   bazel run //tests/tools/base/config:reference_test -- --update_golden

#include "tools/base/config/reference.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/golden_file.h"
#include "tests/tools/base/config/sample_config.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_matchers.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Le;

constexpr char kGolden[] = "tests/tools/base/config/golden/";

void ExpectGolden(const std::string& name, const std::string& text) {
  EXPECT_TRUE(IsGolden(text, absl::StrCat(kGolden, name)));
}

TEST(ReferenceTest, HelpIsTheGoldenOne) {
  ExpectGolden("help_80.txt", ConfigHelp<SampleConfig>(80));
  ExpectGolden("help_120.txt", ConfigHelp<SampleConfig>(120));
}

TEST(ReferenceTest, MarkdownIsTheGoldenOne) {
  ExpectGolden("reference.md", ConfigReference<SampleConfig>());
}

TEST(ReferenceTest, PrintedConfigurationIsTheGoldenOne) {
  const auto config = ParseConfig<SampleConfig>(kFullSample, "x");
  ASSERT_THAT(config, IsOk());
  const auto text = PrintConfig(*config);
  ASSERT_THAT(text, IsOk());
  ExpectGolden("full_sample.json", *text);
}

TEST(ReferenceTest, HelpKeepsToItsWidth) {
  for (const int width : {-1, 0, 40, 60, 80, 100, 200}) {
    const std::string help = ConfigHelp<SampleConfig>(width);
    for (const absl::string_view line : absl::StrSplit(help, '\n')) {
      EXPECT_FALSE(absl::EndsWith(line, " ")) << line;
      // A path, or a word alone on its line, may be longer.
      const bool one_word =
          !absl::StrContains(absl::StripAsciiWhitespace(line), ' ');
      if (!one_word && width >= 60) {
        EXPECT_THAT(CountCharacters(line), Le(static_cast<std::size_t>(width)))
            << line;
      }
    }
  }
}

TEST(ReferenceTest, EntriesNameEveryFieldOfEveryStruct) {
  std::vector<std::string> paths;
  for (const ConfigEntry& entry : ConfigEntries<SampleConfig>()) {
    paths.push_back(entry.path);
    EXPECT_NE(entry.field->doc, "");
    EXPECT_EQ(entry.default_text.empty(), entry.field->required);
  }
  EXPECT_EQ(paths.size(), 22u + 3 * (7 + 2));
  for (const char* path :
       {"experiment", "stage.steps", "stage.replay.fraction",
        "stages.<index>.replay.corpus", "named_stages.<key>.decay"}) {
    EXPECT_THAT(paths, Contains(path));
  }
}

TEST(ReferenceTest, MarkdownHasATableForEachStructOnce) {
  const std::string page = ConfigReference<SampleConfig>();
  for (const char* name : {"SampleConfig", "StageSample", "ReplaySample"}) {
    const std::string title = absl::StrCat("## ", name, "\n");
    EXPECT_THAT(page, HasSubstr(title));
    EXPECT_EQ(page.find(title), page.rfind(title));
  }
}

}  // namespace
}  // namespace culturemert
