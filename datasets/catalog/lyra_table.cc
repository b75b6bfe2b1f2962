#include "datasets/catalog/lyra_table.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/catalog/columns.h"
#include "re2/re2.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

// Also the prefixes of their tags.
constexpr absl::string_view kTagColumns[] = {"instruments", "genres", "place"};

struct Columns {
  std::size_t id = 0;
  std::size_t youtube_id = 0;
  std::size_t start = 0;
  std::size_t end = 0;
  std::size_t tags[3] = {};
};

absl::StatusOr<double> ParseSeconds(absl::string_view text) {
  static const RE2& form = *new RE2(R"(\d{1,7}(?:\.\d{1,9})?)");
  double seconds = 0;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form) ||
      !absl::SimpleAtod(text, &seconds)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found the time ", QuoteForMessage(text), ", expected seconds"));
  }
  return seconds;
}

absl::StatusOr<std::string> ParseName(absl::string_view text,
                                      absl::string_view column) {
  static const RE2& form = *new RE2(R"([A-Za-z0-9_-]{1,200})");
  std::string name(text);
  if (!RE2::FullMatch(name, form)) {
    return absl::InvalidArgumentError(
        absl::StrCat("found the ", column, " ", QuoteForMessage(text),
                     ", expected letters, digits, \"-\" and \"_\""));
  }
  return name;
}

absl::StatusOr<LyraPiece> ReadPiece(absl::Span<const absl::string_view> row,
                                    const Columns& columns) {
  LyraPiece piece;
  ASSIGN_OR_RETURN(piece.id, ParseName(row[columns.id], "id"));
  ASSIGN_OR_RETURN(piece.youtube_id,
                   ParseName(row[columns.youtube_id], "youtube-id"));
  ASSIGN_OR_RETURN(piece.start_seconds, ParseSeconds(row[columns.start]));
  ASSIGN_OR_RETURN(piece.end_seconds, ParseSeconds(row[columns.end]));
  if (piece.end_seconds <= piece.start_seconds) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the piece ends at ", piece.end_seconds, " s, expected after ",
        piece.start_seconds, " s, where it begins"));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (const absl::string_view value :
         absl::StrSplit(row[columns.tags[i]], '|')) {
      if (value.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat("found an empty value in ", kTagColumns[i], " ",
                         QuoteForMessage(row[columns.tags[i]]),
                         ", expected values joined by \"|\""));
      }
      piece.tags.push_back(absl::StrCat(kTagColumns[i], "--", value));
    }
  }
  return piece;
}

}  // namespace

CsvTableOptions LyraTableOptions() {
  CsvTableOptions options;
  options.delimiter = '\t';
  return options;
}

absl::StatusOr<std::vector<LyraPiece>> ReadLyraPieces(const CsvTable& table) {
  Columns columns;
  ASSIGN_OR_RETURN(columns.id, RequiredColumn(table, "id"));
  ASSIGN_OR_RETURN(columns.youtube_id, RequiredColumn(table, "youtube-id"));
  ASSIGN_OR_RETURN(columns.start, RequiredColumn(table, "start-ts"));
  ASSIGN_OR_RETURN(columns.end, RequiredColumn(table, "end-ts"));
  for (std::size_t i = 0; i < 3; ++i) {
    ASSIGN_OR_RETURN(columns.tags[i], RequiredColumn(table, kTagColumns[i]));
  }
  std::vector<LyraPiece> pieces;
  pieces.reserve(table.num_rows());
  for (std::size_t i = 0; i < table.num_rows(); ++i) {
    ASSIGN_OR_RETURN(
        LyraPiece piece,
        Annotate(ReadPiece(table.Row(i), columns),
                 absl::StrCat(table.source(), ":", table.LineOfRow(i))));
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace culturemert
