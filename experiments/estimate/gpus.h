// What GPUs can do at best, as their maker publishes it: for telling how long a
// study would take on one that is not at hand.

#ifndef CULTUREMERT_EXPERIMENTS_ESTIMATE_GPUS_H_
#define CULTUREMERT_EXPERIMENTS_ESTIMATE_GPUS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace culturemert {

struct PublishedGpu {
  absl::string_view name;   // "h100", as a command line takes it.
  absl::string_view title;  // "NVIDIA H100 SXM"
  // Floating-point operations a second of matrix products of dense matrices of
  // `precision`, summed in float32 where the maker tells that rate apart.
  double peak_flops = 0;
  absl::string_view precision;  // "bfloat16", "float16"
  double memory_bytes = 0;
};

// Of the peak, what training and embedding are assumed to reach. Well-run
// training of large transformers reaches 30 to 50 % (Chowdhery et al., "PaLM",
// 2022, table 3, has 21 to 46 %); MERT-95M is small for such machines.
inline constexpr double kAssumedUtilisation = 0.3;

absl::Span<const PublishedGpu> PublishedGpus();

// The GPU of that name, upper or lower case; kInvalidArgument with the names
// there are.
absl::StatusOr<PublishedGpu> FindGpu(absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ESTIMATE_GPUS_H_
