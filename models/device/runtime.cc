#include "models/device/runtime.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <re2/re2.h>
#include <torch/headeronly/version.h>

#include <string>

namespace culturemert {

TorchRuntime QueryTorchRuntime() {
  TorchRuntime runtime;
  runtime.built_against = TORCH_VERSION;
  if (!RE2::PartialMatch(at::show_config(), R"(TORCH_VERSION=([0-9.]+))",
                         &runtime.loaded)) {
    runtime.loaded = "unknown";
  }
  runtime.cpu_capability = at::get_cpu_capability();
  if (!RE2::PartialMatch(at::get_mkl_version(), R"(Version ([0-9.]+))",
                         &runtime.blas)) {
    runtime.blas = "none";
  }
  runtime.threads = at::get_num_threads();
  return runtime;
}

}  // namespace culturemert
