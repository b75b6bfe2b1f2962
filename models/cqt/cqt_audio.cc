#include "models/cqt/cqt_audio.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/isfinite.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace culturemert {

absl::Status CheckCqtAudio(const at::Tensor& audio) {
  if (!audio.defined()) {
    return absl::InvalidArgumentError("audio for the CQT is no tensor");
  }
  if (audio.dim() != 2 || audio.size(1) < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "audio for the CQT has shape [", absl::StrJoin(audio.sizes(), ", "),
        "]; expected [B, samples] with at least one sample"));
  }
  if (audio.scalar_type() != at::kFloat && audio.scalar_type() != at::kDouble) {
    return absl::InvalidArgumentError(absl::StrCat(
        "audio for the CQT has type ", c10::toString(audio.scalar_type()),
        "; expected Float or Double; convert it first"));
  }
  const at::Tensor is_finite = at::isfinite(audio).all(1);  // [B]
  if (is_finite.all().item<bool>()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "row ", is_finite.logical_not().nonzero()[0].item<std::int64_t>(),
      " of the audio for the CQT has samples that are not finite; look for "
      "damage in the file it came from"));
}

}  // namespace culturemert
