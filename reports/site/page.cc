#include "reports/site/page.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "reports/plots/markup.h"
#include "reports/site/html_table.h"
#include "reports/site/page_assets.h"
#include "reports/site/run_section.h"
#include "reports/site/study_choices.h"
#include "reports/site/tag_tables.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using reports_internal::kPageScript;
using reports_internal::kPageScriptHash;
using reports_internal::kPageStyle;
using reports_internal::kPageStyleHash;

constexpr char kTitle[] = "Cross-cultural music representations: results";

class PageMaker {
 public:
  PageMaker(const ReportData& data, const std::vector<Table>& tables,
            const std::vector<std::vector<SitePlot>>& plots)
      : data_(data), tables_(tables), plots_(plots) {}

  absl::StatusOr<std::string> Make() {
    for (std::size_t i = 0; i < data_.studies.size(); ++i) {
      RETURN_IF_ERROR(StudySection(i));
    }
    OtherTables();
    Problems();
    Commands();
    return absl::StrCat(
        Head(), "<body>\n<a class=\"skip\" href=\"#content\">Skip to the ",
        "results</a>\n<header>\n<h1>", kTitle, "</h1>\n", Introduction(),
        "</header>\n<div class=\"layout\">\n<nav aria-label=\"Contents\">\n",
        "<ul>\n", contents_, "</ul>\n</nav>\n",
        "<main id=\"content\" tabindex=\"-1\">\n", body_,
        "</main>\n</div>\n<footer>\n<p>Made from records alone; the same ",
        "records give the same page.</p>\n</footer>\n<script>", kPageScript,
        "</script>\n</body>\n</html>\n");
  }

 private:
  static std::string Head() {
    return absl::StrCat(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta ",
        "charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" ",
        "content=\"default-src 'none'; script-src '", kPageScriptHash,
        "'; style-src '", kPageStyleHash,
        "'; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" ",
        "content=\"width=device-width, initial-scale=1\">\n<meta ",
        "name=\"color-scheme\" content=\"light dark\">\n<title>", kTitle,
        "</title>\n<style>", kPageStyle, "</style>\n</head>\n");
  }

  std::string Introduction() const {
    std::string text = absl::StrCat(
        "<p>", data_.records.size(),
        data_.records.size() == 1 ? " run" : " runs", " in ",
        data_.studies.size(), data_.studies.size() == 1 ? " study" : " studies",
        ". Scores are in per cent, differences in points. A difference counts ",
        "as significant when its p-value, after Holm's correction where there ",
        "is one, lies below 0.05.</p>\n");
    if (data_.studies.empty()) {
      absl::StrAppend(&text,
                      "<p class=\"flag\">There are no records to show. An "
                      "experiment makes one: <code>tools/bazel run "
                      "//experiments:baseline</code></p>\n");
    }
    return text;
  }

  void AddContents(absl::string_view id, absl::string_view title) {
    absl::StrAppend(&contents_, "<li><a href=\"#", id, "\">", title,
                    "</a></li>\n");
  }

  void BeginSection(absl::string_view id, absl::string_view title) {
    absl::StrAppend(&body_, "<section aria-labelledby=\"", id, "\">\n<h2 id=\"",
                    id, "\">", EscapeMarkup(title), "</h2>\n");
    AddContents(id, EscapeMarkup(title));
  }

  void EndSection() { absl::StrAppend(&body_, "</section>\n"); }

  // A heading of the third order, and its line of the contents.
  void Part(absl::string_view id, absl::string_view title) {
    absl::StrAppend(&body_, "<h3 id=\"", id, "\">", EscapeMarkup(title),
                    "</h3>\n");
    AddContents(id, EscapeMarkup(title));
  }

  absl::Status StudySection(std::size_t index) {
    const Study& study = data_.studies[index];
    const std::string id = absl::StrCat("study-", index + 1);
    BeginSection(id, absl::StrCat("Profile ", study.Title()));
    absl::StrAppend(&body_, "<p><span class=\"label\">", DataOf(data_, study),
                    "</span> <span class=\"label\">",
                    EscapeMarkup(PoolingText(study.pooling)), "</span></p>\n");
    absl::StrAppend(&contents_, "<li><ul>\n");
    Tables(study, id);
    Plots(index, id);
    Tags(index, id);
    Part(absl::StrCat(id, "-runs"), "Runs");
    RETURN_IF_ERROR(Runs(study));
    absl::StrAppend(&contents_, "</ul></li>\n");
    EndSection();
    return absl::OkStatus();
  }

  // A study's records stand one behind the other.
  absl::Status Runs(const Study& study) {
    const std::size_t first = study.records.front();
    ASSIGN_OR_RETURN(const std::vector<std::string> runs,
                     RunSections(absl::MakeConstSpan(data_.records)
                                     .subspan(first, study.records.size()),
                                 first + 1));
    for (const std::string& run : runs) body_.append(run);
    return absl::OkStatus();
  }

  void Tables(const Study& study, absl::string_view section) {
    bool has_any = false;
    for (const Table& table : tables_) {
      if (table.profile != study.Name()) continue;
      if (!has_any) Part(absl::StrCat(section, "-tables"), "Tables");
      has_any = true;
      AddTable(table, section, 4);
    }
  }

  // With a heading of the order `level`.
  void AddTable(const Table& table, absl::string_view section, int level) {
    const std::string id = MarkupId(absl::StrCat(section, "-table-", table.id));
    absl::StrAppend(&body_, "<h", level, " id=\"", id, "\">",
                    EscapeMarkup(table.title), "</h", level, ">\n",
                    HtmlTable(table, id));
  }

  void AddPlot(const SitePlot& plot) {
    absl::StrAppend(&body_, "<figure>\n", plot.svg, "<figcaption>",
                    EscapeMarkup(plot.caption), plot.caption.empty() ? "" : " ",
                    "<a href=\"plots/", plot.id, ".svg\" download>SVG<span ",
                    "class=\"hidden\"> of ", EscapeMarkup(plot.title),
                    "</span></a></figcaption>\n</figure>\n");
  }

  void Plots(std::size_t index, absl::string_view section) {
    bool has_any = false;
    for (const SitePlot& plot : plots_[index]) {
      if (plot.dataset.has_value()) continue;
      if (!has_any) {
        Part(absl::StrCat(section, "-plots"), "Plots");
        absl::StrAppend(&body_, "<div class=\"plots\">\n");
        has_any = true;
      }
      AddPlot(plot);
    }
    if (has_any) absl::StrAppend(&body_, "</div>\n");
  }

  void Tags(std::size_t index, absl::string_view section) {
    const Study& study = data_.studies[index];
    if (study.datasets.empty()) return;
    Part(absl::StrCat(section, "-tags"), "By tag");
    for (std::size_t i = 0; i < study.datasets.size(); ++i) {
      const StudyDataset& dataset = study.datasets[i];
      absl::StrAppend(
          &body_, "<details>\n<summary><h4>", EscapeMarkup(dataset.title), " (",
          OriginName(dataset.origin), "): ", dataset.record->tags.size(),
          " tags</h4></summary>\n");
      for (const SitePlot& plot : plots_[index]) {
        if (plot.dataset == i) AddPlot(plot);
      }
      for (const Table& table : MakeTagTables(study, i)) {
        AddTable(table, section, 5);
      }
      absl::StrAppend(&body_, "</details>\n");
    }
  }

  // Those that belong to no study, such as what others published.
  void OtherTables() {
    bool has_any = false;
    for (const Table& table : tables_) {
      if (!table.profile.empty()) continue;
      if (!has_any) BeginSection("other", "Beyond single studies");
      has_any = true;
      AddTable(table, "other", 3);
    }
    if (has_any) EndSection();
  }

  // The path's folder may differ where the records do not.
  static std::string WithoutFolder(const std::string& path,
                                   const std::string& text) {
    return path.empty() ? text
                        : absl::StrReplaceAll(
                              text, {{path, std::string(Basename(path))}});
  }

  void AddNote(const std::string& path, const std::string& text) {
    absl::StrAppend(&body_, "<li><code>", EscapeMarkup(Basename(path)),
                    "</code>: ", EscapeMarkup(WithoutFolder(path, text)),
                    "</li>\n");
  }

  void AddNotes(absl::string_view title, const std::vector<ReportNote>& notes) {
    if (notes.empty()) return;
    absl::StrAppend(&body_, "<h3>", title, "</h3>\n<ul>\n");
    for (const ReportNote& note : notes) AddNote(note.path, note.text);
    absl::StrAppend(&body_, "</ul>\n");
  }

  void Problems() {
    if (data_.problems.empty() && data_.conflicts.empty() &&
        data_.superseded.empty()) {
      return;
    }
    BeginSection("problems", "What is not shown");
    if (!data_.problems.empty()) {
      absl::StrAppend(&body_, "<h3>Files passed over</h3>\n<ul>\n");
      for (const RecordProblem& problem : data_.problems) {
        AddNote(problem.path, problem.message);
      }
      absl::StrAppend(&body_, "</ul>\n");
    }
    AddNotes("Results that two runs hold", data_.conflicts);
    AddNotes("Older runs", data_.superseded);
    EndSection();
  }

  void Commands() {
    BeginSection("commands", "How this page was made");
    absl::StrAppend(&body_,
                    "<p>Each run above names the command that made it. From "
                    "the runs' records, this page and the plots beside it are "
                    "made by</p>\n<pre tabindex=\"0\"><code>tools/bazel run "
                    "//reports:tables -- --format=site</code></pre>\n");
    EndSection();
  }

  const ReportData& data_;
  const std::vector<Table>& tables_;
  const std::vector<std::vector<SitePlot>>& plots_;
  std::string contents_;
  std::string body_;
};

}  // namespace

absl::StatusOr<std::string> MakePage(
    const ReportData& data, const std::vector<Table>& tables,
    const std::vector<std::vector<SitePlot>>& plots) {
  return PageMaker(data, tables, plots).Make();
}

}  // namespace culturemert
