// What this program computes with: versions and settings of LibTorch.

#ifndef CULTUREMERT_MODELS_DEVICE_RUNTIME_H_
#define CULTUREMERT_MODELS_DEVICE_RUNTIME_H_

#include <string>

namespace culturemert {

struct TorchRuntime {
  std::string built_against;   // Version of the headers, "2.11.0".
  std::string loaded;          // Version the loaded library states of itself.
  std::string cpu_capability;  // Widest kernels in use: "AVX2", "AVX512" ...
  std::string blas;            // MKL's version, or "none".
  int threads = 0;             // Threads one operation may use.
};

TorchRuntime QueryTorchRuntime();

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_DEVICE_RUNTIME_H_
