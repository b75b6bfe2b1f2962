#include "reports/published/published_results.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "reports/published/published_csv.h"
#include "tools/base/console/logging.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::array<absl::string_view, 8> kColumns = {
    "table", "model", "dataset",    "metric",
    "value", "unit",  "confidence", "source"};

absl::Status ErrorAt(const CsvTable& table, std::size_t row,
                     absl::string_view column, absl::string_view found,
                     absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      table.source(), ":", table.LineOfRow(row), ": column \"", column,
      "\" is ", QuoteForMessage(found), ", expected ", expected));
}

absl::StatusOr<PublishedFigure> ParseRow(const CsvTable& table,
                                         std::size_t row) {
  const absl::Span<const absl::string_view> fields = table.Row(row);
  PublishedFigure figure;
  figure.table = std::string(fields[0]);
  figure.model = std::string(fields[1]);
  figure.dataset = std::string(fields[2]);
  figure.metric = std::string(fields[3]);
  figure.unit = std::string(fields[5]);
  figure.source = std::string(fields[7]);
  if (!absl::SimpleAtod(fields[4], &figure.value) ||
      !std::isfinite(figure.value)) {
    return ErrorAt(table, row, "value", fields[4], "a finite number");
  }
  if (fields[6] == "second_hand") {
    figure.confidence = Confidence::kSecondHand;
  } else if (fields[6] != "read") {
    return ErrorAt(table, row, "confidence", fields[6],
                   "\"read\" or \"second_hand\"");
  }
  for (const std::size_t needed : {0, 2, 3, 5, 7}) {
    if (fields[needed].empty()) {
      return ErrorAt(table, row, kColumns[needed], "", "some text");
    }
  }
  return figure;
}

// Names of ours and theirs.
using NamePair = std::pair<absl::string_view, absl::string_view>;

constexpr std::array<NamePair, 3> kModelNames = {
    {{"base", "MERT-v1-95M"},
     {"multicultural_cpt", "CultureMERT-95M"},
     {"task_arithmetic", "CultureMERT-TA-95M"}}};

constexpr std::array<NamePair, 6> kDatasetNames = {
    {{"makam", "Turkish-makam"},
     {"hindustani", "Hindustani"},
     {"carnatic", "Carnatic"},
     {"lyra", "Lyra"},
     {"fma", "FMA-medium"},
     {"mtat", "MTAT"}}};

absl::string_view Translate(absl::Span<const NamePair> names,
                            absl::string_view ours) {
  for (const NamePair& name : names) {
    if (name.first == ours) return name.second;
  }
  return "";
}

}  // namespace

const PublishedResults& PublishedResults::Get() {
  static const PublishedResults& results = *[] {
    auto* const parsed = new absl::StatusOr<PublishedResults>(
        Parse(reports_internal::kPublishedCsv, "published_results.csv"));
    // The file is part of the program, and a test reads it.
    if (!parsed->ok()) {
      LogError(parsed->status().message());
      std::abort();
    }
    return &**parsed;
  }();
  return results;
}

absl::StatusOr<PublishedResults> PublishedResults::Parse(
    absl::string_view text, absl::string_view file) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> table,
                   CsvTable::Parse(std::string(text), file));
  const absl::Span<const absl::string_view> header = table->HeaderRow(0);
  if (header != absl::Span<const absl::string_view>(kColumns)) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": the columns are ", absl::StrJoin(header, ","),
                     ", expected ", absl::StrJoin(kColumns, ",")));
  }
  PublishedResults results;
  std::set<std::array<absl::string_view, 4>> seen;
  for (std::size_t row = 0; row < table->num_rows(); ++row) {
    ASSIGN_OR_RETURN(PublishedFigure figure, ParseRow(*table, row));
    const absl::Span<const absl::string_view> fields = table->Row(row);
    if (!seen.insert({fields[0], fields[1], fields[2], fields[3]}).second) {
      return ErrorAt(*table, row, "metric", fields[3],
                     "each figure of a table once");
    }
    results.figures_.push_back(std::move(figure));
  }
  return results;
}

const PublishedFigure* PublishedResults::Find(absl::string_view table,
                                              absl::string_view model,
                                              absl::string_view dataset,
                                              absl::string_view metric) const {
  for (const PublishedFigure& figure : figures_) {
    if (figure.table == table && figure.model == model &&
        figure.dataset == dataset && figure.metric == metric) {
      return &figure;
    }
  }
  return nullptr;
}

std::vector<std::string> PublishedResults::Models(
    absl::string_view table) const {
  std::vector<std::string> models;
  for (const PublishedFigure& figure : figures_) {
    if (figure.table != table) continue;
    if (std::find(models.begin(), models.end(), figure.model) == models.end()) {
      models.push_back(figure.model);
    }
  }
  return models;
}

absl::string_view PublishedModelName(absl::string_view label) {
  return Translate(kModelNames, label);
}

absl::string_view PublishedDatasetName(absl::string_view name) {
  return Translate(kDatasetNames, name);
}

}  // namespace culturemert
