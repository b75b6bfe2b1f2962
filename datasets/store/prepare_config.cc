#include "datasets/store/prepare_config.h"

#include <cstdint>

#include "tools/base/parallel/thread_pool.h"

namespace culturemert {

void ApplyConfig(const PrepareConfig& config, PrepareOptions& options) {
  constexpr double kBytesPerGib = 1 << 30;
  options.max_bad = config.max_bad;
  options.accept_truncated = config.accept_truncated;
  options.threads =
      config.threads == 0 ? ThreadPool::DefaultSize() : config.threads;
  options.max_memory_bytes =
      static_cast<std::uint64_t>(config.max_memory_gib * kBytesPerGib);
}

}  // namespace culturemert
