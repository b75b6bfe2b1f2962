// Merging models tensor by tensor: what merging in memory (merge_tensors.h) and
// from file to file (merge_files.h) have in common.

#ifndef CULTUREMERT_MODELS_MERGING_MERGER_H_
#define CULTUREMERT_MODELS_MERGING_MERGER_H_

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/merging/merge_options.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

struct MergeInput {
  std::string name;  // What errors call it, as its file.
  // On the CPU. They must outlive the Merger.
  const NamedTensors* tensors = nullptr;
};

class Merger {
 public:
  // Told each tensor of an input once its values have been used, so that a
  // mapped file's pages can be given back; it may be used again later.
  using Release = std::function<void(const at::Tensor&)>;

  // `base` says which tensors there are, their shapes and types; what it is
  // otherwise used for depends on the method (merge_kernels.h). For kTies this
  // reads all task vectors twice, to find which of their elements to keep: over
  // all tensors of a model together, as the paper does.
  // kInvalidArgument: bad options (CheckMergeOptions), or an adapted model that
  // has not exactly the floating-point tensors of the base, listing those
  // missing, unexpected and misshaped.
  static absl::StatusOr<std::unique_ptr<Merger>> Create(
      MergeInput base, std::vector<MergeInput> adapted,
      const MergeOptions& options, Release release);

  Merger(const Merger&) = delete;
  Merger& operator=(const Merger&) = delete;

  // The merged tensor of that name in `base`, computed in float32 and returned
  // in the base's type. Tensors that are not floating point are the base's own.
  absl::StatusOr<at::Tensor> Merge(absl::string_view name) const;

 private:
  Merger(MergeInput base, std::vector<MergeInput> adapted,
         const MergeOptions& options, Release release);

  absl::Status ChooseThresholds();
  at::Tensor MergeFloats(absl::string_view name, const at::Tensor& base) const;

  const MergeInput base_;
  const std::vector<MergeInput> adapted_;
  const MergeOptions options_;
  const Release release_;
  std::vector<float> thresholds_;  // of kTies, one for each adapted model
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERGING_MERGER_H_
