#include "experiments/records/record_store.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "experiments/records/record_check.h"
#include "experiments/records/record_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr char kRecordSuffix[] = ".json";
constexpr char kPredictionsSuffix[] = ".predictions";
constexpr char kLockSuffix[] = ".lock";

struct PredictionText {
  PredictionFile file;
  std::string text;
};

absl::StatusOr<bool> IsThere(Files& files, const std::string& path) {
  const absl::StatusOr<FileInfo> info = files.Info(path);
  if (!info.ok() && !absl::IsNotFound(info.status())) return info.status();
  return info.ok();
}

PredictionText MakeFile(const std::string& dataset, const std::string& model,
                        std::optional<std::uint64_t> seed, std::string text) {
  PredictionText prediction;
  prediction.file.dataset = dataset;
  prediction.file.model = model;
  prediction.file.seed = seed;
  prediction.file.path = PredictionPath(dataset, model, seed);
  prediction.file.checksum = HashBytes(text);
  prediction.text = std::move(text);
  return prediction;
}

absl::Status CheckFits(const Record& record,
                       const DatasetPredictions& predictions) {
  for (const DatasetRecord& dataset : record.datasets) {
    if (dataset.name != predictions.dataset) continue;
    if (predictions.truth.tags != dataset.tags) {
      return absl::InvalidArgumentError("has other tags than the record");
    }
    if (predictions.truth.ids.size() != dataset.test_recordings) {
      return absl::InvalidArgumentError(absl::StrCat(
          "has ", predictions.truth.ids.size(), " recordings, expected the ",
          dataset.test_recordings, " of the test split"));
    }
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("is of a dataset not in the record");
}

// Adds the files of one dataset to `texts`.
absl::Status AddTexts(const Record& record,
                      const DatasetPredictions& predictions,
                      std::vector<PredictionText>* texts) {
  RETURN_IF_ERROR(CheckFits(record, predictions));
  const TruthTable& truth = predictions.truth;
  ASSIGN_OR_RETURN(std::string text, FormatTruth(truth));
  texts->push_back(
      MakeFile(predictions.dataset, "", std::nullopt, std::move(text)));
  for (const DatasetPredictions::Scores& scores : predictions.scores) {
    absl::StatusOr<std::string> table =
        FormatScores(truth.ids, truth.tags, scores.values);
    RETURN_IF_ERROR(Annotate(table.status(), scores.model));
    texts->push_back(MakeFile(predictions.dataset, scores.model, scores.seed,
                              *std::move(table)));
  }
  return absl::OkStatus();
}

absl::Status WritePredictions(Files& files, const std::string& directory,
                              const std::vector<PredictionText>& predictions) {
  for (const PredictionText& prediction : predictions) {
    const std::string path = JoinPath(directory, prediction.file.path);
    RETURN_IF_ERROR(files.CreateDirectories(Dirname(path)));
    RETURN_IF_ERROR(files.WriteAtomically(path, prediction.text));
  }
  return absl::OkStatus();
}

// Writes both under names that only this process has.
absl::Status WriteFiles(Files& files, const std::string& path,
                        const std::string& text,
                        const std::string& predictions_directory,
                        const std::vector<PredictionText>& predictions) {
  // A crashed writer's, as no record is there and the lock is held.
  RETURN_IF_ERROR(files.RemoveTree(predictions_directory));
  absl::Status status =
      WritePredictions(files, predictions_directory, predictions);
  if (status.ok()) status = files.WriteAtomically(path, text);
  if (status.ok()) return status;
  const absl::StatusOr<bool> there = IsThere(files, path);
  if (there.ok() && !*there) {
    // The first error is the one to report.
    files.RemoveTree(predictions_directory).IgnoreError();
  }
  return status;
}

// "20261122T195019Z"
std::string CompactTime(absl::string_view time) {
  return absl::StrReplaceAll(time, {{"-", ""}, {":", ""}});
}

absl::Status CheckNew(const Record& record) {
  if (!record.timing.has_value()) {
    return absl::InvalidArgumentError("timing: is missing");
  }
  if (record.conformance != kConformance) {
    return absl::InvalidArgumentError(
        absl::StrCat("conformance: found ", record.conformance,
                     ", this program has ", kConformance));
  }
  if (!record.predictions.empty()) {
    return absl::InvalidArgumentError(
        "predictions: are listed when they are written, expected none");
  }
  return absl::OkStatus();
}

// Whether the name was free; then the record is written or an error returned.
absl::StatusOr<bool> TryToWrite(Files& files, const std::string& stem,
                                const std::string& text,
                                const std::vector<PredictionText>& texts) {
  const std::string path = stem + kRecordSuffix;
  const auto lock = files.Lock(stem + kLockSuffix);
  if (absl::IsUnavailable(lock.status())) return false;
  RETURN_IF_ERROR(lock);
  ASSIGN_OR_RETURN(const bool taken, IsThere(files, path));
  if (taken) return false;
  RETURN_IF_ERROR(
      WriteFiles(files, path, text, stem + kPredictionsSuffix, texts));
  return true;
}

absl::string_view TextOf(const MappedFile& file) {
  return absl::string_view(reinterpret_cast<const char*>(file.bytes().data()),
                           file.bytes().size());
}

absl::Status CheckConformance(const Record& record, absl::string_view path) {
  if (record.conformance == kConformance) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      path, ": the record has the conformance number ", record.conformance,
      ", this program has ", kConformance,
      ": their results cannot be compared; run the experiment again"));
}

StoredRecord Stored(absl::string_view path, Record record) {
  StoredRecord stored;
  stored.path = std::string(path);
  stored.predictions_directory =
      absl::StrCat(absl::StripSuffix(path, kRecordSuffix), kPredictionsSuffix);
  stored.record = std::move(record);
  return stored;
}

using RecordOrProblem = std::variant<StoredRecord, RecordProblem>;

RecordOrProblem ReadOne(Files& files, const std::string& path) {
  const auto problem = [&](RecordProblemKind kind, const absl::Status& status) {
    return RecordProblem{path, kind, std::string(status.message())};
  };
  const absl::StatusOr<std::unique_ptr<MappedFile>> file = files.Map(path);
  if (!file.ok()) return problem(RecordProblemKind::kUnreadable, file.status());
  absl::StatusOr<Record> record = ParseRecord(TextOf(**file), path);
  if (!record.ok()) {
    return problem(absl::IsFailedPrecondition(record.status())
                       ? RecordProblemKind::kSchema
                       : RecordProblemKind::kDamaged,
                   record.status());
  }
  if (absl::Status status = CheckConformance(*record, path); !status.ok()) {
    return problem(RecordProblemKind::kConformance, status);
  }
  return Stored(path, *std::move(record));
}

}  // namespace

absl::StatusOr<StoredRecord> WriteRecord(
    Files& files, absl::string_view directory, Record record,
    absl::Span<const DatasetPredictions> predictions) {
  RETURN_IF_ERROR(CheckNew(record));
  std::vector<PredictionText> texts;
  for (const DatasetPredictions& dataset : predictions) {
    RETURN_IF_ERROR(Annotate(
        AddTexts(record, dataset, &texts),
        absl::StrCat("predictions of ", QuoteForMessage(dataset.dataset))));
  }
  for (const PredictionText& prediction : texts) {
    record.predictions.push_back(prediction.file);
  }
  ASSIGN_OR_RETURN(const std::string text, FormatRecord(record));
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  const std::string name =
      absl::StrCat(record.experiment, "-", record.profile, "-",
                   CompactTime(record.timing->started), "-",
                   HashBytes(text).ToHex().substr(0, 8));
  for (int number = 1;; ++number) {
    const std::string stem = JoinPath(
        directory, number == 1 ? name : absl::StrCat(name, "-", number));
    ASSIGN_OR_RETURN(const bool written, TryToWrite(files, stem, text, texts));
    if (written) return Stored(stem + kRecordSuffix, std::move(record));
  }
}

absl::StatusOr<StoredRecord> ReadRecord(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  ASSIGN_OR_RETURN(Record record, ParseRecord(TextOf(*file), path));
  RETURN_IF_ERROR(CheckConformance(record, path));
  return Stored(path, std::move(record));
}

absl::StatusOr<RecordList> ReadRecords(Files& files,
                                       absl::string_view directory) {
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(directory));
  std::vector<std::string> paths;
  for (const DirectoryEntry& entry : entries) {
    if (absl::EndsWith(entry.name, kRecordSuffix)) {
      paths.push_back(JoinPath(directory, entry.name));
    }
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(ThreadPool::DefaultSize()));
  std::vector<RecordOrProblem> read(paths.size());
  RETURN_IF_ERROR(ParallelFor(*pool, static_cast<std::int64_t>(paths.size()),
                              [&](std::int64_t i) {
                                read[i] = ReadOne(files, paths[i]);
                                return absl::OkStatus();
                              }));
  RecordList list;
  for (RecordOrProblem& one : read) {
    if (auto* const record = std::get_if<StoredRecord>(&one)) {
      list.records.push_back(std::move(*record));
    } else {
      list.problems.push_back(std::move(std::get<RecordProblem>(one)));
    }
  }
  return list;
}

absl::StatusOr<int> RemoveUnfinishedRecords(Files& files,
                                            absl::string_view directory) {
  RETURN_IF_ERROR(files.RemoveStaleTemporaries(directory));
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files.List(directory));
  int removed = 0;
  for (const DirectoryEntry& entry : entries) {
    absl::string_view name = entry.name;
    const bool is_lock = absl::ConsumeSuffix(&name, kLockSuffix);
    if (!is_lock && !absl::ConsumeSuffix(&name, kPredictionsSuffix)) continue;
    const std::string stem = JoinPath(directory, name);
    const auto lock = files.Lock(stem + kLockSuffix);
    if (absl::IsUnavailable(lock.status())) continue;
    RETURN_IF_ERROR(lock);
    ASSIGN_OR_RETURN(const bool finished, IsThere(files, stem + kRecordSuffix));
    if (finished || is_lock) continue;
    RETURN_IF_ERROR(files.RemoveTree(stem + kPredictionsSuffix));
    ++removed;
  }
  return removed;
}

}  // namespace culturemert
