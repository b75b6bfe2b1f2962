// The model of a pre-training case (loss, steps): encoder and heads from the
// case's folder, in float32 or float64, without dropout.

#ifndef CULTUREMERT_TESTS_PARITY_PRETRAINING_CASE_H_
#define CULTUREMERT_TESTS_PARITY_PRETRAINING_CASE_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "models/mert/mert.h"
#include "models/pretraining/pretraining_heads.h"
#include "models/pretraining/pretraining_loss.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

class PretrainingCase {
 public:
  // Reads case.json and model.safetensors; what cannot be read ends the
  // program. With `special_rows` the codes of a book are preceded by that many
  // label rows in the file, which are kept as codes if `keep_special_rows`.
  PretrainingCase(const std::string& folder, c10::ScalarType dtype,
                  std::int64_t special_rows, bool keep_special_rows);

  // Encoder and heads; all require gradients.
  const NamedTensors& parameters() const { return parameters_; }

  // The loss of a batch: `audio` [B, samples] with what `targets` say of it.
  PretrainingLoss Loss(const at::Tensor& audio,
                       const PretrainingTargets& targets) const;

 private:
  c10::ScalarType dtype_;
  std::unique_ptr<Mert> encoder_;
  std::unique_ptr<PretrainingHeads> heads_;
  NamedTensors parameters_;
};

// The tensors of a safetensors file.
NamedTensors ReadSafetensors(absl::string_view path);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_PARITY_PRETRAINING_CASE_H_
