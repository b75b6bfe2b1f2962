// The training whose loss curve is in the tree: the tiny model on four rendered
// recordings, 200 updates: a front-end warm-up, then CultureMERT's two stages.
//
// The codes are in the tree too: k-means takes other decisions on other
// processors, and a curve of other targets would say nothing.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_TRAINING_RENDERED_TRAINING_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_TRAINING_RENDERED_TRAINING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/experiments/training/tiny_training.h"

namespace culturemert {

// Their names in tests/experiments/training/golden/.
inline constexpr char kGoldenCodesName[] = "codes.txt";
inline constexpr char kGoldenCurveName[] = "loss_curve.csv";

// Renders the recordings, without codes.
absl::StatusOr<TinyCorpus> RenderCorpus();

// Fits a tokenizer to the recordings and encodes them.
absl::Status TokenizeCorpus(TinyCorpus& corpus);

// A line with the checksum of the audio, then one for each recording and book:
// a hexadecimal digit a frame.
std::string FormatCodes(const TinyCorpus& corpus);

// Sets the corpus' codes. kFailedPrecondition where its audio is not that of
// the codes: another libfluidsynth has rendered it.
absl::Status ParseCodes(absl::string_view text, TinyCorpus& corpus);

struct LossOfUpdate {
  std::string stage;
  double loss = 0;
};

// Trains; a loss for each update.
absl::StatusOr<std::vector<LossOfUpdate>> TrainOn(TinyCorpus corpus);

// "update,stage,loss" and a line for each update.
std::string FormatLossCurve(const std::vector<LossOfUpdate>& curve);
absl::StatusOr<std::vector<LossOfUpdate>> ParseLossCurve(
    absl::string_view text);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_TRAINING_RENDERED_TRAINING_H_
