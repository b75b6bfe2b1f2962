#include "datasets/catalog/data_report.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tools/base/console/human.h"

namespace culturemert {
namespace {

constexpr std::size_t kListedFiles = 10;
constexpr std::size_t kLineColumns = 80;
constexpr std::size_t kLabelColumns = 12;  // With two spaces before.

using Cells = std::vector<std::string>;

absl::string_view NameOf(DataState state) {
  switch (state) {
    case DataState::kComplete:
      return "complete";
    case DataState::kIncomplete:
      return "INCOMPLETE";
    case DataState::kUnreadable:
      return "UNREADABLE";
    case DataState::kAbsent:
      return "absent";
  }
  return "";
}

bool IsRead(const DatasetFindings& dataset) {
  return dataset.state == DataState::kComplete ||
         dataset.state == DataState::kIncomplete;
}

std::string Hours(double seconds) {
  return absl::StrFormat("%.2f", seconds / 3600);
}

Cells RowOf(const DatasetFindings& dataset) {
  Cells cells = {Printable(dataset.name), std::string(NameOf(dataset.state))};
  if (!IsRead(dataset)) {
    cells.resize(10, "-");
    return cells;
  }
  cells.push_back(
      absl::StrCat(dataset.found_files, " of ", dataset.listed_files));
  cells.push_back(Hours(dataset.found_seconds));
  for (const std::size_t count :
       {dataset.splits.train, dataset.splits.valid, dataset.splits.test,
        dataset.tags.size(), dataset.missing_files.size(),
        dataset.broken_files.size()}) {
    cells.push_back(absl::StrCat(count));
  }
  return cells;
}

// The first two columns stand left, the others right.
std::string FormatTable(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max<std::size_t>(widths[i], CountColumns(row[i]));
    }
  }
  std::string text;
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - CountColumns(row[i]), ' ');
      absl::StrAppend(&text, i == 0 ? "" : "  ", i < 2 ? row[i] : gap,
                      i < 2 ? gap : row[i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

// "  label       first item, second item,\n              third item\n"
std::string Labelled(absl::string_view label,
                     const std::vector<std::string>& items,
                     absl::string_view separator = ", ") {
  const std::string indent(kLabelColumns + 2, ' ');
  std::string text =
      absl::StrCat("  ", label, std::string(kLabelColumns - label.size(), ' '));
  std::size_t columns = indent.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string item =
        absl::StrCat(items[i], i + 1 < items.size() ? separator : "");
    const std::size_t width = CountColumns(item);
    if (columns > indent.size() && columns + width > kLineColumns) {
      text.erase(text.find_last_not_of(' ') + 1);
      absl::StrAppend(&text, "\n", indent);
      columns = indent.size();
    }
    text += item;
    columns += width;
  }
  return text + "\n";
}

std::string Words(absl::string_view label, absl::string_view sentence) {
  return Labelled(label, absl::StrSplit(sentence, ' '), " ");
}

std::string FormatSplits(const DatasetFindings& dataset) {
  const auto sizes = [](const SplitCounts& splits) {
    return absl::StrCat(splits.train, " train, ", splits.valid, " valid, ",
                        splits.test, " test");
  };
  std::string text = sizes(dataset.splits);
  if (dataset.published_splits.has_value()) {
    absl::StrAppend(&text,
                    dataset.splits == *dataset.published_splits
                        ? " (as published)"
                        : absl::StrCat(" (published: ",
                                       sizes(*dataset.published_splits), ")"));
  }
  return Words("splits", text);
}

std::string FormatTags(const DatasetFindings& dataset) {
  if (dataset.tags.empty() && !dataset.tags_as_published.has_value()) return "";
  if (dataset.tags.empty()) {
    return Words("tags", "none: the metadata that tell them are missing");
  }
  std::string heading = absl::StrCat(dataset.tags.size());
  if (dataset.tags_as_published.has_value()) {
    absl::StrAppend(&heading, *dataset.tags_as_published
                                  ? " (as published)"
                                  : " (other than published)");
  }
  std::string text =
      Words("tags", absl::StrCat(heading, ", with training recordings:"));
  std::vector<std::string> counts;
  for (const auto& [name, count] : dataset.tags) {
    counts.push_back(absl::StrCat(Printable(name), " ", count));
  }
  return text + Labelled("", counts);
}

std::string FormatHours(const DatasetFindings& dataset) {
  std::string text = absl::StrCat(Hours(dataset.listed_seconds), " h listed, ",
                                  Hours(dataset.found_seconds), " h found");
  if (dataset.unknown_durations > 0) {
    absl::StrAppend(&text, ", ", dataset.unknown_durations,
                    dataset.unknown_durations == 1 ? " file" : " files",
                    " of unknown duration");
  }
  return Words("hours", text);
}

std::string FormatFiles(absl::string_view label,
                        const std::vector<std::string>& files) {
  std::string text;
  for (std::size_t i = 0; i < std::min(files.size(), kListedFiles); ++i) {
    absl::StrAppend(&text,
                    Labelled(i == 0 ? label : "", {Printable(files[i])}));
  }
  if (files.size() > kListedFiles) {
    absl::StrAppend(
        &text, Labelled("", {absl::StrCat("and ", files.size() - kListedFiles,
                                          " more")}));
  }
  return text;
}

std::string FormatHowToGet(const DatasetFacts& facts) {
  std::string text;
  for (const absl::string_view line :
       absl::StrSplit(HowToGet(facts), '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, "  ", line, "\n");
  }
  return text;
}

std::string FormatRead(const DatasetFindings& dataset) {
  std::string text = FormatSplits(dataset);
  absl::StrAppend(&text, FormatTags(dataset), FormatHours(dataset),
                  FormatFiles("missing", dataset.missing_files));
  std::vector<std::string> broken;
  for (const BrokenFile& file : dataset.broken_files) {
    broken.push_back(absl::StrCat(file.path, ": ", file.reason));
  }
  absl::StrAppend(&text, FormatFiles("broken", broken));
  if (!dataset.facts.known_bad.empty()) {
    absl::StrAppend(
        &text, Words("left out", absl::StrCat(dataset.facts.known_bad.size(),
                                              " files known to be bad")));
  }
  for (const std::string& note : dataset.notes) {
    absl::StrAppend(&text, Words("note", Printable(note)));
  }
  if (!dataset.missing_files.empty()) {
    absl::StrAppend(&text, Words("do", "bring the missing files:"),
                    FormatHowToGet(dataset.facts));
  }
  if (!dataset.broken_files.empty()) {
    absl::StrAppend(&text, Words("do", "fetch the broken files again"));
  }
  return text;
}

std::string FormatDataset(const DatasetFindings& dataset) {
  std::string text = absl::StrCat("\n", Printable(dataset.name), ": ",
                                  Printable(dataset.title), "\n");
  if (IsRead(dataset)) return text + FormatRead(dataset);
  absl::StrAppend(&text, Words("problem", Printable(dataset.problem)));
  if (dataset.state == DataState::kAbsent) {
    return absl::StrCat(text, FormatHowToGet(dataset.facts));
  }
  return text + Words("do",
                      "correct the file, or fetch it again from where the data "
                      "set comes from");
}

}  // namespace

std::size_t CountDamaged(const DataFindings& findings) {
  return static_cast<std::size_t>(
      std::count_if(findings.datasets.begin(), findings.datasets.end(),
                    [](const DatasetFindings& dataset) {
                      return dataset.state == DataState::kIncomplete ||
                             dataset.state == DataState::kUnreadable;
                    }));
}

std::string FormatDataFindings(const DataFindings& findings) {
  std::vector<Cells> rows = {{"data set", "state", "files", "hours", "train",
                              "valid", "test", "tags", "missing", "broken"}};
  for (const DatasetFindings& dataset : findings.datasets) {
    rows.push_back(RowOf(dataset));
  }
  std::string text = absl::StrCat("data root ", Printable(findings.data_root),
                                  "\n\n", FormatTable(rows));
  for (const DatasetFindings& dataset : findings.datasets) {
    absl::StrAppend(&text, FormatDataset(dataset));
  }
  return text;
}

}  // namespace culturemert
