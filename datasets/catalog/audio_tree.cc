#include "datasets/catalog/audio_tree.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr absl::string_view kExtensions[] = {".mp3", ".flac", ".wav",
                                             ".ogg", ".aiff", ".aif"};

}  // namespace

absl::Span<const absl::string_view> AudioExtensions() { return kExtensions; }

absl::StatusOr<const AudioTree::Sizes*> AudioTree::List(
    absl::string_view directory) {
  const auto known = directories_.find(std::string(directory));
  if (known != directories_.end()) return &known->second;
  Sizes sizes;
  absl::StatusOr<std::vector<DirectoryEntry>> entries =
      files_.List(JoinPath(folder_, directory));
  // A directory that is not there, or a file in its place, holds no files.
  if (!entries.ok() && !absl::IsNotFound(entries.status()) &&
      !absl::IsFailedPrecondition(entries.status())) {
    return entries.status();
  }
  if (entries.ok()) {
    for (DirectoryEntry& entry : *entries) {
      if (entry.kind != FileKind::kFile) continue;
      sizes.emplace(std::move(entry.name), entry.size_bytes);
    }
  }
  return &directories_.emplace(std::string(directory), std::move(sizes))
              .first->second;
}

absl::StatusOr<AudioClip> AudioTree::Whole(absl::string_view path) {
  ASSIGN_OR_RETURN(const Sizes* sizes, List(Dirname(path)));
  AudioClip clip;
  clip.path = std::string(path);
  const auto found = sizes->find(Basename(path));
  if (found != sizes->end()) clip.size_bytes = found->second;
  return clip;
}

absl::StatusOr<std::optional<std::string>> AudioTree::Find(
    absl::string_view directory, absl::string_view stem) {
  ASSIGN_OR_RETURN(const Sizes* sizes, List(directory));
  for (const absl::string_view extension : kExtensions) {
    const std::string name = absl::StrCat(stem, extension);
    if (sizes->contains(name)) {
      return std::optional<std::string>(JoinPath(directory, name));
    }
  }
  return std::optional<std::string>();
}

}  // namespace culturemert
