#include "datasets/catalog/id_lists.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/columns.h"
#include "datasets/catalog/unicode_npy.h"
#include "re2/re2.h"
#include "tools/base/files/paths.h"
#include "tools/base/formats/csv.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

absl::StatusOr<std::vector<ListedId>> ReadNpy(Files& files,
                                              absl::string_view path,
                                              Split split) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  ASSIGN_OR_RETURN(std::vector<std::string> ids,
                   ParseUnicodeNpy(file->bytes(), path));
  std::vector<ListedId> listed;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    listed.push_back(
        {std::move(ids[i]), split, absl::StrCat(path, ": element ", i)});
  }
  return listed;
}

absl::StatusOr<std::vector<ListedId>> ReadText(Files& files,
                                               absl::string_view path,
                                               Split split) {
  CsvTableOptions options;
  options.header_rows = 0;
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> table,
                   CsvTable::Read(files, path, options));
  std::vector<ListedId> listed;
  for (std::size_t i = 0; i < table->num_rows(); ++i) {
    listed.push_back({std::string(table->Row(i)[0]), split,
                      absl::StrCat(path, ":", table->LineOfRow(i))});
  }
  return listed;
}

absl::StatusOr<std::vector<ListedId>> ReadSeparateLists(
    Files& files, absl::string_view folder) {
  std::vector<ListedId> all;
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    const std::string stem = JoinPath(folder, "split", NameOf(split));
    const std::string npy = absl::StrCat(stem, ".npy");
    const std::string text = absl::StrCat(stem, ".txt");
    if (!files.Exists(npy) && !files.Exists(text)) {
      return absl::NotFoundError(absl::StrCat(
          "found neither ", JoinPath(folder, "split.csv"), " nor ", npy,
          " nor ", text, ", which say to which split a recording belongs"));
    }
    ASSIGN_OR_RETURN(std::vector<ListedId> listed,
                     files.Exists(npy) ? ReadNpy(files, npy, split)
                                       : ReadText(files, text, split));
    for (ListedId& id : listed) all.push_back(std::move(id));
  }
  return all;
}

absl::Status CheckIds(const std::vector<ListedId>& ids,
                      absl::string_view pattern) {
  const RE2 valid(re2::StringPiece(pattern.data(), pattern.size()));
  absl::flat_hash_map<absl::string_view, const ListedId*> seen;
  for (const ListedId& id : ids) {
    if (!RE2::FullMatch(id.id, valid)) {
      return absl::InvalidArgumentError(
          absl::StrCat(id.place, ": found the id ", QuoteForMessage(id.id),
                       ", expected the form ", pattern));
    }
    const auto [first, is_new] = seen.emplace(id.id, &id);
    if (!is_new) {
      return absl::InvalidArgumentError(absl::StrCat(
          id.place, ": the recording ", QuoteForMessage(id.id),
          " is listed twice: in ", NameOf(first->second->split), " (",
          first->second->place, ") and in ", NameOf(id.split)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ListedId>> ParseIdTable(std::string text,
                                                   absl::string_view source) {
  ASSIGN_OR_RETURN(const std::unique_ptr<CsvTable> table,
                   CsvTable::Parse(std::move(text), source));
  ASSIGN_OR_RETURN(const std::size_t id, RequiredColumn(*table, "id"));
  ASSIGN_OR_RETURN(const std::size_t split, RequiredColumn(*table, "split"));
  std::vector<ListedId> listed;
  for (std::size_t i = 0; i < table->num_rows(); ++i) {
    const std::string place = absl::StrCat(source, ":", table->LineOfRow(i));
    ASSIGN_OR_RETURN(const Split named,
                     Annotate(SplitNamed(table->Row(i)[split]), place));
    listed.push_back({std::string(table->Row(i)[id]), named, place});
  }
  return listed;
}

absl::StatusOr<std::vector<ListedId>> ReadIdLists(Files& files,
                                                  absl::string_view folder,
                                                  absl::string_view pattern) {
  const std::string table = JoinPath(folder, "split.csv");
  std::vector<ListedId> ids;
  if (files.Exists(table)) {
    ASSIGN_OR_RETURN(std::string text, files.Read(table));
    ASSIGN_OR_RETURN(ids, ParseIdTable(std::move(text), table));
  } else {
    ASSIGN_OR_RETURN(ids, ReadSeparateLists(files, folder));
  }
  RETURN_IF_ERROR(CheckIds(ids, pattern));
  return ids;
}

}  // namespace culturemert
