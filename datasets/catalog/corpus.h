// Audio to pre-train on, for which no tags are needed.

#ifndef CULTUREMERT_DATASETS_CATALOG_CORPUS_H_
#define CULTUREMERT_DATASETS_CATALOG_CORPUS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "datasets/catalog/dataset.h"

namespace culturemert {

struct CorpusOptions {
  // Takes the test recordings too: their audio, never their tags. The paper may
  // have done so; results on the same data set then no longer show what the
  // model does on music it has not heard.
  bool transductive = false;
  bool with_validation = true;
};

struct CorpusRecording {
  std::string id;
  std::string culture;
  std::vector<AudioClip> clips;  // Whole: the caps of evaluation do not apply.
};

struct Corpus {
  std::string name;
  std::string culture;
  std::string folder;  // Clips' paths start here.
  std::vector<CorpusRecording> recordings;
  // Whether test recordings were asked for; for the experiment's record.
  bool transductive = false;
  std::size_t test_recordings = 0;           // In `recordings`.
  std::size_t left_out_test_recordings = 0;  // 0 if transductive.
  std::size_t left_out_valid_recordings = 0;
};

// The training part of a data set, as audio. Without `transductive`, no
// recording that shares a group with a test recording is in it: loading has
// refused data sets where a group stands in two splits.
Corpus MakeCorpus(const Dataset& dataset, const CorpusOptions& options = {});

// One line for records and logs: how many recordings and hours, and whether
// test recordings are among them.
std::string DescribeCorpus(const Corpus& corpus);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_CORPUS_H_
