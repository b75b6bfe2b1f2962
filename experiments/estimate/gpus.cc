#include "experiments/estimate/gpus.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/text/nearest_name.h"

namespace culturemert {
namespace {

// NVIDIA's data sheets and architecture papers. Where these state a rate with
// sparsity, half of it stands here. Written down from memory of these sources
// and not yet checked against them: good for an estimate, not for a citation.
constexpr PublishedGpu kGpus[] = {
    // "NVIDIA A100 Tensor Core GPU" data sheet, 2021: 312 TFLOPS.
    {"a100-40gb", "NVIDIA A100 40 GB", 312e12, "bfloat16", 40e9},
    {"a100-80gb", "NVIDIA A100 80 GB", 312e12, "bfloat16", 80e9},
    // "NVIDIA H100 Tensor Core GPU" data sheet: 1,979 with sparsity (SXM),
    // 1,513 (PCIe).
    {"h100", "NVIDIA H100 SXM", 989.5e12, "bfloat16", 80e9},
    {"h100-pcie", "NVIDIA H100 PCIe", 756.5e12, "bfloat16", 80e9},
    // "NVIDIA H200 Tensor Core GPU" data sheet: 1,979 with sparsity.
    {"h200", "NVIDIA H200 SXM", 989.5e12, "bfloat16", 141e9},
    // "NVIDIA V100 Tensor Core GPU" data sheet, 2020: 125 TFLOPS (SXM2).
    {"v100", "NVIDIA V100 SXM2", 125e12, "float16", 32e9},
    // "NVIDIA T4" data sheet: 65 TFLOPS mixed precision.
    {"t4", "NVIDIA T4", 65e12, "float16", 16e9},
    // "NVIDIA L4 Tensor Core GPU" data sheet: 242 with sparsity.
    {"l4", "NVIDIA L4", 121e12, "bfloat16", 24e9},
    // "NVIDIA Ampere GA102 GPU Architecture", table of the RTX 3090: 71.
    {"rtx3090", "NVIDIA GeForce RTX 3090", 71e12, "bfloat16", 24e9},
    // "NVIDIA Ada GPU Architecture", table of the RTX 4090: 165.2.
    {"rtx4090", "NVIDIA GeForce RTX 4090", 165.2e12, "bfloat16", 24e9},
    // "NVIDIA RTX A6000" data sheet: 309.7 with sparsity.
    {"a6000", "NVIDIA RTX A6000", 154.85e12, "bfloat16", 48e9},
};

}  // namespace

absl::Span<const PublishedGpu> PublishedGpus() { return kGpus; }

absl::StatusOr<PublishedGpu> FindGpu(absl::string_view name) {
  std::vector<std::string> names;
  for (const PublishedGpu& gpu : kGpus) {
    if (absl::EqualsIgnoreCase(gpu.name, name)) return gpu;
    names.emplace_back(gpu.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no GPU is known as \"", name, "\"", DidYouMean(name, names),
                   "; there are ", absl::StrJoin(names, ", ")));
}

}  // namespace culturemert
