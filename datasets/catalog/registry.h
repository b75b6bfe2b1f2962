// The list that data sets enter, each from a file of its own:
//
//   const bool registered = RegisterDataset({Facts(), &Read});
//
// Whoever loads data sets wants catalog.h.

#ifndef CULTUREMERT_DATASETS_CATALOG_REGISTRY_H_
#define CULTUREMERT_DATASETS_CATALOG_REGISTRY_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "datasets/catalog/facts.h"
#include "datasets/catalog/read_recordings.h"

namespace culturemert {

struct DatasetSource {
  DatasetFacts facts;
  ReadFunction read = nullptr;
};

// Any folder with a labels.csv; stands in the list as one data set.
inline constexpr absl::string_view kFolderName = "folder";
inline constexpr absl::string_view kLabelsFile = "labels.csv";

// Adds a data set; true. A name registered twice ends the program.
bool RegisterDataset(DatasetSource source);

// All data sets, by name.
absl::Span<const DatasetSource> DatasetSources();

// Null where there is none of that name.
const DatasetSource* FindDatasetSource(absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_REGISTRY_H_
