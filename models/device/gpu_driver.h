// What the NVIDIA driver of this machine says of its GPUs. The driver's library
// is opened at run time, so that programs start where there is none, and before
// any part of CUDA LibTorch (2 GB of libraries) is loaded.

#ifndef CULTUREMERT_MODELS_DEVICE_GPU_DRIVER_H_
#define CULTUREMERT_MODELS_DEVICE_GPU_DRIVER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

struct Gpu {
  std::string name;
  std::uint64_t memory_bytes = 0;
  int compute_capability_major = 0;
  int compute_capability_minor = 0;
};

struct GpuDriver {
  // The newest CUDA version the driver runs, "13.0".
  std::string cuda_version;
  std::vector<Gpu> gpus;  // In the driver's order; never empty.
};

inline constexpr char kNvidiaDriverLibrary[] = "libcuda.so.1";

// Asks the driver library of this name or path.
// kNotFound: no such library, or no GPU. kFailedPrecondition: the library is
// there but lacks a function, or a call of it failed (the message says which,
// and the driver's own error number).
absl::StatusOr<GpuDriver> QueryGpuDriver(
    absl::string_view library = kNvidiaDriverLibrary);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_DEVICE_GPU_DRIVER_H_
