#include "reports/site/site.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "reports/output_folder.h"
#include "reports/tables/report_tables.h"
#include "tests/experiments/records/sample_record.h"
#include "tests/reports/plots/markup_check.h"
#include "tests/reports/site/sample_report.h"
#include "tests/support/places.h"
#include "tools/base/files/for_each_fault.h"
#include "tools/base/files/memory_files.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Write(Files& files, const ReportData& data) {
  ASSIGN_OR_RETURN(OutputFolder folder, OutputFolder::Open(files, "/site"));
  RETURN_IF_ERROR(WriteSite(data, MakeTables(data), folder));
  return folder.Finish();
}

// By name, relative to the folder.
std::map<std::string, std::string> WrittenSite(const ReportData& data) {
  MemoryFiles files;
  EXPECT_THAT(Write(files, data), IsOk());
  std::map<std::string, std::string> site;
  site["index.html"] = files.Read("/site/index.html").value_or("");
  const auto plots = files.List("/site/plots");
  if (absl::IsNotFound(plots.status())) return site;
  EXPECT_THAT(plots, IsOk());
  for (const DirectoryEntry& entry : *plots) {
    const std::string name = absl::StrCat("plots/", entry.name);
    site[name] = files.Read(absl::StrCat("/site/", name)).value_or("");
  }
  return site;
}

std::string Page(const ReportData& data) {
  return WrittenSite(data).at("index.html");
}

std::string Hostile(std::string text) {
  return absl::StrCat(
      text, "</title></style></desc></td></pre><script>alert('1')</script>",
      "<img src=x onerror=alert(1)>\"' onload=\"alert(1)\" &#60; \xFF\x01]]>");
}

ReportData SmallReport(const std::string& folder) {
  RecordList list;
  list.records.push_back({folder + "/a.json", folder + "/a", SampleRecord()});
  list.problems.push_back({folder + "/b.json", RecordProblemKind::kDamaged,
                           folder + "/b.json: is damaged; run it again"});
  return MakeReportData(std::move(list), ReportSelection()).value();
}

TEST(SiteTest, ThePageIsWellFormed) {
  EXPECT_EQ(CheckMarkup(Page(SampleReport())).problem, "");
  EXPECT_EQ(CheckMarkup(Page(SmallReport("/r"))).problem, "");
}

TEST(SiteTest, APageOfNoRecordsSaysWhichCommandMakesThem) {
  ReportData data;
  data.published = &PublishedResults::Get();
  const std::string page = Page(data);
  EXPECT_EQ(CheckMarkup(page).problem, "");
  EXPECT_THAT(page, HasSubstr("tools/bazel run //experiments:baseline"));
}

TEST(SiteTest, HostileTextsStayTexts) {
  const ReportData data = SampleReport(Hostile);
  for (const auto& [name, text] : WrittenSite(data)) {
    SCOPED_TRACE(name);
    const MarkupCheck check = CheckMarkup(text);
    EXPECT_EQ(check.problem, "");
    int scripts = 0;
    for (const MarkupElement& element : check.elements) {
      scripts += element.name == "script" ? 1 : 0;
      EXPECT_NE(element.name, "img");
      for (const auto& [attribute, value] : element.attributes) {
        EXPECT_FALSE(absl::StartsWith(attribute, "on")) << attribute;
      }
    }
    EXPECT_EQ(scripts, name == "index.html" ? 1 : 0);
    EXPECT_THAT(text, Not(HasSubstr("<script>alert")));
  }
}

TEST(SiteTest, HostileTextsMakeTheSameElements) {
  const auto names = [](const ReportData& data) {
    std::vector<std::string> names;
    for (const MarkupElement& element : CheckMarkup(Page(data)).elements) {
      if (element.name != "text") names.push_back(element.name);
    }
    return names;
  };
  const auto marked = [](std::string text) { return text + "!"; };
  EXPECT_EQ(names(SampleReport(Hostile)).size(),
            names(SampleReport(marked)).size());
}

TEST(SiteTest, ThePageAsksForNothingFromAnyNetwork) {
  const std::string page = Page(SampleReport());
  EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; script-src "
                              "'sha256-"));
  for (const MarkupElement& element : CheckMarkup(page).elements) {
    for (const auto& [name, value] : element.attributes) {
      if (name == "xmlns") continue;
      EXPECT_FALSE(absl::StrContains(value, "//")) << value;
      EXPECT_NE(name, "src");
      EXPECT_NE(name, "style");
    }
  }
}

TEST(SiteTest, EveryLinkLeadsSomewhereAndEveryIdStandsOnce) {
  const std::map<std::string, std::string> site = WrittenSite(SampleReport());
  std::set<std::string> ids;
  const MarkupCheck check = CheckMarkup(site.at("index.html"));
  for (const MarkupElement& element : check.elements) {
    const std::string id = element.Attribute("id");
    if (!id.empty()) {
      EXPECT_TRUE(ids.insert(id).second) << id;
    }
  }
  for (const MarkupElement& element : check.elements) {
    const std::string target = element.Attribute("href");
    if (absl::StartsWith(target, "#")) {
      EXPECT_EQ(ids.count(target.substr(1)), 1u) << target;
    } else if (!target.empty()) {
      EXPECT_EQ(site.count(target), 1u) << target;
    }
    for (const std::string& id : std::vector<std::string>(absl::StrSplit(
             element.Attribute("aria-labelledby"), ' ', absl::SkipEmpty()))) {
      EXPECT_EQ(ids.count(id), 1u) << id;
    }
  }
}

TEST(SiteTest, HeadingsSkipNoLevel) {
  int level = 0;
  int first_level = 0;
  for (const MarkupElement& element :
       CheckMarkup(Page(SampleReport())).elements) {
    int next = 0;
    const bool is_heading = element.name.size() == 2 &&
                            element.name[0] == 'h' &&
                            absl::SimpleAtoi(element.name.substr(1), &next);
    if (!is_heading) continue;
    EXPECT_LE(next, level + 1);
    first_level += next == 1 ? 1 : 0;
    level = next;
  }
  EXPECT_EQ(first_level, 1);
}

TEST(SiteTest, EveryTableHasACaptionAndHeadersWithAScope) {
  int tables = 0;
  int captions = 0;
  for (const MarkupElement& element :
       CheckMarkup(Page(SampleReport())).elements) {
    tables += element.name == "table" ? 1 : 0;
    captions += element.name == "caption" ? 1 : 0;
    if (element.name == "th") {
      EXPECT_THAT(element.Attribute("scope"), AnyOf("row", "col", "colgroup"));
    }
  }
  EXPECT_GT(tables, 10);
  EXPECT_EQ(captions, tables);
}

TEST(SiteTest, TheFirstThingThatAKeyboardReachesSkipsToTheResults) {
  for (const MarkupElement& element :
       CheckMarkup(Page(SampleReport())).elements) {
    if (element.name != "a") continue;
    EXPECT_EQ(element.Attribute("href"), "#content");
    return;
  }
  FAIL() << "no link";
}

TEST(SiteTest, RunsShowTheirCommandCodeAndConfiguration) {
  const std::string page = Page(SmallReport("/r"));
  for (const char* text :
       {"tools/bazel run //experiments:multicultural_cpt -- --profile=smoke",
        "0123456789abcdef0123456789abcdef01234567, with changes", "g++ 12.2.0",
        "&quot;passes&quot;: 1.5", "libsoxr 0.1.3 HQ",
        "k-means, as no EnCodec weights were given"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

// Two runs of one experiment, whose configurations differ as these two do.
std::string PageOfTwo(const std::string& first, const std::string& second) {
  RecordList list;
  for (const std::string& configuration : {first, second}) {
    Record record = SampleRecord();
    record.configuration = configuration;
    record.configuration_hash = HashBytes(configuration);
    list.records.push_back(
        {absl::StrCat("/r/", list.records.size(), ".json"), "", record});
  }
  return Page(MakeReportData(std::move(list), ReportSelection()).value());
}

TEST(SiteTest, ASecondRunShowsWhereItsConfigurationDiffersFromTheFirst) {
  const std::string page = PageOfTwo(R"({"kept":"shown once","passes":1})",
                                     R"({"kept":"shown once","passes":2})");
  EXPECT_EQ(CheckMarkup(page).problem, "");
  const std::size_t once = page.find("shown once");
  ASSERT_NE(once, std::string::npos);
  EXPECT_EQ(page.find("shown once", once + 1), std::string::npos);
  EXPECT_THAT(page, HasSubstr("As of <a href=\"#run-1\">0.json</a>"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">passes</th><td "
                              "class=\"text\">1</td><td class=\"text\">2"));
}

TEST(SiteTest, ConfigurationsThatHaveLittleInCommonAreBothShown) {
  const auto configuration = [](const char* value) {
    std::string text = R"({"kept":"shown twice")";
    for (int i = 10; i < 60; ++i) {
      absl::StrAppend(&text, ",\"setting_", i, "\":", value);
    }
    return text + "}";
  };
  const std::string page = PageOfTwo(configuration("1"), configuration("2"));
  const std::size_t once = page.find("shown twice");
  ASSERT_NE(once, std::string::npos);
  EXPECT_NE(page.find("shown twice", once + 1), std::string::npos);
  EXPECT_THAT(page, Not(HasSubstr("As of <a")));
}

TEST(SiteTest, RecordsOfTwoPoolingsAreTwoLabelledSections) {
  const std::string page = PageOfTwo(
      R"({"evaluation":{"protocol":{"pooling":"mean"}}})",
      R"({"evaluation":{"protocol":{"pooling":"mean_and_deviation"}}})");
  EXPECT_EQ(CheckMarkup(page).problem, "");
  for (const char* text :
       {"Profile smoke, pooled by mean</h2>",
        "Profile smoke, pooled by mean and deviation</h2>",
        "<span class=\"label\">pooled by mean and deviation</span>",
        "<li>Hidden states over time: pooled by mean.</li>"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(SiteTest, AModelThatTheTagTablesLeaveOutIsNamedBelowThem) {
  const std::string page = Page(SampleReport());
  EXPECT_THAT(page, HasSubstr("Left out: "));
}

TEST(SiteTest, TagsShowTheirScoresAndWhichAreUndefined) {
  const std::string page = Page(SmallReport("/r"));
  EXPECT_THAT(page, HasSubstr("λύρα, &quot;kemençe&quot;"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">place--none</th><td "
                              "class=\"text\">other</td>"));
  EXPECT_THAT(page, HasSubstr(">undefined</td>"));
}

TEST(SiteTest, FilesPassedOverAreNamedWithoutTheirFolder) {
  const std::string page = Page(SmallReport("/somewhere"));
  EXPECT_THAT(page, HasSubstr("b.json: is damaged; run it again"));
  EXPECT_THAT(page, Not(HasSubstr("somewhere")));
}

TEST(SiteTest, BytesDoNotDependOnTheFolderOfTheRecords) {
  EXPECT_EQ(WrittenSite(SmallReport("/a")), WrittenSite(SmallReport("/b/c")));
}

TEST(SiteTest, BytesDoNotDependOnThePlace) {
  const auto expected = WrittenSite(SampleReport());
  ForEachPlace([&](const std::string& place) {
    EXPECT_TRUE(WrittenSite(SampleReport()) == expected) << place;
  });
}

TEST(SiteTest, AFaultLeavesTheOldPageOrTheNewOneWhole) {
  const ReportData data = SmallReport("/r");
  const std::string page = Page(data);
  FaultScenario scenario;
  scenario.prepare = [](Files& files) {
    ASSERT_THAT(files.CreateDirectories("/site"), IsOk());
    ASSERT_THAT(files.WriteAtomically("/site/index.html", "old"), IsOk());
  };
  scenario.run = [&](Files& files) { return Write(files, data); };
  scenario.check = [&](MemoryFiles& files, const FaultOutcome& outcome) {
    const std::string found = files.Read("/site/index.html").value_or("none");
    EXPECT_TRUE(found == "old" || found == page);
    if (outcome.reported_ok()) {
      EXPECT_TRUE(found == page);
    }
  };
  EXPECT_GT(ForEachFault(scenario), 50u);
}

}  // namespace
}  // namespace culturemert
