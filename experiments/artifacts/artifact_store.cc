#include "experiments/artifacts/artifact_store.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"
#include "tools/base/files/temporary_names.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kDataName[] = "data";
constexpr char kScratchName[] = "scratch";
// A manifest of a million files is smaller.
constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{256} << 20;

// kNotFound as damage: something the manifest promises is not there.
absl::Status MissingIsDamage(const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  return absl::DataLossError(status.message());
}

absl::StatusOr<bool> Exists(Files& files, const std::string& path) {
  const absl::StatusOr<FileInfo> info = files.Info(path);
  if (absl::IsNotFound(info.status())) return false;
  RETURN_IF_ERROR(info);
  return true;
}

// The bytes and the name are on the disk after this, whoever wrote them.
absl::Status Sync(Files& files, const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<AppendableFile> file,
                   files.OpenToAppend(path));
  RETURN_IF_ERROR(file->Sync());
  return file->Close();
}

// Adds what is below `directory`; names start with `prefix`.
absl::Status Gather(Files& files, const std::string& directory,
                    const std::string& prefix,
                    std::vector<ArtifactFile>& gathered) {
  RETURN_IF_ERROR(files.RemoveStaleTemporaries(directory));
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(directory));
  for (const DirectoryEntry& entry : entries) {
    const std::string path = JoinPath(directory, entry.name);
    const std::string name = absl::StrCat(prefix, entry.name);
    if (entry.kind == FileKind::kDirectory) {
      RETURN_IF_ERROR(Gather(files, path, name + "/", gathered));
      continue;
    }
    if (entry.kind != FileKind::kFile || IsTemporaryName(entry.name)) {
      return absl::FailedPreconditionError(
          absl::StrCat(path,
                       ": an artifact is made of finished files and "
                       "directories only"));
    }
    RETURN_IF_ERROR(Sync(files, path));
    ASSIGN_OR_RETURN(const Hash128 checksum, HashFile(files, path));
    gathered.push_back({name, entry.size_bytes, checksum});
  }
  return absl::OkStatus();
}

}  // namespace

std::string ArtifactStore::DirectoryOf(const ArtifactId& id) const {
  return JoinPath(root_, id.action, id.key.ToHex());
}

std::string ArtifactStore::DataDirectoryOf(const ArtifactId& id) const {
  return JoinPath(DirectoryOf(id), kDataName);
}

std::string ArtifactStore::PartialDirectoryOf(const ArtifactId& id) const {
  return DirectoryOf(id) + ".partial";
}

std::string ArtifactStore::ClaimPathOf(const ArtifactId& id) const {
  return DirectoryOf(id);
}

absl::StatusOr<ArtifactManifest> ArtifactStore::Find(
    const ArtifactId& id, Verification verification) {
  const std::string directory = DirectoryOf(id);
  RETURN_IF_ERROR(files_.Info(directory));
  const std::string path = JoinPath(directory, kManifestName);
  const absl::StatusOr<std::string> text = files_.Read(path, kMaxManifestBytes);
  RETURN_IF_ERROR(MissingIsDamage(text.status()));
  ASSIGN_OR_RETURN(ArtifactManifest manifest, ParseManifest(*text, path));
  if (!(manifest.id() == id)) {
    return absl::DataLossError(
        absl::StrCat(path, ": it is of ", manifest.recipe.action, " ",
                     manifest.key.ToHex(), ", expected ", id.action, " ",
                     id.key.ToHex(), "; was the directory renamed?"));
  }
  RETURN_IF_ERROR(CheckFiles(manifest, verification));
  return manifest;
}

absl::Status ArtifactStore::CheckFiles(const ArtifactManifest& manifest,
                                       Verification verification) {
  const std::string directory = DataDirectoryOf(manifest.id());
  const bool read_all = verification == Verification::kChecksums &&
                        verified_.count(manifest.key) == 0;
  for (const ArtifactFile& file : manifest.files) {
    const std::string path = JoinPath(directory, file.name);
    const absl::StatusOr<FileInfo> info = files_.Info(path);
    RETURN_IF_ERROR(MissingIsDamage(info.status()));
    if (info->kind != FileKind::kFile || info->size_bytes != file.size_bytes) {
      return absl::DataLossError(absl::StrCat(path, " has ", info->size_bytes,
                                              " bytes, its manifest says ",
                                              file.size_bytes));
    }
    if (!read_all) continue;
    ASSIGN_OR_RETURN(const Hash128 checksum, HashFile(files_, path));
    if (checksum != file.checksum) {
      return absl::DataLossError(
          absl::StrCat(path, " has the checksum ", checksum.ToHex(),
                       ", its manifest says ", file.checksum.ToHex()));
    }
  }
  if (read_all) verified_.insert(manifest.key);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Claim>> ArtifactStore::Take(
    const ArtifactId& id) {
  RETURN_IF_ERROR(files_.CreateDirectories(JoinPath(root_, id.action)));
  return claims_.Take(ClaimPathOf(id));
}

std::string ArtifactStore::DescribeHolder(const ArtifactId& id) const {
  return claims_.DescribeHolder(ClaimPathOf(id));
}

absl::StatusOr<std::string> ArtifactStore::PutAside(const ArtifactId& id) {
  const std::string directory = DirectoryOf(id);
  for (int i = 1;; ++i) {
    const std::string aside = absl::StrCat(directory, ".damaged-", i);
    ASSIGN_OR_RETURN(const bool exists, Exists(files_, aside));
    if (exists) continue;
    RETURN_IF_ERROR(files_.Rename(directory, aside));
    verified_.erase(id.key);
    return aside;
  }
}

absl::StatusOr<WorkDirectory> ArtifactStore::Begin(const ArtifactId& id,
                                                   bool is_resumable) {
  const std::string partial = PartialDirectoryOf(id);
  WorkDirectory work;
  work.data = JoinPath(partial, kDataName);
  work.scratch = JoinPath(partial, kScratchName);
  if (is_resumable) {
    ASSIGN_OR_RETURN(work.is_resumed, Exists(files_, work.data));
    // One is there if the crash came between the manifest and the rename.
    RETURN_IF_ERROR(files_.RemoveTree(JoinPath(partial, kManifestName)));
  } else {
    RETURN_IF_ERROR(files_.RemoveTree(partial));
  }
  RETURN_IF_ERROR(files_.CreateDirectories(work.scratch));
  RETURN_IF_ERROR(files_.CreateDirectories(work.data));
  return work;
}

absl::Status ArtifactStore::Commit(const Claim& claim,
                                   ArtifactManifest& manifest) {
  const std::string partial = PartialDirectoryOf(manifest.id());
  RETURN_IF_ERROR(claim.CheckHeld());
  manifest.files.clear();
  RETURN_IF_ERROR(
      Gather(files_, JoinPath(partial, kDataName), "", manifest.files));
  ASSIGN_OR_RETURN(const std::string text, FormatManifest(manifest));
  RETURN_IF_ERROR(
      files_.WriteAtomically(JoinPath(partial, kManifestName), text));
  RETURN_IF_ERROR(files_.RemoveTree(JoinPath(partial, kScratchName)));
  RETURN_IF_ERROR(claim.CheckHeld());
  RETURN_IF_ERROR(files_.Rename(partial, DirectoryOf(manifest.id())));
  verified_.insert(manifest.key);
  return absl::OkStatus();
}

}  // namespace culturemert
