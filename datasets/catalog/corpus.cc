#include "datasets/catalog/corpus.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace culturemert {

Corpus MakeCorpus(const Dataset& dataset, const CorpusOptions& options) {
  Corpus corpus;
  corpus.name = dataset.facts.name;
  corpus.culture = dataset.facts.culture;
  corpus.folder = dataset.folder;
  corpus.transductive = options.transductive;
  for (const Recording& recording : dataset.recordings) {
    if (recording.split == Split::kTest && !options.transductive) {
      ++corpus.left_out_test_recordings;
      continue;
    }
    if (recording.split == Split::kValid && !options.with_validation) {
      ++corpus.left_out_valid_recordings;
      continue;
    }
    if (recording.split == Split::kTest) ++corpus.test_recordings;
    corpus.recordings.push_back(
        {recording.id, recording.culture, recording.clips});
  }
  return corpus;
}

namespace {

// "1 test recording", "2 test recordings".
std::string Count(std::size_t number, const char* noun) {
  return absl::StrCat(number, " ", noun, number == 1 ? "" : "s");
}

}  // namespace

std::string DescribeCorpus(const Corpus& corpus) {
  double seconds = 0;
  std::size_t unknown = 0;
  for (const CorpusRecording& recording : corpus.recordings) {
    const std::optional<double> duration = DurationSeconds(recording.clips);
    seconds += duration.value_or(0);
    if (!duration.has_value()) ++unknown;
  }
  std::string text = absl::StrCat(
      corpus.name, ": ", Count(corpus.recordings.size(), "recording"), ", ");
  if (unknown == 0) {
    absl::StrAppendFormat(&text, "%.2f h, ", seconds / 3600);
  } else if (unknown < corpus.recordings.size()) {
    absl::StrAppendFormat(&text, "%.2f h and %u of unknown duration, ",
                          seconds / 3600, unknown);
  }
  if (corpus.transductive) {
    absl::StrAppend(&text, "TRANSDUCTIVE: with ",
                    Count(corpus.test_recordings, "test recording"));
  } else {
    absl::StrAppend(&text, "without ",
                    Count(corpus.left_out_test_recordings, "test recording"));
  }
  if (corpus.left_out_valid_recordings > 0) {
    absl::StrAppend(
        &text, ", without ",
        Count(corpus.left_out_valid_recordings, "validation recording"));
  }
  return text;
}

}  // namespace culturemert
