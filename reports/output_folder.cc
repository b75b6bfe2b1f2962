#include "reports/output_folder.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

using ::nlohmann::json;

// Lists of other versions count as damaged.
constexpr int kListVersion = 1;

// Null where there is no such text.
const std::string* TextMember(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace

absl::StatusOr<OutputFolder> OutputFolder::Open(Files& files,
                                                absl::string_view directory) {
  OutputFolder folder(files, directory);
  const std::string path = JoinPath(directory, kListName);
  const absl::StatusOr<std::string> text = files.Read(path);
  if (absl::IsNotFound(text.status())) return folder;
  RETURN_IF_ERROR(text.status());
  absl::StatusOr<FileList> list = ParseList(*text, path);
  if (list.ok()) {
    folder.old_ = *std::move(list);
  } else {
    folder.warnings_.push_back(
        absl::StrCat(list.status().message(),
                     "; files of earlier reports stay where this one has none "
                     "in their place"));
  }
  return folder;
}

absl::StatusOr<OutputFolder::FileList> OutputFolder::ParseList(
    absl::string_view text, absl::string_view source) {
  ASSIGN_OR_RETURN(const json list, ParseJson(text, source));
  const absl::Status damaged = absl::InvalidArgumentError(absl::StrCat(
      source, ": is not a list of written files of version ", kListVersion));
  if (!list.is_object() || !list.contains("files") ||
      !list.contains("version") || list["version"] != kListVersion ||
      !list["files"].is_array()) {
    return damaged;
  }
  FileList files;
  for (const json& file : list["files"]) {
    const std::string* const path = TextMember(file, "path");
    const std::string* const part = TextMember(file, "part");
    const std::string* const hash = TextMember(file, "xxh3");
    if (path == nullptr || part == nullptr || hash == nullptr ||
        !JoinInside("folder", *path).ok() || *path == kListName) {
      return damaged;
    }
    ASSIGN_OR_RETURN(const Hash128 value, Hash128::FromHex(*hash));
    files[*path] = {*part, value};
  }
  return files;
}

std::string OutputFolder::ListText() const {
  json files = json::array();
  for (const auto& [path, file] : new_) {
    files.push_back(
        {{"path", path}, {"part", file.part}, {"xxh3", file.hash.ToHex()}});
  }
  const json list = {{"version", kListVersion}, {"files", std::move(files)}};
  return absl::StrCat(list.dump(1), "\n");
}

void OutputFolder::BeginPart(absl::string_view part) { parts_.emplace(part); }

absl::Status OutputFolder::Write(absl::string_view part, absl::string_view name,
                                 absl::string_view text) {
  ASSIGN_OR_RETURN(const std::string path, JoinInside(directory_, name));
  RETURN_IF_ERROR(files_->CreateDirectories(Dirname(path)));
  RETURN_IF_ERROR(files_->WriteAtomically(path, text));
  new_[std::string(name)] = {std::string(part), HashBytes(text)};
  written_.emplace_back(name);
  return absl::OkStatus();
}

absl::Status OutputFolder::RemoveOld(const std::string& name,
                                     const Hash128& hash) {
  const std::string path = JoinPath(directory_, name);
  {
    const absl::StatusOr<std::unique_ptr<MappedFile>> file = files_->Map(path);
    if (absl::IsNotFound(file.status())) return absl::OkStatus();
    // A directory has taken its place.
    const bool is_file = !absl::IsFailedPrecondition(file.status());
    if (is_file) RETURN_IF_ERROR(file.status());
    if (!is_file || HashBytes((*file)->bytes()) != hash) {
      warnings_.push_back(absl::StrCat(
          path, ": an earlier report wrote it and this one does not have it, ",
          "but it was changed since; it stays"));
      return absl::OkStatus();
    }
  }
  return files_->Remove(path);
}

absl::Status OutputFolder::Finish() {
  if (parts_.empty()) return absl::OkStatus();
  for (const auto& [name, file] : old_) {
    if (new_.count(name) > 0) continue;
    if (parts_.count(file.part) == 0) {
      new_[name] = file;
    } else {
      RETURN_IF_ERROR(RemoveOld(name, file.hash));
    }
  }
  RETURN_IF_ERROR(files_->CreateDirectories(directory_));
  return files_->WriteAtomically(JoinPath(directory_, kListName), ListText());
}

}  // namespace culturemert
