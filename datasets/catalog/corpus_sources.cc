#include "datasets/catalog/corpus_sources.h"

#include <cstddef>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/base/files/paths.h"

namespace culturemert {

std::vector<CorpusSource> SourcesOf(const Corpus& corpus) {
  std::vector<CorpusSource> sources;
  for (const CorpusRecording& recording : corpus.recordings) {
    for (std::size_t n = 0; n < recording.clips.size(); ++n) {
      const AudioClip& clip = recording.clips[n];
      CorpusSource source;
      source.id = recording.clips.size() == 1
                      ? recording.id
                      : absl::StrCat(recording.id, "#", n);
      source.culture = recording.culture;
      source.path = JoinPath(corpus.folder, clip.path);
      source.source = clip.path;
      source.start_seconds = clip.start_seconds;
      source.end_seconds =
          clip.end_seconds.value_or(std::numeric_limits<double>::infinity());
      sources.push_back(std::move(source));
    }
  }
  return sources;
}

absl::flat_hash_set<std::string> KnownBadIds(
    const DatasetFacts& facts, absl::Span<const CorpusSource> sources) {
  absl::flat_hash_set<std::string> paths;
  for (const KnownBad& bad : facts.known_bad) paths.insert(bad.path);
  absl::flat_hash_set<std::string> ids;
  for (const CorpusSource& source : sources) {
    if (paths.contains(source.source)) ids.insert(source.id);
  }
  return ids;
}

}  // namespace culturemert
