// Where LibTorch's exceptions end: inside these they become absl::Status.
//
//   return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
//     return at::matmul(a, b);
//   });

#ifndef CULTUREMERT_MODELS_TENSORS_TORCH_ERRORS_H_
#define CULTUREMERT_MODELS_TENSORS_TORCH_ERRORS_H_

#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace culturemert {
namespace torch_errors_internal {

// The exception being handled as a Status: kResourceExhausted where memory ran
// out, kInternal otherwise, with the first line of its message. To be called
// from a catch block.
absl::Status CurrentExceptionStatus();

}  // namespace torch_errors_internal

// What `work` returns (absl::Status or absl::StatusOr), or the exception that
// left it.
template <typename Work>
std::invoke_result_t<Work> CatchTorchErrors(Work&& work) {
  try {
    return work();
  } catch (...) {
    return torch_errors_internal::CurrentExceptionStatus();
  }
}

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_TENSORS_TORCH_ERRORS_H_
