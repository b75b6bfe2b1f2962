#include "datasets/catalog/fma_tables.h"

#include <cstddef>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "datasets/catalog/columns.h"
#include "re2/re2.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using Row = std::vector<std::string>;

struct TrackColumns {
  std::size_t split = 0;
  std::size_t subset = 0;
  std::size_t genres = 0;
};

absl::StatusOr<std::size_t> FindColumn(const Row& groups, const Row& names,
                                       absl::string_view group,
                                       absl::string_view name,
                                       absl::string_view source) {
  for (std::size_t i = 0; i < groups.size() && i < names.size(); ++i) {
    if (groups[i] == group && names[i] == name) return i;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": no column (", group, ", ", name,
                   ") in the first two rows; expected FMA's tracks.csv"));
}

absl::StatusOr<TrackColumns> ReadHeader(CsvReader& reader,
                                        absl::string_view source) {
  Row rows[3];
  for (Row& row : rows) {
    ASSIGN_OR_RETURN(const std::optional<CsvRow> read, reader.Next());
    if (!read.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(source, ": ends within its three header rows"));
    }
    row.clear();
    for (const absl::string_view field : read->fields) {
      row.emplace_back(field);
    }
  }
  TrackColumns columns;
  ASSIGN_OR_RETURN(columns.split,
                   FindColumn(rows[0], rows[1], "set", "split", source));
  ASSIGN_OR_RETURN(columns.subset,
                   FindColumn(rows[0], rows[1], "set", "subset", source));
  ASSIGN_OR_RETURN(columns.genres,
                   FindColumn(rows[0], rows[1], "track", "genres_all", source));
  if (rows[2][0] != "track_id") {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ":3: found ", QuoteForMessage(rows[2][0]),
                     ", expected \"track_id\", the name of the index column"));
  }
  return columns;
}

absl::StatusOr<Split> OfficialSplit(absl::string_view name) {
  if (name == "training") return Split::kTrain;
  if (name == "validation") return Split::kValid;
  if (name == "test") return Split::kTest;
  return absl::InvalidArgumentError(
      absl::StrCat("found the split ", QuoteForMessage(name),
                   ", expected \"training\", \"validation\" or \"test\""));
}

// Nothing for a track that is not in the subset "medium".
absl::StatusOr<std::optional<FmaTrack>> ReadTrack(
    absl::Span<const absl::string_view> row, const TrackColumns& columns) {
  const absl::string_view subset = row[columns.subset];
  // Tracks outside all subsets, of fma_full alone, have none.
  if (subset.empty() || subset == "large") return std::optional<FmaTrack>();
  if (subset != "small" && subset != "medium") {
    return absl::InvalidArgumentError(
        absl::StrCat("found the subset ", QuoteForMessage(subset),
                     ", expected \"small\", \"medium\" or \"large\""));
  }
  static const RE2& id_form = *new RE2(R"(\d{1,6})");
  if (!RE2::FullMatch(re2::StringPiece(row[0].data(), row[0].size()),
                      id_form)) {
    return absl::InvalidArgumentError(
        absl::StrCat("found the track_id ", QuoteForMessage(row[0]),
                     ", expected a number of at most six digits"));
  }
  FmaTrack track;
  track.id = absl::StrCat(std::string(6 - row[0].size(), '0'), row[0]);
  ASSIGN_OR_RETURN(track.split, OfficialSplit(row[columns.split]));
  ASSIGN_OR_RETURN(track.genres, ParsePythonIntegers(row[columns.genres]));
  return std::optional<FmaTrack>(std::move(track));
}

}  // namespace

absl::StatusOr<std::vector<std::int64_t>> ParsePythonIntegers(
    absl::string_view text) {
  const absl::Status error = absl::InvalidArgumentError(
      absl::StrCat("found the list ", QuoteForMessage(text),
                   ", expected numbers as in \"[21, 12]\""));
  if (!absl::ConsumePrefix(&text, "[") || !absl::ConsumeSuffix(&text, "]")) {
    return error;
  }
  std::vector<std::int64_t> numbers;
  if (text.empty()) return numbers;
  static const RE2& number_form = *new RE2(R"(\d{1,9})");
  for (absl::string_view item : absl::StrSplit(text, ',')) {
    if (!numbers.empty()) absl::ConsumePrefix(&item, " ");
    std::int64_t number = 0;
    if (!RE2::FullMatch(re2::StringPiece(item.data(), item.size()),
                        number_form) ||
        !absl::SimpleAtoi(item, &number)) {
      return error;
    }
    numbers.push_back(number);
  }
  return numbers;
}

absl::StatusOr<std::vector<FmaTrack>> ParseFmaMediumTracks(
    absl::string_view text, absl::string_view source) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvReader> reader,
                   CsvReader::Create(text, source));
  ASSIGN_OR_RETURN(const TrackColumns columns, ReadHeader(*reader, source));
  std::vector<FmaTrack> tracks;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<CsvRow> row, reader->Next());
    if (!row.has_value()) return tracks;
    ASSIGN_OR_RETURN(std::optional<FmaTrack> track,
                     Annotate(ReadTrack(row->fields, columns),
                              absl::StrCat(source, ":", row->line)));
    if (track.has_value()) tracks.push_back(*std::move(track));
  }
}

absl::StatusOr<std::map<std::int64_t, std::string>> ParseFmaGenres(
    std::string text, absl::string_view source) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> table,
                   CsvTable::Parse(std::move(text), source));
  ASSIGN_OR_RETURN(const std::size_t id_column,
                   RequiredColumn(*table, "genre_id"));
  ASSIGN_OR_RETURN(const std::size_t title_column,
                   RequiredColumn(*table, "title"));
  std::map<std::int64_t, std::string> titles;
  for (std::size_t i = 0; i < table->num_rows(); ++i) {
    const std::string place = absl::StrCat(source, ":", table->LineOfRow(i));
    const absl::string_view id = table->Row(i)[id_column];
    const absl::string_view title = table->Row(i)[title_column];
    std::int64_t number = 0;
    if (!absl::SimpleAtoi(id, &number) || number < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": found the genre_id ", QuoteForMessage(id),
                       ", expected a number"));
    }
    if (title.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": the genre ", number, " has no title"));
    }
    if (!titles.emplace(number, title).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": the genre ", number, " is listed twice"));
    }
  }
  return titles;
}

}  // namespace culturemert
