// The data sets that experiments know by name.
//
//   ASSIGN_OR_RETURN(const Dataset lyra,
//                    LoadDataset(files, data_root, "lyra"));
//   ASSIGN_OR_RETURN(const Corpus greek,
//                    LoadCorpus(files, data_root, "lyra"));
//
// A name is one of DatasetSources() (registry.h), whose files are in the folder
// of that name below the data root; or that of any other folder there that has
// a labels.csv; or "folder", for a labels.csv in the data root itself.

#ifndef CULTUREMERT_DATASETS_CATALOG_CATALOG_H_
#define CULTUREMERT_DATASETS_CATALOG_CATALOG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/corpus.h"
#include "datasets/catalog/dataset.h"
#include "datasets/catalog/facts.h"
#include "datasets/catalog/read_recordings.h"
#include "tools/base/files/files.h"

namespace culturemert {

// The facts and the folder behind a name. kNotFound for a name that is nothing
// of the above, with the names there are; kInvalidArgument for one that leads
// out of the data root.
struct NamedDataset {
  DatasetFacts facts;
  std::string folder;
  ReadFunction read = nullptr;
};
absl::StatusOr<NamedDataset> ResolveDataset(Files& files,
                                            absl::string_view data_root,
                                            absl::string_view name);

// The names of the folders with a labels.csv below the data root that bear no
// data set's name, sorted, and "folder" in the end if the data root has a
// labels.csv itself. Errors: those of Files::List.
absl::StatusOr<std::vector<std::string>> FindFolders(
    Files& files, absl::string_view data_root);

// An evaluation set with its tags and splits. Only metadata and directories are
// read. Errors, each naming data set and file:
//   kNotFound            metadata or (unless the options allow it) audio is
//                        missing; the message says what, where one asks for it,
//                        and which folder layout is expected
//   kInvalidArgument     metadata that break the rules of their format, an
//                        option that does not exist, a recording in two splits
//   kFailedPrecondition  the name is that of a corpus without tags
absl::StatusOr<Dataset> LoadDataset(Files& files, absl::string_view data_root,
                                    absl::string_view name,
                                    const DatasetOptions& options = {});

// Audio to pre-train on: the recordings of any data set that are not for
// testing. Other errors as LoadDataset.
absl::StatusOr<Corpus> LoadCorpus(Files& files, absl::string_view data_root,
                                  absl::string_view name,
                                  const CorpusOptions& corpus_options = {},
                                  const DatasetOptions& options = {});

// As LoadDataset, of a corpus too: its recordings are all for training and have
// no tags.
absl::StatusOr<Dataset> LoadAnyDataset(Files& files,
                                       absl::string_view data_root,
                                       absl::string_view name,
                                       const DatasetOptions& options = {});

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_CATALOG_H_
