// How much arithmetic an update is, for telling how well a machine is used.

#ifndef CULTUREMERT_EXPERIMENTS_TRAINING_STEP_FLOPS_H_
#define CULTUREMERT_EXPERIMENTS_TRAINING_STEP_FLOPS_H_

#include "experiments/training/training_config.h"
#include "models/mert/mert_config.h"

namespace culturemert {

// Floating-point operations of an update of the stage, two for each multiply
// and add of its convolutions and matrix products, forward and backward, over
// all processes. By the mathematics: gradients that the stage does not need are
// not counted, nor what is computed twice to save memory. Left out is what is
// below a hundredth of MERT-95M's step: norms, activations, dropout, the
// teacher, the optimiser.
double UpdateFlops(const MertConfig& model, const TrainingConfig& config,
                   const StageConfig& stage);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_TRAINING_STEP_FLOPS_H_
