// Features that another program made: a folder of NumPy arrays becomes a
// feature store, and is then probed like any other.

#ifndef CULTUREMERT_EXPERIMENTS_EVALUATION_EXTERNAL_FEATURES_H_
#define CULTUREMERT_EXPERIMENTS_EVALUATION_EXTERNAL_FEATURES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/base/config/schema.h"
#include "tools/base/files/files.h"

namespace culturemert {

// What the first of an array's two dimensions is.
enum class ExternalRows {
  kStates,  // [states, D]: the array of a recording, averaged over time.
  kFrames,  // [T, D]: the frames of an encoder without layers.
};
inline ConfigNames<ExternalRows> ConfigNamesOf(ExternalRows) {
  return {{ExternalRows::kStates, "states"}, {ExternalRows::kFrames, "frames"}};
}

struct ExternalFeatures {
  std::string folder;
  // What records and tables call the encoder.
  std::string name;
  ExternalRows rows = ExternalRows::kStates;

  static void Describe(ConfigSchema<ExternalFeatures>& schema);
};

// Writes the features of the recordings `ids`, in this order, into the feature
// store in `directory`, one window each. That of recording `id` is in the file
// `<id>.npy` below the folder; where the id has a "/", the file lies in a
// folder. Files of another ending, and those whose name starts with ".", are
// not looked at. An array is float16, float32 or float64, of one of the shapes
//   [states, T, D]  averaged over T, in float64
//   [states, D]     with rows = kStates
//   [T, D]          with rows = kFrames; averaged, one state
// and all give equally many states of one size D.
//
// kInvalidArgument that lists (the first ten, and how many more) ids without a
// file, files without an id, arrays of another shape or type, and arrays whose
// states or size differ from most others'; else file errors and those of
// FeatureStoreWriter. The protocol of the store says that it is not known.
absl::Status ImportExternalFeatures(Files& files,
                                    const ExternalFeatures& external,
                                    absl::Span<const std::string> ids,
                                    absl::string_view directory);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_EVALUATION_EXTERNAL_FEATURES_H_
