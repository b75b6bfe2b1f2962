// A rendered corpus as a folder of WAV files and labels, for other programs.

#ifndef CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_FOLDER_H_
#define CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_FOLDER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "datasets/synthesis/corpus_renderer.h"
#include "datasets/synthesis/corpus_size.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// Writes `<id>.wav` for the first recordings of each split and, last, a
// labels.csv (path,culture,tags,recording,split,tune), its tags joined by ';'.
// Errors: those of `files` and of CorpusRenderer::Render.
absl::Status WriteCorpusFolder(const CorpusRenderer& renderer,
                               const SplitSizes& sizes, ThreadPool& pool,
                               Files& files, absl::string_view folder);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SYNTHESIS_CORPUS_FOLDER_H_
