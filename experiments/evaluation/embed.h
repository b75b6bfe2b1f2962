// Embedding: every recording of a data set through an extractor, once, into a
// feature store.
//
//   MertFeatures features(*mert, weights_checksum);
//   RETURN_IF_ERROR(Embed(files, *store, ids, features, settings, directory));

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_EMBED_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_EMBED_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/store/pcm_store.h"
#include "experiments/evaluation/feature_extractor.h"
#include "experiments/evaluation/protocol.h"
#include "tools/base/console/console.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct EmbedSettings {
  ProtocolConfig protocol;
  // DatasetFacts::duration_cap_seconds.
  std::optional<double> duration_cap_seconds;
  // Windows of equal length that are computed together; at least 1. Changes
  // speed and memory only: features differ by less than 1e-6 of their size.
  std::int64_t batch_windows = 1;
  // Batches that are computed at a time, each on one thread; 1: one after the
  // other, on all of LibTorch's threads. Small models keep a processor busy
  // only in the former way. Changes features as little as batch_windows.
  int lanes = 1;
  // Whether to end, as a signal wants: kCancelled, and what is there is kept.
  std::function<bool()> should_stop = [] { return false; };
  // Shows how far it is, the rate and the time left.
  Console* console = &Console::Stderr();
  bool is_quiet = false;
};

// Writes the features of the recordings `ids` of `store`, in this order, into
// the feature store in `directory`; those that are in it already, from a run
// that was killed, are kept. A finished store is opened and nothing is done.
// kInvalidArgument, before anything is computed, that lists (the first ten, and
// how many more) ids that `store` lacks or that are given twice, and recordings
// that are too short for the extractor; kFailedPrecondition for a directory
// with features of another extractor, protocol or of other recordings; else the
// errors of the extractor, naming the recording, and of FeatureStoreWriter.
absl::Status Embed(Files& files, const PcmStore& store,
                   absl::Span<const std::string> ids,
                   const FeatureExtractor& extractor,
                   const EmbedSettings& settings, absl::string_view directory);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_EMBED_H_
