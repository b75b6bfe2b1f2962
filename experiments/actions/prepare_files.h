// A data set of the catalog, or a user's folder, as a prepared set.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_PREPARE_FILES_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_PREPARE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/dataset.h"
#include "datasets/store/prepare_corpus.h"
#include "experiments/actions/prepared_set.h"
#include "tools/base/files/files.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

// What the prepared set depends on beside the options: every recording's id,
// split and labels, and every clip's path, size and stretch. Audio that changes
// and keeps its size is not noticed.
Hash128 FingerprintOf(const Dataset& dataset);

// Decodes all recordings into `folder`/store and describes them. Goes on where
// an earlier call was stopped. `options.directory` is ignored. Recordings whose
// files were allowed to fail are left out, with a note each. Errors: those of
// PrepareCorpus and Files; kInvalidArgument where nothing is left.
absl::StatusOr<PreparedSet> PrepareFiles(Files& files, absl::string_view folder,
                                         const Dataset& dataset,
                                         PrepareOptions options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_PREPARE_FILES_H_
