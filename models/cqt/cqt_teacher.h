// The constant-Q spectrum of audio: what MERT's second pre-training head
// predicts at masked frames.
//
//   ASSIGN_OR_RETURN(const auto teacher, CqtTeacher::Create(CqtOptions()));
//   ASSIGN_OR_RETURN(const at::Tensor targets, teacher->Magnitudes(audio));
//
// The transform is nnAudio's CQT1992v2, defined in cqt_kernels.h, computed by
// exact decimation in the frequency domain as cqt_tables.h explains; DirectCqt
// (direct_cqt.h) is the same by its definition.

#ifndef CULTUREMERT_MODELS_CQT_CQT_TEACHER_H_
#define CULTUREMERT_MODELS_CQT_CQT_TEACHER_H_

#include <ATen/core/Tensor.h>

#include <memory>

#include "absl/status/statusor.h"
#include "models/cqt/cqt_options.h"

namespace culturemert {

// Safe to use from several threads at once.
class CqtTeacher {
 public:
  // Computes the tables for float32 (some tenths of a second, 20 MiB at MERT's
  // settings); those for float64 and for GPUs follow when first used. Errors:
  // those of CheckCqtOptions, and kResourceExhausted where the tables had more
  // than 2^27 numbers.
  static absl::StatusOr<std::unique_ptr<CqtTeacher>> Create(
      const CqtOptions& options);

  virtual ~CqtTeacher() = default;

  // `audio`: float32 or float64 [B, samples], at least one sample, of the
  // options' rate. Returns magnitudes [B, CqtFrames(samples), bins] of the same
  // type on the same device, contiguous: linear, not normalised, exactly 0 for
  // silence. A sine of amplitude 1 at a bin's frequency gives 0.5 sqrt(l) for
  // that bin's kernel of l samples, 112 at the bottom and 10 at the top.
  // Kernels reach up to a second over the audio's ends, where they see silence:
  // low bins fade there.
  //
  // Within 1e-6 of the largest magnitude from the definition (3e-8 in float64),
  // if the audio has energy in the bins' range. Does not depend on the number
  // of threads nor, on the CPU, on the other rows. Long audio is worked on in
  // blocks of seconds. Records no gradient.
  // kInvalidArgument: another shape or type, or samples that are not finite.
  virtual absl::StatusOr<at::Tensor> Magnitudes(
      const at::Tensor& audio) const = 0;

  // The same in the operations that GPUs use, wherever the audio is: for
  // comparisons on the CPU.
  virtual absl::StatusOr<at::Tensor> MagnitudesByTensorOperations(
      const at::Tensor& audio) const = 0;

  virtual const CqtOptions& options() const = 0;

 protected:
  CqtTeacher() = default;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_CQT_CQT_TEACHER_H_
