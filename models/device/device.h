// Which device a program computes on: --device=auto|cpu|cuda.

#ifndef CULTUREMERT_MODELS_DEVICE_DEVICE_H_
#define CULTUREMERT_MODELS_DEVICE_DEVICE_H_

#include <c10/core/Device.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/device/cuda_backend.h"

namespace culturemert {

// `name` is "cpu"; "cuda" or "cuda:1" (an error where CUDA or that GPU cannot
// be used); or "auto": the first GPU if CUDA can be used, else the CPU.
// Loads the CUDA backend unless `name` is "cpu".
// kInvalidArgument: another name. Otherwise the errors of ProcessCudaBackend().
absl::StatusOr<c10::Device> SelectDevice(absl::string_view name);

// The same with a given answer of the backend.
absl::StatusOr<c10::Device> SelectDevice(
    absl::string_view name, const absl::StatusOr<CudaBackend>& backend);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_DEVICE_DEVICE_H_
