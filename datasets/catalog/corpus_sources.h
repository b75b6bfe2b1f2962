// What of a corpus or data set is to be prepared: its clips as the sources of a
// PCM store.

#ifndef CULTUREMERT_DATASETS_CATALOG_CORPUS_SOURCES_H_
#define CULTUREMERT_DATASETS_CATALOG_CORPUS_SOURCES_H_

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "datasets/catalog/corpus.h"
#include "datasets/catalog/dataset.h"
#include "datasets/store/prepare_corpus.h"

namespace culturemert {

// One source a clip, in the corpus's order. A recording's only clip bears the
// recording's id; of several, the n-th (from 0) is "<id>#<n>". Paths start at
// the corpus's folder, `source` is the path within it.
std::vector<CorpusSource> SourcesOf(const Corpus& corpus);

// Ids of the sources whose files `facts` names as known to be bad.
absl::flat_hash_set<std::string> KnownBadIds(
    const DatasetFacts& facts, absl::Span<const CorpusSource> sources);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_CORPUS_SOURCES_H_
