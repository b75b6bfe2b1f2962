// Figures that others have published, as data with their sources:
// published_results.csv, compiled in. What a source does not say is not in it
// and is shown as "not found".

#ifndef CULTUREMERT_REPORTS_PUBLISHED_PUBLISHED_RESULTS_H_
#define CULTUREMERT_REPORTS_PUBLISHED_PUBLISHED_RESULTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

// How sure it is that the source says so.
enum class Confidence {
  kRead,        // Seen in the source itself or an exact mirror of it.
  kSecondHand,  // Somebody else's account of the source.
};

struct PublishedFigure {
  std::string table;    // "culturemert_roc_ap" …
  std::string model;    // As the source says: "MERT-v1-95M".
  std::string dataset;  // The same: "Turkish-makam".
  std::string metric;   // The same: "ROC-AUC".
  double value = 0;     // In `unit`.
  std::string unit;     // "percent", "points", "hours", "count", "scalar".
  std::string source;
  Confidence confidence = Confidence::kRead;
};

class PublishedResults {
 public:
  // What is compiled in; never destroyed.
  static const PublishedResults& Get();

  // From the text of such a file. kInvalidArgument, naming the file, the line
  // and what was expected, for what is no such table, values that are not
  // finite numbers, and figures that stand twice.
  static absl::StatusOr<PublishedResults> Parse(absl::string_view text,
                                                absl::string_view file);

  const std::vector<PublishedFigure>& figures() const { return figures_; }

  // Null where no source was found.
  const PublishedFigure* Find(absl::string_view table, absl::string_view model,
                              absl::string_view dataset,
                              absl::string_view metric) const;

  // Models of a table, in its order.
  std::vector<std::string> Models(absl::string_view table) const;

 private:
  std::vector<PublishedFigure> figures_;
};

// The published name of a model of ours ("base" → "MERT-v1-95M") or a dataset
// of ours ("makam" → "Turkish-makam"); empty if it has none.
absl::string_view PublishedModelName(absl::string_view label);
absl::string_view PublishedDatasetName(absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_PUBLISHED_PUBLISHED_RESULTS_H_
