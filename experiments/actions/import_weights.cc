#include "experiments/actions/import_weights.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/merging/merge_tensors.h"
#include "models/mert/mert.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/mert_weights.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// Files beside a model that say nothing to a program.
bool IsForReaders(absl::string_view name) {
  return absl::EndsWith(name, ".md") || name == "BUILD" || name == "LICENSE";
}

absl::StatusOr<Hash128> HashOfFolder(Files& files, absl::string_view folder) {
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(folder));
  Hasher hasher;
  bool is_empty = true;
  for (const DirectoryEntry& entry : entries) {
    if (entry.kind != FileKind::kFile || IsForReaders(entry.name)) continue;
    is_empty = false;
    ASSIGN_OR_RETURN(const Hash128 hash,
                     HashFile(files, JoinPath(folder, entry.name)));
    hasher.UpdateField(entry.name);
    hasher.UpdateField(hash.ToHex());
  }
  if (is_empty) {
    return absl::NotFoundError(
        absl::StrCat(folder, ": there are no files of weights in it"));
  }
  return hasher.Digest();
}

}  // namespace

absl::StatusOr<Hash128> HashOfWeights(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const FileInfo info, files.Info(path));
  if (info.kind == FileKind::kDirectory) return HashOfFolder(files, path);
  return HashFile(files, path);
}

absl::StatusOr<std::vector<std::string>> ImportWeights(
    Files& files, absl::string_view path, absl::string_view folder,
    const ModelProvenance& provenance) {
  ASSIGN_OR_RETURN(const MertCheckpoint checkpoint,
                   LoadMertCheckpoint(files, path));
  RETURN_IF_ERROR(CatchTorchErrors([&] {
    return ExportMert(files, folder, checkpoint.config, checkpoint.encoder,
                      checkpoint.heads, provenance);
  }));
  return checkpoint.notes;
}

absl::Status WriteRandomWeights(Files& files, const MertConfig& shape,
                                std::uint64_t seed, absl::string_view folder,
                                const ModelProvenance& provenance) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Mert> mert,
                   Mert::CreateRandom(shape, seed));
  return CatchTorchErrors([&] {
    return ExportMert(files, folder, shape, mert->parameters(), {}, provenance);
  });
}

absl::Status MergeWeights(Files& files, absl::string_view base,
                          absl::Span<const std::string> adapted,
                          const MergeOptions& options, absl::string_view folder,
                          const ModelProvenance& provenance) {
  ASSIGN_OR_RETURN(const MertCheckpoint start, LoadMertCheckpoint(files, base));
  std::vector<NamedTensors> models;
  for (const std::string& path : adapted) {
    ASSIGN_OR_RETURN(MertCheckpoint model, LoadMertCheckpoint(files, path));
    models.push_back(std::move(model.encoder));
  }
  return CatchTorchErrors([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const NamedTensors merged,
                     MergeTensors(start.encoder, models, options));
    return ExportMert(files, folder, start.config, merged, {}, provenance);
  });
}

}  // namespace culturemert
