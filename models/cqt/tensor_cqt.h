// The constant-Q transform by tables (cqt_tables.h) in LibTorch's operations:
// for GPUs, to which it makes no copies of audio or results and from which it
// makes none.

#ifndef CULTUREMERT_MODELS_CQT_TENSOR_CQT_H_
#define CULTUREMERT_MODELS_CQT_TENSOR_CQT_H_

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <vector>

#include "models/cqt/cqt_tables.h"

namespace culturemert {
namespace cqt_internal {

// The tables as tensors of T on one device.
struct CqtTableTensors {
  at::Tensor places;                       // int64 [spectrum_size]: q modulo N
  at::Tensor half_sample;                  // complex [spectrum_size]
  std::vector<at::Tensor> weights;         // a spectral bin: [folds, M]
  std::vector<at::Tensor> direct_kernels;  // a group: [taps, 2 kCorrelatedBins]
};

template <typename T>
CqtTableTensors UploadCqtTables(const CqtTables<T>& tables, c10::Device device);

// As FastCqt, on the device of `audio` and `tensors`.
template <typename T>
at::Tensor TensorCqt(const CqtTables<T>& tables, const CqtTableTensors& tensors,
                     const at::Tensor& audio);

}  // namespace cqt_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_TENSOR_CQT_H_
