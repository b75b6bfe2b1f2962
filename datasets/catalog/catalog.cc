#include "datasets/catalog/catalog.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "datasets/catalog/assemble.h"
#include "datasets/catalog/read_recordings.h"
#include "datasets/catalog/registry.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

absl::Status UnknownName(Files& files, absl::string_view data_root,
                         absl::string_view name) {
  std::vector<std::string> names;
  for (const DatasetSource& source : DatasetSources()) {
    names.push_back(source.facts.name);
  }
  const absl::StatusOr<std::vector<std::string>> folders =
      FindFolders(files, data_root);
  if (folders.ok()) names.insert(names.end(), folders->begin(), folders->end());
  return absl::NotFoundError(absl::StrCat(
      "no data set ", QuoteForMessage(name), DidYouMean(name, names),
      "; expected ", absl::StrJoin(names, ", "), ", or a folder in ", data_root,
      " with a ", kLabelsFile));
}

// The recordings' culture, where the facts leave it to them.
void NameCulture(Dataset* dataset) {
  std::string& culture = dataset->facts.culture;
  if (!culture.empty()) return;
  for (const Recording& recording : dataset->recordings) {
    if (!culture.empty() && culture != recording.culture) {
      culture = "mixed";
      return;
    }
    culture = recording.culture;
  }
}

absl::StatusOr<Dataset> Load(Files& files, const NamedDataset& named,
                             const DatasetOptions& options) {
  ASSIGN_OR_RETURN(const DatasetOptions checked,
                   CheckOptions(named.facts, options));
  const ReadRequest request = {files, named.folder, named.facts, checked};
  absl::StatusOr<RecordingList> list = named.read(request);
  absl::StatusOr<Dataset> dataset =
      list.ok() ? AssembleDataset(request, *std::move(list)) : list.status();
  if (absl::IsNotFound(dataset.status())) {
    return absl::NotFoundError(
        absl::StrCat(dataset.status().message(), "\n", HowToGet(named.facts)));
  }
  if (dataset.ok()) NameCulture(&*dataset);
  return dataset;
}

}  // namespace

absl::StatusOr<NamedDataset> ResolveDataset(Files& files,
                                            absl::string_view data_root,
                                            absl::string_view name) {
  const DatasetSource* source = FindDatasetSource(name);
  if (name == kFolderName && source != nullptr) {
    return NamedDataset{source->facts, std::string(data_root), source->read};
  }
  ASSIGN_OR_RETURN(const std::string folder,
                   Annotate(JoinInside(data_root, name), "data set"));
  if (source != nullptr) {
    return NamedDataset{source->facts, folder, source->read};
  }
  const DatasetSource* any = FindDatasetSource(kFolderName);
  if (any == nullptr || !files.Exists(JoinPath(folder, kLabelsFile))) {
    return UnknownName(files, data_root, name);
  }
  NamedDataset named = {any->facts, folder, any->read};
  named.facts.name = named.facts.title = std::string(name);
  return named;
}

absl::StatusOr<std::vector<std::string>> FindFolders(
    Files& files, absl::string_view data_root) {
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(data_root));
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : entries) {
    if (entry.kind == FileKind::kDirectory &&
        FindDatasetSource(entry.name) == nullptr &&
        files.Exists(JoinPath(data_root, entry.name, kLabelsFile))) {
      names.push_back(entry.name);
    }
  }
  if (files.Exists(JoinPath(data_root, kLabelsFile))) {
    names.emplace_back(kFolderName);
  }
  return names;
}

absl::StatusOr<Dataset> LoadAnyDataset(Files& files,
                                       absl::string_view data_root,
                                       absl::string_view name,
                                       const DatasetOptions& options) {
  ASSIGN_OR_RETURN(const NamedDataset named,
                   ResolveDataset(files, data_root, name));
  return Annotate(Load(files, named, options), named.facts.name);
}

absl::StatusOr<Dataset> LoadDataset(Files& files, absl::string_view data_root,
                                    absl::string_view name,
                                    const DatasetOptions& options) {
  ASSIGN_OR_RETURN(const NamedDataset named,
                   ResolveDataset(files, data_root, name));
  if (named.facts.tag_rule == TagRule::kNone) {
    return absl::FailedPreconditionError(
        absl::StrCat(named.facts.name,
                     ": a corpus to pre-train on, without tags to evaluate; "
                     "use it among the corpora"));
  }
  return Annotate(Load(files, named, options), named.facts.name);
}

absl::StatusOr<Corpus> LoadCorpus(Files& files, absl::string_view data_root,
                                  absl::string_view name,
                                  const CorpusOptions& corpus_options,
                                  const DatasetOptions& options) {
  ASSIGN_OR_RETURN(const Dataset dataset,
                   LoadAnyDataset(files, data_root, name, options));
  return MakeCorpus(dataset, corpus_options);
}

}  // namespace culturemert
