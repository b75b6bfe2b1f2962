// The codes of a prepared set's clips.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_TOKENIZE_SET_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_TOKENIZE_SET_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "datasets/store/pcm_store.h"
#include "models/tokenizer/tokenizer.h"
#include "tools/base/console/console.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct TokenizeSetOptions {
  // The ids of the clips to take; nothing: all.
  std::optional<absl::flat_hash_set<std::string>> only;
  std::string label;  // For progress: the set's name.
  int threads = 1;    // Clips worked on at a time; codes do not depend on it.
  std::function<bool()> should_stop = [] { return false; };
  bool is_quiet = false;
  Console* console = &Console::Stderr();
};

// Writes a code store (datasets/codes) into `folder`, in the order of `store`,
// with its ids; goes on where an earlier call was stopped. kCancelled when
// asked to stop; else errors of the tokenizer, naming the clip, and of
// CodeStoreWriter.
absl::Status TokenizeSet(Files& files, const PcmStore& store,
                         const Tokenizer& tokenizer, absl::string_view folder,
                         const TokenizeSetOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_TOKENIZE_SET_H_
