#include "datasets/catalog/mtat_annotations.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/columns.h"
#include "re2/re2.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

struct Columns {
  std::size_t id = 0;
  std::size_t path = 0;
  std::vector<std::size_t> tags;
};

absl::StatusOr<MtatClip> ReadClip(absl::Span<const absl::string_view> row,
                                  const Columns& columns,
                                  absl::Span<const std::string> tags) {
  static const RE2& id_form = *new RE2(R"(\d{1,9})");
  static const RE2& path_form =
      *new RE2(R"(([0-9a-f]/[^/\x00-\x1f]+)-\d+-\d+\.mp3)");
  MtatClip clip;
  clip.id = std::string(row[columns.id]);
  if (!RE2::FullMatch(clip.id, id_form)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found the clip_id ", QuoteForMessage(clip.id), ", expected a number"));
  }
  clip.path = std::string(row[columns.path]);
  if (!RE2::FullMatch(clip.path, path_form, &clip.track)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found the mp3_path ", QuoteForMessage(clip.path),
        ", expected <hexadecimal digit>/<name>-<seconds>-<seconds>.mp3"));
  }
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const absl::string_view value = row[columns.tags[i]];
    if (value != "0" && value != "1") {
      return absl::InvalidArgumentError(
          absl::StrCat("found ", QuoteForMessage(value), " for the tag ",
                       QuoteForMessage(tags[i]), ", expected 0 or 1"));
    }
    if (value == "1") clip.tags.push_back(tags[i]);
  }
  return clip;
}

}  // namespace

CsvTableOptions MtatTableOptions() {
  CsvTableOptions options;
  options.delimiter = '\t';
  return options;
}

absl::StatusOr<std::vector<MtatClip>> ReadMtatClips(
    const CsvTable& table, absl::Span<const std::string> tags) {
  Columns columns;
  ASSIGN_OR_RETURN(columns.id, RequiredColumn(table, "clip_id"));
  ASSIGN_OR_RETURN(columns.path, RequiredColumn(table, "mp3_path"));
  for (const std::string& tag : tags) {
    ASSIGN_OR_RETURN(const std::size_t column, RequiredColumn(table, tag));
    columns.tags.push_back(column);
  }
  std::vector<MtatClip> clips;
  clips.reserve(table.num_rows());
  for (std::size_t i = 0; i < table.num_rows(); ++i) {
    ASSIGN_OR_RETURN(
        MtatClip clip,
        Annotate(ReadClip(table.Row(i), columns, tags),
                 absl::StrCat(table.source(), ":", table.LineOfRow(i))));
    clips.push_back(std::move(clip));
  }
  return clips;
}

Split MtatSplit(absl::string_view path) {
  const char folder = path.empty() ? '0' : path.front();
  if (folder == 'c') return Split::kValid;
  return folder >= 'd' && folder <= 'f' ? Split::kTest : Split::kTrain;
}

}  // namespace culturemert
