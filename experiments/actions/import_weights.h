// Weights of any dialect, or random ones, as the folder that all actions read.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_IMPORT_WEIGHTS_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_IMPORT_WEIGHTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/merging/merge_options.h"
#include "models/mert/mert_config.h"
#include "models/weights/export.h"
#include "tools/base/files/files.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

// Of the bytes of all files that LoadMertCheckpoint and LoadTokenizer may read
// at `path`: the file itself, or every file of the folder but its subfolders'
// and *.md, BUILD, LICENSE, which are for readers. Errors: those of Files,
// kNotFound for a folder without any.
absl::StatusOr<Hash128> HashOfWeights(Files& files, absl::string_view path);

// Each writes ExportMert's files into `folder`.

// What LoadMertCheckpoint finds at `path`, heads included. Returns its notes.
absl::StatusOr<std::vector<std::string>> ImportWeights(
    Files& files, absl::string_view path, absl::string_view folder,
    const ModelProvenance& provenance);

// Mert::CreateRandom's, without heads.
absl::Status WriteRandomWeights(Files& files, const MertConfig& shape,
                                std::uint64_t seed, absl::string_view folder,
                                const ModelProvenance& provenance);

// MergeTensors of the encoders; heads are left out, as evaluation uses none.
// `base` and `adapted` are such folders. kInvalidArgument where their shapes
// differ.
absl::Status MergeWeights(Files& files, absl::string_view base,
                          absl::Span<const std::string> adapted,
                          const MergeOptions& options, absl::string_view folder,
                          const ModelProvenance& provenance);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_IMPORT_WEIGHTS_H_
