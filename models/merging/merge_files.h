// Several adapted versions of one model merged into one, from file to file and
// a tensor at a time: memory for a few tensors is enough for models of any
// size.

#ifndef CULTUREMERT_MODELS_MERGING_MERGE_FILES_H_
#define CULTUREMERT_MODELS_MERGING_MERGE_FILES_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/merging/merge_options.h"
#include "tools/base/files/files.h"
#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

// Reads the safetensors files `base` and `adapted` and replaces or creates
// `output`, whole or not at all, with what MergeTensors gives, bit for bit. The
// inputs' pages are given back as soon as a tensor is merged (kTies reads them
// twice before). Threads of `pool` merge tensors ahead of the one that is
// written. `output` may be one of the inputs. Its metadata are `metadata`.
// Errors: those of SafetensorsFile::Open, Merger::Create, whose models have the
// names of their files, and Files::CreateAtomically.
absl::Status MergeFiles(
    ThreadPool& pool, Files& files, absl::string_view base,
    absl::Span<const std::string> adapted, absl::string_view output,
    const MergeOptions& options,
    const std::map<std::string, std::string>& metadata = {});

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERGING_MERGE_FILES_H_
