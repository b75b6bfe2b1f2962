// Which models threads cannot share.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_MODEL_WIDTH_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_MODEL_WIDTH_H_

#include <cstdint>
#include <vector>

#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

// Whether the operations of a model of this hidden size are too short for
// threads to share them: two take longer than one. Such a model trains on one
// thread, embeds a short batch on each, and several of them, one a process
// (study_workers.h), keep a machine busy. The border, 512, lies between the
// mini model's 192 and MERT-95M's 768.
bool IsNarrow(std::int64_t hidden_size);

// Whether the studies make or use encoders, and all of them are narrow. False
// where the shape of one is not known (StudyCosts::ShapeOf): weights without a
// config.json are more likely MERT's than small. Rows that are no encoder do
// not count.
bool HaveOnlyNarrowModels(const StudyContext& context,
                          const std::vector<const ExperimentConfig*>& studies);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_MODEL_WIDTH_H_
