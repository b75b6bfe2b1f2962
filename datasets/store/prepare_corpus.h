// From audio files to a PCM store: decodes and resamples in parallel, commits
// in the order of the list, and goes on where it was stopped.
//
//   ASSIGN_OR_RETURN(const PrepareReport report,
//                    PrepareCorpus(files, sources, options));
//
// The store's bytes depend on the list and the libraries only, not on the
// number of threads, nor on where a run was killed or failed: when more files
// fail than allowed, nothing behind them is stored until they are repaired.
// (Only a file that was allowed to fail, and is good in a later run, comes
// behind those already stored.)
//
// First all files' headers are read; when more than allowed fail there, the run
// stops before it decodes anything.

#ifndef CULTUREMERT_DATASETS_STORE_PREPARE_CORPUS_H_
#define CULTUREMERT_DATASETS_STORE_PREPARE_CORPUS_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/store/pcm_store_writer.h"
#include "tools/base/console/console.h"
#include "tools/base/files/files.h"

namespace culturemert {

// A recording to be made of a file or of a part of one.
struct CorpusSource {
  std::string id;  // Unique in the list.
  std::string culture;
  std::string path;    // Of the audio file.
  std::string source;  // For the index; the path if empty.
  // The part: seconds in the file.
  double start_seconds = 0;
  double end_seconds = std::numeric_limits<double>::infinity();
};

struct PrepareOptions {
  std::string directory;  // Of the store.
  int threads = 1;
  // How many files may fail beside the known ones.
  std::int64_t max_bad = 0;
  // Ids whose files are known to be broken: they may fail.
  absl::flat_hash_set<std::string> known_bad;
  // See LoadOptions.
  bool accept_truncated = false;
  // Of decoded recordings that wait for their turn; a longer one waits alone.
  std::uint64_t max_memory_bytes = std::uint64_t{1} << 30;
  PcmStoreWriterOptions writer;
  // Where progress is shown.
  bool is_quiet = false;
  Console* console = &Console::Stderr();
};

struct FailedSource {
  std::string id;
  std::string path;
  absl::Status status;  // Names the path and the reason.
  bool is_known_bad = false;
};

struct PrepareReport {
  std::uint64_t recordings = 0;          // In the store now.
  double seconds = 0;                    // Of them together.
  std::uint64_t were_there = 0;          // Of them from an earlier run.
  std::vector<FailedSource> failures;    // In the order of the list.
  std::uint64_t clipped_samples = 0;     // In recordings of this run,
  std::uint64_t clipped_recordings = 0;  // so many of them.
  // What was repaired after a crash, and what a careful reader should know of
  // single files ("<id>: ..."), in the order of the list.
  std::vector<std::string> notes;
};

// A few lines for people: totals, notes, failures with their reasons.
std::string FormatPrepareReport(const PrepareReport& report);

// Makes the store, or completes it. Errors:
//   kInvalidArgument      an empty or repeated id, a part that ends before it
//                         starts, no threads
//   kResourceExhausted    the disk has less room than the recordings need, as
//                         estimated first by the files' headers
//   kFailedPrecondition   more files failed than allowed: the message lists
//                         them; what was made is kept, the store stays
//                         unfinished. Or the store holds other recordings.
//   others                of PcmStoreWriter and Files
absl::StatusOr<PrepareReport> PrepareCorpus(
    Files& files, absl::Span<const CorpusSource> sources,
    const PrepareOptions& options);

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_STORE_PREPARE_CORPUS_H_
