// The discrete teacher of an experiment: EnCodec where its weights are given,
// else residual k-means fitted to audio of the experiment.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_TOKENIZER_CONFIG_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_TOKENIZER_CONFIG_H_

#include <cstdint>
#include <string>

#include "models/kmeans/frame_features.h"
#include "tools/base/config/schema.h"

namespace culturemert {

inline ConfigNames<FrameFeature> ConfigNamesOf(FrameFeature) {
  return {{FrameFeature::kLogMel, "log_mel"},
          {FrameFeature::kChroma, "chroma"},
          {FrameFeature::kCqt, "cqt"},
          {FrameFeature::kLogMelAndChroma, "log_mel+chroma"}};
}

struct KmeansConfig {
  FrameFeature feature = FrameFeature::kLogMelAndChroma;
  int books = 8;
  int codes = 64;
  int iterations = 20;
  std::uint64_t seed = 0;
  std::int64_t frames = 200000;

  static void Describe(ConfigSchema<KmeansConfig>& schema) {
    schema.Struct("KmeansConfig",
                  "Residual k-means of hand-made features of frames, 75 a "
                  "second: the tokenizer where no EnCodec weights are given.");
    schema.Field("feature", &KmeansConfig::feature, "What is clustered.");
    schema
        .Field("books", &KmeansConfig::books, "Codes a frame, coarse to fine.")
        .AtLeast(1)
        .AtMost(64);
    schema.Field("codes", &KmeansConfig::codes, "Clusters of a book.")
        .AtLeast(2)
        .AtMost(65536);
    schema
        .Field("iterations", &KmeansConfig::iterations,
               "Of Lloyd's algorithm for each book, at most.")
        .AtLeast(1)
        .AtMost(10000);
    schema.Field("seed", &KmeansConfig::seed, "Of the first centres.");
    schema
        .Field("frames", &KmeansConfig::frames,
               "How many frames it is fitted to, evenly from all training "
               "recordings.")
        .AtLeast(100)
        .AtMost(100000000);
  }
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_TOKENIZER_CONFIG_H_
