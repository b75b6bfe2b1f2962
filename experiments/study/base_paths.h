// Where a study's base model and tokenizer are.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_BASE_PATHS_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_BASE_PATHS_H_

#include <string>

#include "experiments/study/experiment_config.h"
#include "experiments/study/study_context.h"

namespace culturemert {

// Values of BaseConfig that are no path.
inline constexpr char kShippedBase[] = "mini";     // weights
inline constexpr char kRandomBase[] = "random";    // weights
inline constexpr char kBesideBase[] = "base";      // tokenizer
inline constexpr char kFittedTokenizer[] = "fit";  // tokenizer

// Of weights that are not random.
std::string BaseWeightsPath(const StudyContext& context,
                            const BaseConfig& config);

// Of a tokenizer that is not fitted.
std::string TokenizerPath(const StudyContext& context,
                          const BaseConfig& config);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_BASE_PATHS_H_
