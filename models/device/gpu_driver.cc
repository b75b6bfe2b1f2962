#include "models/device/gpu_driver.h"

#include <dlfcn.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

// The CUDA driver API, as cuda.h declares it; declared here because the CUDA
// toolkit need not be installed where this is built.
constexpr int kNoDevice = 100;
constexpr int kComputeCapabilityMajor = 75;
constexpr int kComputeCapabilityMinor = 76;

class DriverLibrary {
 public:
  explicit DriverLibrary(absl::string_view name)
      : name_(name), handle_(dlopen(name_.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) {
      status_ =
          absl::NotFoundError(absl::StrCat("no NVIDIA driver: ", dlerror()));
    }
  }
  DriverLibrary(const DriverLibrary&) = delete;
  DriverLibrary& operator=(const DriverLibrary&) = delete;

  // Calls a function of the driver unless an earlier call failed.
  template <typename... Parameters, typename... Arguments>
  void Call(int (*)(Parameters...), const char* function,
            Arguments... arguments) {
    if (!status_.ok()) return;
    auto* address =
        reinterpret_cast<int (*)(Parameters...)>(dlsym(handle_, function));
    if (address == nullptr) {
      status_ = absl::FailedPreconditionError(
          absl::StrCat(name_, " has no function ", function,
                       "; is it the NVIDIA driver's library?"));
      return;
    }
    const int error = address(arguments...);
    if (error == kNoDevice) {
      status_ = absl::NotFoundError("the NVIDIA driver sees no GPU");
    } else if (error != 0) {
      status_ = absl::FailedPreconditionError(
          absl::StrCat(function, " of ", name_, " failed with CUDA error ",
                       error, "; does nvidia-smi work?"));
    }
  }

  const absl::Status& status() const { return status_; }

 private:
  // Never closed: the driver keeps threads and handlers of its own.
  const std::string name_;
  void* const handle_;
  absl::Status status_;
};

using Init = int(unsigned);
using GetInt = int(int*);
using GetDevice = int(int*, int);
using GetName = int(char*, int, int);
using GetMemory = int(std::size_t*, int);
using GetAttribute = int(int*, int, int);

Gpu QueryGpu(DriverLibrary& driver, int index) {
  int device = 0;
  driver.Call(static_cast<GetDevice*>(nullptr), "cuDeviceGet", &device, index);
  std::array<char, 256> name{};
  driver.Call(static_cast<GetName*>(nullptr), "cuDeviceGetName", name.data(),
              static_cast<int>(name.size() - 1), device);
  std::size_t memory_bytes = 0;
  driver.Call(static_cast<GetMemory*>(nullptr), "cuDeviceTotalMem_v2",
              &memory_bytes, device);
  Gpu gpu;
  driver.Call(static_cast<GetAttribute*>(nullptr), "cuDeviceGetAttribute",
              &gpu.compute_capability_major, kComputeCapabilityMajor, device);
  driver.Call(static_cast<GetAttribute*>(nullptr), "cuDeviceGetAttribute",
              &gpu.compute_capability_minor, kComputeCapabilityMinor, device);
  gpu.name = name.data();
  gpu.memory_bytes = memory_bytes;
  return gpu;
}

}  // namespace

absl::StatusOr<GpuDriver> QueryGpuDriver(absl::string_view library) {
  DriverLibrary driver(library);
  driver.Call(static_cast<Init*>(nullptr), "cuInit", 0u);
  int version = 0;
  driver.Call(static_cast<GetInt*>(nullptr), "cuDriverGetVersion", &version);
  int count = 0;
  driver.Call(static_cast<GetInt*>(nullptr), "cuDeviceGetCount", &count);
  if (driver.status().ok() && count < 1) {
    return absl::NotFoundError("the NVIDIA driver sees no GPU");
  }
  GpuDriver result;
  result.cuda_version = absl::StrCat(version / 1000, ".", version % 1000 / 10);
  for (int i = 0; driver.status().ok() && i < count; ++i) {
    result.gpus.push_back(QueryGpu(driver, i));
  }
  if (!driver.status().ok()) return driver.status();
  return result;
}

}  // namespace culturemert
