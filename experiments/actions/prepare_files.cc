#include "experiments/actions/prepare_files.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/catalog/corpus.h"
#include "datasets/catalog/corpus_sources.h"
#include "datasets/store/pcm_store.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

std::string ClipId(const Recording& recording, std::size_t clip) {
  return recording.clips.size() == 1 ? recording.id
                                     : absl::StrCat(recording.id, "#", clip);
}

PreparedSet Describe(const Dataset& dataset) {
  PreparedSet set;
  set.name = dataset.facts.name;
  set.culture = dataset.facts.culture;
  set.duration_cap_seconds = static_cast<std::uint64_t>(
      std::llround(dataset.facts.duration_cap_seconds.value_or(0)));
  set.notes = dataset.notes;
  for (const std::string& tag : dataset.tags) {
    set.tags.push_back({tag, GroupOfTag(tag)});
  }
  return set;
}

// The recordings of which all clips are in the store; of the others a note.
void AddRecordings(const Dataset& dataset, const PcmStore& store,
                   PreparedSet& set) {
  for (const Recording& recording : dataset.recordings) {
    PreparedRecording prepared;
    prepared.id = recording.id;
    prepared.split = recording.split;
    prepared.labels = recording.labels;
    for (std::size_t i = 0; i < recording.clips.size(); ++i) {
      const std::string id = ClipId(recording, i);
      if (store.Find(id).has_value()) prepared.clips.push_back(id);
    }
    if (prepared.clips.size() == recording.clips.size()) {
      set.recordings.push_back(std::move(prepared));
    } else {
      set.notes.push_back(absl::StrCat(
          "left out for audio that cannot be read: ", recording.id));
    }
  }
}

}  // namespace

Hash128 FingerprintOf(const Dataset& dataset) {
  Hasher hasher;
  hasher.UpdateField(dataset.facts.name);
  hasher.UpdateField(dataset.variant);
  for (const std::string& tag : dataset.tags) hasher.UpdateField(tag);
  for (const Recording& recording : dataset.recordings) {
    hasher.UpdateField(recording.id);
    hasher.UpdateField(NameOf(recording.split));
    for (const std::size_t label : recording.labels) {
      hasher.UpdateField(absl::StrCat(label));
    }
    for (const AudioClip& clip : recording.clips) {
      hasher.UpdateField(clip.path);
      hasher.UpdateField(absl::StrCat(clip.size_bytes.value_or(0), " ",
                                      clip.start_seconds, " ",
                                      clip.end_seconds.value_or(-1)));
    }
  }
  return hasher.Digest();
}

absl::StatusOr<PreparedSet> PrepareFiles(Files& files, absl::string_view folder,
                                         const Dataset& dataset,
                                         PrepareOptions options) {
  CorpusOptions everything;
  everything.transductive = true;
  const Corpus corpus = MakeCorpus(dataset, everything);
  const std::vector<CorpusSource> sources = SourcesOf(corpus);
  options.directory = JoinPath(folder, kPreparedStoreName);
  options.known_bad = KnownBadIds(dataset.facts, sources);
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  ASSIGN_OR_RETURN(const PrepareReport report,
                   PrepareCorpus(files, sources, options));
  ASSIGN_OR_RETURN(const std::unique_ptr<PcmStore> store,
                   PcmStore::Open(files, options.directory));
  PreparedSet set = Describe(dataset);
  for (const std::string& note : report.notes) set.notes.push_back(note);
  AddRecordings(dataset, *store, set);
  if (set.recordings.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        dataset.folder, ": no recording is left that can be read"));
  }
  RETURN_IF_ERROR(WritePreparedSet(files, folder, set));
  return set;
}

}  // namespace culturemert
