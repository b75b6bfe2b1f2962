// The folder of records, <results>/records: one JSON file a run, and beside it
// a folder with its predictions.
//
//   multicultural_cpt-mini-20261122T195019Z-9f86d081.json
//   multicultural_cpt-mini-20261122T195019Z-9f86d081.predictions/
//     lyra/truth.csv
//     lyra/base/scores-seed-0.csv
//
// A name is the experiment, the profile, the time the run started and eight
// digits of the record's hash, and, should two runs agree in all of these, a
// number from 2 on. The record appears last, whole, and is never changed;
// predictions without a record are what a crash left.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_STORE_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "experiments/records/predictions.h"
#include "experiments/records/record.h"
#include "tools/base/files/files.h"

namespace culturemert {

// A record and where it was read or written.
struct StoredRecord {
  std::string path;
  std::string predictions_directory;  // Below it lie PredictionFile::path.
  Record record;
};

// Adds a record to the folder, which is made if it is missing, and lists the
// predictions in it. `record` has a timing, this program's conformance number,
// and no predictions yet; each of `predictions` fits its dataset's tags and
// test recordings. kInvalidArgument, naming the field, if not, or for what
// CheckRecord and the tables of predictions.h refuse; the errors of Files
// otherwise. After an error there is no record; one whose folder alone could
// not be synced is the exception, as in AtomicWriter::Commit. Several processes
// may write at once.
absl::StatusOr<StoredRecord> WriteRecord(
    Files& files, absl::string_view directory, Record record,
    absl::Span<const DatasetPredictions> predictions);

enum class RecordProblemKind {
  kUnreadable,   // The file system refused.
  kDamaged,      // Cut off, changed, or against the rules of its version.
  kSchema,       // Of another schema version.
  kConformance,  // Of another conformance number.
};

// A file that was passed over.
struct RecordProblem {
  std::string path;
  RecordProblemKind kind = RecordProblemKind::kDamaged;
  std::string message;  // Names the path, the reason and what to do.
};

struct RecordList {
  std::vector<StoredRecord> records;    // By their files' names.
  std::vector<RecordProblem> problems;  // The same.
};

// All records (*.json) of the folder, whatever state each is in, read by as
// many threads as there are processors. An error only if the folder cannot be
// listed (kNotFound if there is none) or the system gives no threads.
absl::StatusOr<RecordList> ReadRecords(Files& files,
                                       absl::string_view directory);

// The record of one file: the errors of Files::Map and ParseRecord, and
// kFailedPrecondition if it is of another conformance number.
absl::StatusOr<StoredRecord> ReadRecord(Files& files, absl::string_view path);

// Removes the predictions, locks and temporaries of writers that died before
// their record was there; those of living writers stay. Returns how many
// folders of predictions it removed.
absl::StatusOr<int> RemoveUnfinishedRecords(Files& files,
                                            absl::string_view directory);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_RECORD_STORE_H_
