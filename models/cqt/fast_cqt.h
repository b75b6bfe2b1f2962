// The constant-Q transform by tables (cqt_tables.h) on the CPU.

#ifndef CULTUREMERT_MODELS_CQT_FAST_CQT_H_
#define CULTUREMERT_MODELS_CQT_FAST_CQT_H_

#include <ATen/core/Tensor.h>

#include "models/cqt/cqt_tables.h"

namespace culturemert {
namespace cqt_internal {

// `audio`: contiguous [B, samples] of type T on the CPU. Returns contiguous
// [B, frames, bins] of type T. Throws LibTorch's exceptions. Values depend
// neither on the number of threads nor on the other rows. Beside the result and
// the audio it holds the spectra of at most 16 blocks, however long the audio
// is: 16 MiB at MERT's settings in float32.
template <typename T>
at::Tensor FastCqt(const CqtTables<T>& tables, const at::Tensor& audio);

}  // namespace cqt_internal
}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_FAST_CQT_H_
