// Fits the k-means tokenizer to the training recordings of prepared sets.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_FIT_TOKENIZER_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_FIT_TOKENIZER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "experiments/actions/tokenizer_config.h"
#include "models/kmeans/kmeans_tokenizer.h"
#include "tools/base/console/console.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct FitTokenizerOptions {
  bool is_quiet = false;
  Console* console = &Console::Stderr();
};

// `folders` are prepared sets. The frames are those of clips taken at even
// distances from the list of all training clips, whole, until there are
// config.frames of them. kInvalidArgument where the sets have no training clip,
// else errors of the sets, FrameFeatures and KmeansTokenizer::Fit.
absl::StatusOr<std::unique_ptr<KmeansTokenizer>> FitTokenizer(
    Files& files, absl::Span<const std::string> folders,
    const KmeansConfig& config, const FitTokenizerOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_FIT_TOKENIZER_H_
