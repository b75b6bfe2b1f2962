#include "experiments/training/compute_type.h"

#include <ATen/core/Tensor.h>

#include <utility>

#include "models/tensors/named_tensors.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

c10::ScalarType ResolveComputeType(ComputeType type, c10::Device device,
                                   c10::ScalarType parameter_type) {
  const bool is_narrow =
      type == ComputeType::kBFloat16 ||
      (type == ComputeType::kAuto && device.type() == c10::DeviceType::CUDA);
  return is_narrow ? c10::ScalarType::BFloat16 : parameter_type;
}

absl::StatusOr<std::shared_ptr<const Mert>> InComputeType(const Mert& encoder,
                                                          ComputeType type) {
  const at::Tensor& any = encoder.parameters().begin()->second;
  const c10::ScalarType resolved =
      ResolveComputeType(type, any.device(), any.scalar_type());
  if (resolved == any.scalar_type()) {
    return std::shared_ptr<const Mert>(std::shared_ptr<const Mert>(), &encoder);
  }
  return CatchTorchErrors([&]() -> absl::StatusOr<std::shared_ptr<const Mert>> {
    NamedTensors converted;
    for (const auto& [name, tensor] : encoder.parameters()) {
      converted[name] = tensor.to(resolved);
    }
    ASSIGN_OR_RETURN(std::unique_ptr<Mert> result,
                     Mert::Create(encoder.config(), std::move(converted)));
    return std::shared_ptr<const Mert>(std::move(result));
  });
}

}  // namespace culturemert
