// The features of a prepared set's recordings: what is probed.

#ifndef CULTUREMERT_EXPERIMENTS_ACTIONS_EMBED_SET_H_
#define CULTUREMERT_EXPERIMENTS_ACTIONS_EMBED_SET_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "experiments/actions/prepared_set.h"
#include "experiments/evaluation/embed.h"
#include "experiments/evaluation/feature_extractor.h"
#include "experiments/evaluation/feature_store.h"
#include "experiments/evaluation/probe_data.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Embeds every clip of every recording of the set in `set_folder` into a
// feature store in `folder`, recording by recording; the cap on durations is
// the set's, and counts for each clip. Goes on where an earlier call was
// stopped. Errors: those of Embed and of the set.
absl::Status EmbedSet(Files& files, absl::string_view set_folder,
                      const FeatureExtractor& extractor, EmbedSettings settings,
                      absl::string_view folder);

// Features with the set's tags and splits; the result looks into `features`,
// which are those of EmbedSet, where the windows of a recording are those of
// all its clips, or of ImportExternalFeatures, one a recording. kDataLoss where
// they are neither.
absl::StatusOr<ProbeData> JoinFeatures(const PreparedSet& set,
                                       const FeatureStore& features);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_ACTIONS_EMBED_SET_H_
