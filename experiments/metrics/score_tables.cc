#include "experiments/metrics/score_tables.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::size_t kNamed = 5;

// Where names of a table stand: columns from 0, or rows from 0.
using Places = std::map<absl::string_view, std::size_t>;

struct IndexedTable {
  std::unique_ptr<CsvTable> table;
  std::vector<std::string> tags;  // Of the columns after the first.
  Places rows;                    // By id.
};

absl::Status ErrorAt(const CsvTable& table, std::uint64_t line,
                     absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(table.source(), ":", line, ": ", message));
}

absl::StatusOr<std::vector<std::string>> TagsOfHeader(const CsvTable& table) {
  const absl::Span<const absl::string_view> header = table.HeaderRow(0);
  if (header.size() < 2) {
    return ErrorAt(table, 1,
                   absl::StrCat("one column ", QuoteForMessage(header.front()),
                                ", but the first column is the id and each "
                                "further one a tag, separated by commas"));
  }
  Places seen;
  std::vector<std::string> tags;
  for (std::size_t column = 1; column < header.size(); ++column) {
    if (header[column].empty()) {
      return ErrorAt(table, 1,
                     absl::StrCat("column ", column + 1, " has no tag"));
    }
    if (!seen.emplace(header[column], column).second) {
      return ErrorAt(table, 1,
                     absl::StrCat("the tag ", QuoteForMessage(header[column]),
                                  " stands there twice"));
    }
    tags.emplace_back(header[column]);
  }
  return tags;
}

absl::StatusOr<IndexedTable> ReadIndexed(Files& files, absl::string_view path) {
  IndexedTable indexed;
  ASSIGN_OR_RETURN(indexed.table, CsvTable::Read(files, path));
  const CsvTable& table = *indexed.table;
  ASSIGN_OR_RETURN(indexed.tags, TagsOfHeader(table));
  if (table.num_rows() == 0) {
    return ErrorAt(table, 1, "no recordings follow the header");
  }
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    const absl::string_view id = table.Row(row)[0];
    if (id.empty()) {
      return ErrorAt(table, table.LineOfRow(row), "the id is empty");
    }
    const auto [first, is_new] = indexed.rows.emplace(id, row);
    if (!is_new) {
      return ErrorAt(
          table, table.LineOfRow(row),
          absl::StrCat("the id ", QuoteForMessage(id), " stands in line ",
                       table.LineOfRow(first->second), " already"));
    }
  }
  return indexed;
}

absl::Status ErrorAtValue(const CsvTable& table, std::size_t row,
                          absl::string_view tag, absl::string_view message) {
  return ErrorAt(table, table.LineOfRow(row),
                 absl::StrCat("recording ", QuoteForMessage(table.Row(row)[0]),
                              ", tag ", QuoteForMessage(tag), ": ", message));
}

absl::Status ReadTruth(const IndexedTable& indexed, LabelledScores* scores) {
  const CsvTable& table = *indexed.table;
  scores->tags = indexed.tags;
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    const absl::Span<const absl::string_view> fields = table.Row(row);
    scores->ids.emplace_back(fields[0]);
    for (std::size_t column = 1; column < fields.size(); ++column) {
      if (fields[column] != "0" && fields[column] != "1") {
        return ErrorAtValue(
            table, row, indexed.tags[column - 1],
            absl::StrCat(QuoteForMessage(fields[column]),
                         " is neither 0 nor 1; is this the truth file?"));
      }
      scores->truth.push_back(fields[column] == "1" ? 1 : 0);
    }
  }
  return absl::OkStatus();
}

// The first names, quoted, and how many more there are.
std::string ListNames(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) {
    shown.push_back(QuoteForMessage(names[i]));
  }
  const std::string more =
      names.size() > kNamed
          ? absl::StrCat(" and ", names.size() - kNamed, " more")
          : "";
  return absl::StrCat(absl::StrJoin(shown, ", "), more);
}

// An error unless `places` are those of exactly `names`.
absl::Status CheckMatch(absl::Span<const std::string> names,
                        const Places& places, absl::string_view what,
                        absl::string_view source, absl::string_view truth) {
  std::vector<std::string> missing;
  Places expected;
  for (std::size_t i = 0; i < names.size(); ++i) {
    expected.emplace(names[i], i);
    if (places.count(names[i]) == 0) missing.push_back(names[i]);
  }
  std::vector<std::pair<std::size_t, std::string>> unknown;
  for (const auto& [name, place] : places) {
    if (expected.count(name) == 0) unknown.emplace_back(place, name);
  }
  if (missing.empty() && unknown.empty()) return absl::OkStatus();
  std::sort(unknown.begin(), unknown.end());
  std::vector<std::string> extra;
  for (const auto& [place, name] : unknown) extra.push_back(name);
  std::vector<std::string> findings;
  if (!missing.empty()) {
    findings.push_back(absl::StrCat("lacks ", missing.size(), " of ",
                                    names.size(), " ", what, "s of ", truth,
                                    ": ", ListNames(missing)));
  }
  if (!extra.empty()) {
    findings.push_back(absl::StrCat("has ", extra.size(), " ", what,
                                    extra.size() == 1 ? "" : "s", " that ",
                                    truth, " lacks: ", ListNames(extra)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": ", absl::StrJoin(findings, "; it ")));
}

absl::StatusOr<double> ReadScore(const CsvTable& table, std::size_t row,
                                 absl::string_view tag,
                                 absl::string_view field) {
  double score = 0;
  if (absl::SimpleAtod(field, &score) && std::isfinite(score)) return score;
  return ErrorAtValue(
      table, row, tag,
      absl::StrCat(QuoteForMessage(field), " is no finite number"));
}

absl::StatusOr<std::vector<double>> ReadSeed(const IndexedTable& indexed,
                                             const LabelledScores& truth,
                                             absl::string_view truth_source) {
  const CsvTable& table = *indexed.table;
  Places columns;
  for (std::size_t i = 0; i < indexed.tags.size(); ++i) {
    columns.emplace(indexed.tags[i], i + 1);
  }
  RETURN_IF_ERROR(
      CheckMatch(truth.tags, columns, "tag", table.source(), truth_source));
  RETURN_IF_ERROR(CheckMatch(truth.ids, indexed.rows, "recording",
                             table.source(), truth_source));
  std::vector<std::size_t> column_of_tag;
  for (const std::string& tag : truth.tags) {
    column_of_tag.push_back(columns.at(tag));
  }
  std::vector<double> scores;
  scores.reserve(truth.truth.size());
  for (const std::string& id : truth.ids) {
    const std::size_t row = indexed.rows.at(id);
    for (std::size_t tag = 0; tag < truth.tags.size(); ++tag) {
      ASSIGN_OR_RETURN(const double score,
                       ReadScore(table, row, truth.tags[tag],
                                 table.Row(row)[column_of_tag[tag]]));
      scores.push_back(score);
    }
  }
  return scores;
}

}  // namespace

absl::StatusOr<LabelledScores> ReadScoreTables(
    Files& files, absl::string_view truth_path,
    absl::Span<const std::string> score_paths) {
  LabelledScores scores;
  ASSIGN_OR_RETURN(const IndexedTable truth, ReadIndexed(files, truth_path));
  RETURN_IF_ERROR(ReadTruth(truth, &scores));
  for (const std::string& path : score_paths) {
    ASSIGN_OR_RETURN(const IndexedTable table, ReadIndexed(files, path));
    ASSIGN_OR_RETURN(std::vector<double> seed,
                     ReadSeed(table, scores, truth_path));
    scores.seeds.push_back(std::move(seed));
  }
  return scores;
}

absl::StatusOr<TagGroups> ReadTagGroups(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> table,
                   CsvTable::Read(files, path));
  ASSIGN_OR_RETURN(const std::size_t tag, table->ColumnIndex("tag"));
  ASSIGN_OR_RETURN(const std::size_t group, table->ColumnIndex("group"));
  TagGroups groups;
  for (std::size_t row = 0; row < table->num_rows(); ++row) {
    const absl::Span<const absl::string_view> fields = table->Row(row);
    const std::uint64_t line = table->LineOfRow(row);
    if (fields[tag].empty() || fields[group].empty()) {
      return ErrorAt(
          *table, line,
          fields[tag].empty() ? "the tag is empty" : "the group is empty");
    }
    if (!groups.emplace(fields[tag], fields[group]).second) {
      return ErrorAt(*table, line,
                     absl::StrCat("the tag ", QuoteForMessage(fields[tag]),
                                  " stands there twice"));
    }
  }
  return groups;
}

}  // namespace culturemert
