#include "experiments/training/rank_sums.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>

#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<std::vector<double>> SumNumbers(std::vector<double> values,
                                               ProcessGroup* processes) {
  if (processes == nullptr || processes->size() == 1) return values;
  return CatchTorchErrors([&]() -> absl::StatusOr<std::vector<double>> {
    const at::Tensor numbers =
        at::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
    std::copy(values.begin(), values.end(), numbers.mutable_data_ptr<double>());
    const at::Tensor shared = numbers.to(processes->device());
    RETURN_IF_ERROR(processes->SumInPlace({shared}));
    const at::Tensor sums = shared.to(at::kCPU);
    const double* const data = sums.const_data_ptr<double>();
    return std::vector<double>(data, data + values.size());
  });
}

absl::StatusOr<PretrainingSums> SumOverRanks(const PretrainingSums& sums,
                                             ProcessGroup* processes) {
  std::vector<double> values = {sums.masked_frames, sums.loss,
                                sums.feature_penalty, sums.cqt_error};
  values.insert(values.end(), sums.cross_entropy.begin(),
                sums.cross_entropy.end());
  values.insert(values.end(), sums.correct.begin(), sums.correct.end());
  ASSIGN_OR_RETURN(values, SumNumbers(std::move(values), processes));
  PretrainingSums all = sums;
  auto next = values.begin();
  all.masked_frames = *next++;
  all.loss = *next++;
  all.feature_penalty = *next++;
  all.cqt_error = *next++;
  for (double& value : all.cross_entropy) value = *next++;
  for (double& value : all.correct) value = *next++;
  return all;
}

}  // namespace culturemert
