// Rendered music as a prepared set: what the mini study is made of.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_RENDER_SET_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_RENDER_SET_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/actions/prepared_set.h"
#include "tools/base/config/schema.h"
#include "tools/base/console/console.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Which rendered corpus, and how much of it (datasets/synthesis/README.md).
struct RenderConfig {
  std::string corpus = "makam";
  std::uint64_t seed = 0;
  double clip_seconds = 8;
  std::int64_t train = 400;
  std::int64_t valid = 100;
  std::int64_t test = 300;

  static void Describe(ConfigSchema<RenderConfig>& schema);
};

struct RenderSetOptions {
  int threads = 1;  // The result does not depend on it.
  std::function<bool()> should_stop = [] { return false; };
  bool is_quiet = false;
  Console* console = &Console::Stderr();
};

// Renders into `folder`, which is made if missing; goes on where an earlier
// call was stopped. kCancelled when asked to stop; else errors of
// CorpusRenderer, PcmStoreWriter and Files.
absl::StatusOr<PreparedSet> RenderSet(Files& files, absl::string_view folder,
                                      const RenderConfig& config,
                                      const RenderSetOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_RENDER_SET_H_
