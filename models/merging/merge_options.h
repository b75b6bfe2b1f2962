// Which merge to make, and by which numbers. Free of LibTorch.

#ifndef CULTUREMERT_MODELS_MERGING_MERGE_OPTIONS_H_
#define CULTUREMERT_MODELS_MERGING_MERGE_OPTIONS_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "tools/base/config/schema.h"

namespace culturemert {

enum class MergeMethod {
  kTaskArithmetic,  // Ilharco et al., ICLR 2023
  kAverage,         // the mean of the adapted models; the base has no part
  kTies,            // Yadav et al., NeurIPS 2023
  kDare,            // Yu et al., ICML 2024
  kSlerp,           // Shoemake, SIGGRAPH 1985; the base has no part
};
inline ConfigNames<MergeMethod> ConfigNamesOf(MergeMethod) {
  return {{MergeMethod::kTaskArithmetic, "task_arithmetic"},
          {MergeMethod::kAverage, "average"},
          {MergeMethod::kTies, "ties"},
          {MergeMethod::kDare, "dare"},
          {MergeMethod::kSlerp, "slerp"}};
}

struct MergeOptions {
  MergeMethod method = MergeMethod::kTaskArithmetic;
  double scale = 0.2;
  double density = 0.2;
  double drop_rate = 0.9;
  double interpolation = 0.5;
  std::uint64_t seed = 0;

  static void Describe(ConfigSchema<MergeOptions>& schema);
};

// OK if the numbers that the method uses are in range and `models` adapted
// models suit it (two for kSlerp, at least one for the others). The scale is
// used as written, negative too.
absl::Status CheckMergeOptions(const MergeOptions& options, std::size_t models);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_MERGING_MERGE_OPTIONS_H_
