// LibTorch's CUDA half, loaded at run time: one program serves machines with
// and without a GPU. It is linked against libtorch_cpu alone; loading
// libtorch_cuda.so into the process registers the CUDA backend.

#ifndef CULTUREMERT_MODELS_DEVICE_CUDA_BACKEND_H_
#define CULTUREMERT_MODELS_DEVICE_CUDA_BACKEND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/device/gpu_driver.h"

namespace culturemert {

struct CudaBackend {
  GpuDriver driver;
  std::string library;  // The libtorch_cuda.so that was loaded.
};

// Where libtorch_cuda.so is looked for, in this order: the dynamic loader's own
// search (LD_LIBRARY_PATH), $LIBTORCH/lib, the folder libtorch_cpu.so was
// loaded from.
std::vector<std::string> CudaLibraryCandidates();

// Loads the first candidate that loads and registers a CUDA backend.
// kNotFound: no driver, no GPU or no such library; kFailedPrecondition: found,
// but no GPU can be used through it. Messages say what to install or set.
absl::StatusOr<CudaBackend> LoadCudaBackend(
    absl::string_view driver_library,
    const std::vector<std::string>& candidates);

// The backend of this process: loaded by the first call, the same answer ever
// after. Thread safe.
const absl::StatusOr<CudaBackend>& ProcessCudaBackend();

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_DEVICE_CUDA_BACKEND_H_
