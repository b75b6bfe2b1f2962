// What stands on top of MERT's encoder in pre-training and nowhere else: the
// projections to the codebooks, the codes' embeddings and the CQT head
// (mert_model.py, github.com/yizhilll/MERT). pretraining_loss.h computes with
// them.

#ifndef CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_HEADS_H_
#define CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_HEADS_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/mert/mert_config.h"
#include "models/pretraining/pretraining_head_tensors.h"
#include "models/tensors/named_tensors.h"

namespace culturemert {

class PretrainingHeads {
 public:
  // `tensors` are those of PretrainingHeadTensors, of one floating-point type
  // on one device; their storage is shared, so that what an optimiser writes
  // into them is what the next loss is computed with. kInvalidArgument for a
  // bad configuration or tensors that do not fit it.
  static absl::StatusOr<std::unique_ptr<PretrainingHeads>> Create(
      const MertConfig& config, NamedTensors tensors);

  // Fresh float32 weights on the CPU, initialised as the original does: label
  // embeddings uniform in [0, 1), weights and biases of the two linear maps
  // uniform in +-1/sqrt(D) (torch.nn.Linear's own). A pure function of `seed`.
  static absl::StatusOr<std::unique_ptr<PretrainingHeads>> CreateRandom(
      const MertConfig& config, std::uint64_t seed);

  PretrainingHeads(const PretrainingHeads&) = delete;
  PretrainingHeads& operator=(const PretrainingHeads&) = delete;

  const MertConfig& config() const { return config_; }

  // By the names of PretrainingHeadTensors. Setting requires_grad on them is
  // what makes them trainable.
  const NamedTensors& parameters() const { return parameters_; }

  // Replaces the parameters by copies on `device` in `dtype` (kFloat, kDouble
  // or kBFloat16); they share storage with the old ones where nothing changes.
  // requires_grad has to be set again.
  absl::Status To(c10::Device device, c10::ScalarType dtype);

 private:
  PretrainingHeads(const MertConfig& config, NamedTensors parameters);

  const MertConfig config_;
  NamedTensors parameters_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_PRETRAINING_PRETRAINING_HEADS_H_
