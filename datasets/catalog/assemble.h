// From recordings as the metadata list them to a data set: the rules that all
// data sets share.

#ifndef CULTUREMERT_DATASETS_CATALOG_ASSEMBLE_H_
#define CULTUREMERT_DATASETS_CATALOG_ASSEMBLE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "datasets/catalog/dataset.h"
#include "datasets/catalog/read_recordings.h"

namespace culturemert {

// kInvalidArgument, naming the option, for a variant the data set does not
// have, a seed of more than 32 bits, and fractions outside [0, 1]. An empty
// variant becomes the default one.
absl::StatusOr<DatasetOptions> CheckOptions(const DatasetFacts& facts,
                                            DatasetOptions options);

// Chooses the tags by the facts' rule, the top ones always from the training
// split and from all its recordings, whether their audio is there or not;
// drops labels outside them (a recording left with none stays); treats missing
// files as the options say.
//
// Errors: kInvalidArgument for no recordings at all, for a recording listed
// twice and for a group that stands in two splits, both named; kNotFound for
// missing files where the options refuse them, and where none of the audio is
// there unless they keep it.
absl::StatusOr<Dataset> AssembleDataset(const ReadRequest& request,
                                        RecordingList list);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_CATALOG_ASSEMBLE_H_
