#include "models/device/cuda_backend.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <link.h>
#include <torch/headeronly/version.h>

#include <cstdlib>
#include <exception>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kLibrary[] = "libtorch_cuda.so";

bool CudaIsRegistered() {
  try {
    return at::detail::getCUDAHooks().hasCUDA();
  } catch (const std::exception&) {
    return false;
  }
}

std::string FolderOfLibtorchCpu() {
  Dl_info info;
  const auto* address =
      reinterpret_cast<const void*>(&at::detail::getCUDAHooks);
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "";
  const std::string path = info.dli_fname;
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string PathOfLoaded(void* handle, const std::string& fallback) {
  const link_map* map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) {
    return fallback;
  }
  return map->l_name;
}

std::string WhatToDo() {
  return absl::StrCat("install torch==", TORCH_VERSION,
                      " with CUDA (pip install torch==", TORCH_VERSION,
                      ") and set LIBTORCH=<site-packages>/torch");
}

}  // namespace

std::vector<std::string> CudaLibraryCandidates() {
  std::vector<std::string> candidates = {kLibrary};
  const char* libtorch = std::getenv("LIBTORCH");
  if (libtorch != nullptr && *libtorch != '\0') {
    candidates.push_back(absl::StrCat(libtorch, "/lib/", kLibrary));
  }
  const std::string folder = FolderOfLibtorchCpu();
  if (!folder.empty()) {
    candidates.push_back(absl::StrCat(folder, "/", kLibrary));
  }
  return candidates;
}

absl::StatusOr<CudaBackend> LoadCudaBackend(
    absl::string_view driver_library,
    const std::vector<std::string>& candidates) {
  CudaBackend backend;
  ASSIGN_OR_RETURN(backend.driver, QueryGpuDriver(driver_library));
  std::vector<std::string> reasons;
  for (const std::string& candidate : candidates) {
    // Global, because the backend's own libraries look its symbols up.
    void* handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (handle == nullptr) {
      reasons.push_back(dlerror());
      continue;
    }
    backend.library = PathOfLoaded(handle, candidate);
    if (!CudaIsRegistered()) {
      return absl::FailedPreconditionError(absl::StrCat(
          backend.library, " was loaded, but LibTorch ", TORCH_VERSION,
          " can use no GPU through it: is it of the same version, is the "
          "driver new enough (it runs CUDA up to ",
          backend.driver.cuda_version,
          "), does CUDA_VISIBLE_DEVICES hide the GPU?"));
    }
    return backend;
  }
  return absl::NotFoundError(
      absl::StrCat("there is a GPU (", backend.driver.gpus.front().name,
                   ") but LibTorch's CUDA half could not be loaded; ",
                   WhatToDo(), ". Tried: ", absl::StrJoin(reasons, "; ")));
}

const absl::StatusOr<CudaBackend>& ProcessCudaBackend() {
  static const auto& backend = *new absl::StatusOr<CudaBackend>(
      LoadCudaBackend(kNvidiaDriverLibrary, CudaLibraryCandidates()));
  return backend;
}

}  // namespace culturemert
