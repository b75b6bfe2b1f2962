// Several adapted versions of one model merged into one, in memory.
//
//   MergeOptions options;
//   options.scale = 0.2;
//   ASSIGN_OR_RETURN(const NamedTensors merged,
//                    MergeTensors(mert, {lyra, makam}, options));

#ifndef CULTUREMERT_MODELS_MERGING_MERGE_TENSORS_H_
#define CULTUREMERT_MODELS_MERGING_MERGE_TENSORS_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/merging/merge_options.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

// New tensors on the CPU by the names, shapes and types of `base`, all of whose
// tensors have to be on the CPU too; see merge_kernels.h for the methods and
// their order of operations, Merger::Create for what is refused. In errors the
// adapted models are called "adapted model 0" and so on. Integer tensors are
// copies of the base's.
absl::StatusOr<NamedTensors> MergeTensors(
    const NamedTensors& base, absl::Span<const NamedTensors> adapted,
    const MergeOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERGING_MERGE_TENSORS_H_
