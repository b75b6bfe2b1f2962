#include "experiments/study/base_paths.h"

#include "experiments/study/data_nodes.h"
#include "tools/base/files/paths.h"

namespace culturemert {

std::string BaseWeightsPath(const StudyContext& context,
                            const BaseConfig& config) {
  return config.weights == kShippedBase ? context.mini_folder
                                        : ResolveUserPath(config.weights);
}

std::string TokenizerPath(const StudyContext& context,
                          const BaseConfig& config) {
  return config.tokenizer == kBesideBase
             ? JoinPath(BaseWeightsPath(context, config), kTokenizerFileName)
             : ResolveUserPath(config.tokenizer);
}

}  // namespace culturemert
