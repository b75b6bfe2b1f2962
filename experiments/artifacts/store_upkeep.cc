#include "experiments/artifacts/store_upkeep.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr std::size_t kKeyDigits = 32;
constexpr char kRemovedSuffix[] = ".removed";

// The key that the name starts with; the rest of the name goes to `suffix`.
std::optional<ArtifactKey> KeyOf(absl::string_view name,
                                 absl::string_view* suffix) {
  const absl::StatusOr<Hash128> key =
      Hash128::FromHex(name.substr(0, kKeyDigits));
  if (!key.ok()) return std::nullopt;
  *suffix = name.substr(kKeyDigits);
  return *key;
}

std::optional<StoredKind> KindOf(absl::string_view suffix) {
  if (suffix.empty()) return StoredKind::kArtifact;
  if (suffix == ".partial") return StoredKind::kPartial;
  if (suffix == kRemovedSuffix) return StoredKind::kRemoved;
  if (absl::StartsWith(suffix, ".damaged-")) return StoredKind::kDamaged;
  return std::nullopt;
}

// The names of the actions that have a directory.
absl::StatusOr<std::vector<std::string>> ActionsOf(ArtifactStore& store) {
  std::vector<std::string> actions;
  const absl::StatusOr<std::vector<DirectoryEntry>> entries =
      store.files().List(store.root());
  if (absl::IsNotFound(entries.status())) return actions;
  RETURN_IF_ERROR(entries);
  for (const DirectoryEntry& entry : *entries) {
    if (entry.kind == FileKind::kDirectory &&
        CheckActionName(entry.name).ok()) {
      actions.push_back(entry.name);
    }
  }
  return actions;
}

absl::StatusOr<std::optional<StoredEntry>> LookAt(ArtifactStore& store,
                                                  const std::string& action,
                                                  const std::string& name,
                                                  Verification verification) {
  absl::string_view suffix;
  const std::optional<ArtifactKey> key = KeyOf(name, &suffix);
  if (!key.has_value()) return std::nullopt;
  const std::optional<StoredKind> kind = KindOf(suffix);
  if (!kind.has_value()) return std::nullopt;
  StoredEntry entry;
  entry.kind = *kind;
  entry.id = {action, *key};
  entry.directory = JoinPath(store.root(), action, name);
  ASSIGN_OR_RETURN(entry.size_bytes, TreeBytes(store.files(), entry.directory));
  entry.holder = store.DescribeHolder(entry.id);
  if (*kind == StoredKind::kArtifact) {
    absl::StatusOr<ArtifactManifest> manifest =
        store.Find(entry.id, verification);
    entry.problem = manifest.status();
    if (manifest.ok()) entry.manifest = *std::move(manifest);
  }
  return entry;
}

// Takes and gives back each claim that a crash left, too.
absl::Status CheckNoOneIsAtWork(ArtifactStore& store) {
  ASSIGN_OR_RETURN(const std::vector<std::string> actions, ActionsOf(store));
  for (const std::string& action : actions) {
    const std::string directory = JoinPath(store.root(), action);
    RETURN_IF_ERROR(store.files().RemoveStaleTemporaries(directory));
    ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                     store.files().List(directory));
    for (const DirectoryEntry& entry : entries) {
      absl::string_view suffix;
      const std::optional<ArtifactKey> key = KeyOf(entry.name, &suffix);
      if (!key.has_value() || suffix != ".lock") continue;
      const ArtifactId id = {action, *key};
      const absl::Status taken = store.Take(id).status();
      if (absl::IsUnavailable(taken)) {
        return absl::FailedPreconditionError(
            absl::StrCat("nothing is removed from ", store.root(), " while ",
                         store.DescribeHolder(id),
                         " is at work in it: any artifact may be "
                         "its input; wait for it to end (",
                         taken.message(), ")"));
      }
      RETURN_IF_ERROR(taken);
    }
  }
  return absl::OkStatus();
}

bool IsToGo(const StoredEntry& entry, const PruneOptions& options) {
  const bool is_kept =
      options.keep.has_value() && options.keep->count(entry.id.key) > 0;
  switch (entry.kind) {
    case StoredKind::kDamaged:
    case StoredKind::kRemoved:
      return true;
    case StoredKind::kPartial:
      return !is_kept && entry.holder.empty();
    case StoredKind::kArtifact:
      break;
  }
  if (!entry.manifest.has_value()) return absl::IsDataLoss(entry.problem);
  if (!options.keep.has_value() && !options.finished_before.has_value()) {
    return false;
  }
  const bool is_old = !options.finished_before.has_value() ||
                      entry.manifest->finished < *options.finished_before;
  return !is_kept && is_old;
}

// Gone at once for whoever looks for artifacts.
absl::Status RemoveEntry(ArtifactStore& store, const StoredEntry& entry) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Claim> claim, store.Take(entry.id));
  const std::string removed =
      absl::StrCat(store.DirectoryOf(entry.id), kRemovedSuffix);
  if (entry.directory != removed) {
    RETURN_IF_ERROR(store.files().RemoveTree(removed));
    RETURN_IF_ERROR(store.files().Rename(entry.directory, removed));
  }
  return store.files().RemoveTree(removed);
}

}  // namespace

absl::StatusOr<std::uint64_t> TreeBytes(Files& files,
                                        const std::string& directory) {
  const absl::StatusOr<std::vector<DirectoryEntry>> entries =
      files.List(directory);
  if (absl::IsNotFound(entries.status())) return 0;
  RETURN_IF_ERROR(entries);
  std::uint64_t sum = 0;
  for (const DirectoryEntry& entry : *entries) {
    sum += entry.size_bytes;
    if (entry.kind != FileKind::kDirectory) continue;
    ASSIGN_OR_RETURN(const std::uint64_t below,
                     TreeBytes(files, JoinPath(directory, entry.name)));
    sum += below;
  }
  return sum;
}

absl::StatusOr<std::vector<StoredEntry>> ListArtifacts(
    ArtifactStore& store, Verification verification) {
  std::vector<StoredEntry> listed;
  ASSIGN_OR_RETURN(const std::vector<std::string> actions, ActionsOf(store));
  for (const std::string& action : actions) {
    ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                     store.files().List(JoinPath(store.root(), action)));
    for (const DirectoryEntry& entry : entries) {
      if (entry.kind != FileKind::kDirectory) continue;
      ASSIGN_OR_RETURN(std::optional<StoredEntry> stored,
                       LookAt(store, action, entry.name, verification));
      if (stored.has_value()) listed.push_back(*std::move(stored));
    }
  }
  return listed;
}

absl::StatusOr<std::vector<StoredEntry>> PruneArtifacts(
    ArtifactStore& store, const PruneOptions& options) {
  if (!options.is_dry_run) RETURN_IF_ERROR(CheckNoOneIsAtWork(store));
  ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries,
                   ListArtifacts(store));
  std::vector<StoredEntry> gone;
  for (const StoredEntry& entry : entries) {
    if (!IsToGo(entry, options)) continue;
    if (!options.is_dry_run) RETURN_IF_ERROR(RemoveEntry(store, entry));
    gone.push_back(entry);
  }
  return gone;
}

}  // namespace culturemert
