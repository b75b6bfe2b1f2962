// CCML's lists of ids, which say which recordings of FMA-medium and of the
// Dunya collections are for training, validation and testing
// (github.com/pxaris/ccml: data/*/split).
//
// Either one table `split.csv` with the columns "id" and "split" ("train",
// "valid" or "test"; further columns are ignored), or one list for each split
// in the folder `split`: train.npy, valid.npy and test.npy as CCML distributes
// them, or .txt files with one id a line.

#ifndef CULTUREMERT_DATASETS_CATALOG_ID_LISTS_H_
#define CULTUREMERT_DATASETS_CATALOG_ID_LISTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/split.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct ListedId {
  std::string id;
  Split split = Split::kTrain;
  std::string place;  // "split.csv:17" or "split/train.npy: element 15".
};

// Parses the text of a split.csv, in the file's order. Ids repeat where the
// file repeats them. kInvalidArgument, with file and line.
absl::StatusOr<std::vector<ListedId>> ParseIdTable(std::string text,
                                                   absl::string_view source);

// Reads the lists below `folder`: split.csv if it is there, else those in
// split/. kNotFound, naming both forms, where neither is complete; each id must
// match `pattern` in full (kInvalidArgument, with its place), and be listed
// once (kInvalidArgument, with both places).
absl::StatusOr<std::vector<ListedId>> ReadIdLists(Files& files,
                                                  absl::string_view folder,
                                                  absl::string_view pattern);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_ID_LISTS_H_
