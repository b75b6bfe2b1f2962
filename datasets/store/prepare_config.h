// How audio is prepared, as a part of a configuration:
// `--set prepare.max_bad=3`.

#ifndef CULTUREMERT_DATASETS_STORE_PREPARE_CONFIG_H_
#define CULTUREMERT_DATASETS_STORE_PREPARE_CONFIG_H_

#include <cstdint>

#include "datasets/store/prepare_corpus.h"
#include "tools/base/config/schema.h"

namespace culturemert {

struct PrepareConfig {
  std::int64_t max_bad = 0;
  bool accept_truncated = false;
  int threads = 0;
  double max_memory_gib = 1;

  static void Describe(ConfigSchema<PrepareConfig>& schema) {
    schema.Struct("PrepareConfig", "How audio files become a PCM store.");
    schema
        .Field("max_bad", &PrepareConfig::max_bad,
               "How many files may fail beside those known to be broken; they "
               "are listed and left out.")
        .AtLeast(0);
    schema.Field("accept_truncated", &PrepareConfig::accept_truncated,
                 "Whether a file that holds less than it announces is taken "
                 "for what it holds.");
    schema
        .Field("threads", &PrepareConfig::threads,
               "Threads that decode; 0: one a processor. The store does not "
               "depend on it.")
        .AtLeast(0)
        .AtMost(1024);
    schema
        .Field("max_memory_gib", &PrepareConfig::max_memory_gib,
               "Of decoded recordings that wait for their turn.")
        .Unit("GiB")
        .AtLeast(0.01)
        .AtMost(1024);
  }
};

// Those of `options` that the configuration decides.
void ApplyConfig(const PrepareConfig& config, PrepareOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_STORE_PREPARE_CONFIG_H_
