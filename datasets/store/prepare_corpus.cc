#include "datasets/store/prepare_corpus.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "datasets/audio/audio_file.h"
#include "datasets/audio/decoder_versions.h"
#include "datasets/audio/pcm16.h"
#include "datasets/audio/resampler.h"
#include "tools/base/console/human.h"
#include "tools/base/console/progress.h"
#include "tools/base/parallel/ordered_commits.h"
#include "tools/base/parallel/thread_pool.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

std::string SourceText(const CorpusSource& source) {
  return source.source.empty() ? source.path : source.source;
}

absl::Status CheckSources(absl::Span<const CorpusSource> sources) {
  absl::flat_hash_set<absl::string_view> ids;
  for (const CorpusSource& source : sources) {
    if (source.id.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(source.path, ": the recording has no id"));
    }
    if (!ids.insert(source.id).second) {
      return absl::InvalidArgumentError(absl::StrCat(source.path, ": the id ",
                                                     QuoteForMessage(source.id),
                                                     " is in the list twice"));
    }
    if (!(source.start_seconds >= 0 &&
          source.end_seconds > source.start_seconds)) {
      return absl::InvalidArgumentError(absl::StrCat(
          source.path, ": the recording ", QuoteForMessage(source.id),
          " is to last from ", source.start_seconds, " s to ",
          source.end_seconds, " s, expected an end behind the start"));
    }
  }
  return absl::OkStatus();
}

// What is in the store must be what the list asks for.
absl::Status CheckStored(const PcmStoreWriter& writer,
                         absl::Span<const CorpusSource> sources,
                         absl::string_view directory) {
  constexpr char kAdvice[] = "; remove the store or choose another directory";
  absl::flat_hash_set<absl::string_view> ids;
  for (const CorpusSource& source : sources) {
    ids.insert(source.id);
    const StoredRecording* stored = writer.Find(source.id);
    if (stored == nullptr || (stored->culture == source.culture &&
                              stored->source == SourceText(source))) {
      continue;
    }
    return absl::FailedPreconditionError(absl::StrCat(
        directory, ": holds recording ", QuoteForMessage(source.id), " of ",
        QuoteForMessage(stored->culture), " from ",
        QuoteForMessage(stored->source), ", wanted is one of ",
        QuoteForMessage(source.culture), " from ",
        QuoteForMessage(SourceText(source)), kAdvice));
  }
  for (const StoredRecording& stored : writer.recordings()) {
    if (ids.contains(stored.id)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        directory, ": holds recording ", QuoteForMessage(stored.id),
        ", which is not wanted", kAdvice));
  }
  return absl::OkStatus();
}

LoadOptions LoadOptionsFor(const CorpusSource& source,
                           const PrepareOptions& options) {
  LoadOptions load;
  load.rate_hz = kStoreRateHz;
  load.start_seconds = source.start_seconds;
  load.max_seconds = source.end_seconds - source.start_seconds;
  load.accept_truncated = options.accept_truncated;
  return load;
}

// A decoded recording.
struct Decoded {
  std::vector<std::int16_t> samples;
  std::uint64_t clipped_samples = 0;
  std::string decoder;
  std::vector<std::string> notes;
};

// What should be known of a file that was read.
std::vector<std::string> NotesOn(const CorpusSource& source,
                                 const AudioInfo& info) {
  std::vector<std::string> notes = info.notes;
  if (info.truncation.has_value()) {
    notes.push_back(FormatTruncation(*info.truncation));
  }
  // Half a second is what lists of parts commonly round away.
  if (std::isfinite(source.end_seconds) &&
      source.end_seconds > info.seconds() + 0.5) {
    notes.push_back(absl::StrCat("the part ends at ", source.end_seconds,
                                 " s, the file already at ", info.seconds(),
                                 " s"));
  }
  return notes;
}

absl::StatusOr<Decoded> Decode(Files& files, const CorpusSource& source,
                               const PrepareOptions& options) {
  ASSIGN_OR_RETURN(
      const std::unique_ptr<MonoReader> reader,
      MonoReader::Open(files, source.path, LoadOptionsFor(source, options)));
  const std::uint64_t most_samples =
      options.writer.max_shard_bytes / kStoreSampleBytes;
  Decoded decoded;
  decoded.samples.reserve(std::min(reader->expected_samples(), most_samples));
  std::vector<float> piece;
  do {
    RETURN_IF_ERROR(reader->Read(&piece));
    const std::size_t old_size = decoded.samples.size();
    if (piece.size() > most_samples - old_size) {
      return absl::InvalidArgumentError(absl::StrCat(
          source.path, ": lasts longer than the ", most_samples / kStoreRateHz,
          " s that a shard takes; split it into several recordings"));
    }
    decoded.samples.resize(old_size + piece.size());
    decoded.clipped_samples +=
        ToPcm16(piece, absl::MakeSpan(decoded.samples).subspan(old_size));
  } while (!piece.empty());
  if (decoded.samples.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source.path, ": holds no audio, 0 samples"));
  }
  decoded.decoder = absl::StrCat(reader->info().decoder, "; ", SoxrVersion());
  decoded.notes = NotesOn(source, reader->info());
  return decoded;
}

// Decode, with the lack of memory as an error of the one file: an exception
// would leave other threads waiting for this one's result.
absl::StatusOr<Decoded> DecodeOrFail(Files& files, const CorpusSource& source,
                                     const PrepareOptions& options) {
  try {
    return Decode(files, source, options);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat(
        source.path, ": memory is too small for the decoded recording"));
  }
}

class Preparation {
 public:
  Preparation(Files& files, const PrepareOptions& options, ThreadPool& pool,
              PcmStoreWriter& writer)
      : files_(files), options_(options), pool_(pool), writer_(writer) {}

  absl::StatusOr<PrepareReport> Run(absl::Span<const CorpusSource> sources) {
    report_.were_there = writer_.recordings().size();
    for (const std::string& repair : writer_.repairs()) {
      report_.notes.push_back(repair);
    }
    for (const CorpusSource& source : sources) {
      if (writer_.Find(source.id) == nullptr) jobs_.push_back({&source});
    }
    RETURN_IF_ERROR(Estimate());
    RETURN_IF_ERROR(CheckFailures());
    RETURN_IF_ERROR(CheckSpace());
    report_.failures.clear();  // They are met again, in their turn.
    RETURN_IF_ERROR(DecodeAll());
    RETURN_IF_ERROR(CheckFailures());
    RETURN_IF_ERROR(writer_.Finish());
    for (const StoredRecording& recording : writer_.recordings()) {
      ++report_.recordings;
      report_.seconds += recording.seconds();
    }
    return std::move(report_);
  }

 private:
  struct Job {
    const CorpusSource* source = nullptr;
    std::uint64_t expected_samples = 0;
  };

  // How long each recording will be, by its file's headers, and which files
  // fail already there.
  absl::Status Estimate() {
    std::vector<absl::Status> statuses(jobs_.size());
    RETURN_IF_ERROR(ParallelFor(pool_, jobs_.size(), [&](std::int64_t i) {
      const CorpusSource& source = *jobs_[i].source;
      const auto reader = MonoReader::Open(files_, source.path,
                                           LoadOptionsFor(source, options_));
      if (reader.ok())
        jobs_[i].expected_samples = (*reader)->expected_samples();
      statuses[i] = reader.status();
      if (reader.ok() && jobs_[i].expected_samples == 0) {
        statuses[i] = DecodeOrFail(files_, source, options_).status();
      }
      return absl::OkStatus();
    }));
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (!statuses[i].ok()) AddFailure(*jobs_[i].source, statuses[i]);
    }
    return absl::OkStatus();
  }

  void AddFailure(const CorpusSource& source, const absl::Status& status) {
    report_.failures.push_back({source.id, source.path, status,
                                options_.known_bad.contains(source.id)});
  }

  absl::Status CheckSpace() const {
    constexpr std::uint64_t kIndexLineBytes = 1024;
    std::uint64_t needed_bytes = 0;
    for (const Job& job : jobs_) {
      needed_bytes +=
          job.expected_samples * kStoreSampleBytes + kIndexLineBytes;
    }
    ASSIGN_OR_RETURN(const std::uint64_t free_bytes,
                     files_.FreeSpaceBytes(options_.directory));
    if (needed_bytes <= free_bytes) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat(
        options_.directory, ": ", jobs_.size(), " recordings need about ",
        FormatBytes(needed_bytes), ", ", FormatBytes(free_bytes),
        " are free; free some space or choose another directory"));
  }

  absl::Status DecodeAll() {
    double seconds = 0;
    for (const Job& job : jobs_) seconds += SecondsOf(job);
    ProgressOptions progress_options;
    progress_options.label = "prepare";
    progress_options.unit = ProgressUnit::AudioSeconds();
    progress_options.total = seconds;
    progress_options.is_quiet = options_.is_quiet || jobs_.empty();
    progress_options.console = options_.console;
    Progress progress(progress_options);
    OrderedCommits commits(options_.max_memory_bytes);
    std::atomic<std::int64_t> next{0};
    RETURN_IF_ERROR(ParallelFor(pool_, jobs_.size(), [&](std::int64_t) {
      // Taken here, numbers are sure to be taken in ascending order.
      const std::int64_t number = next++;
      const Job& job = jobs_[number];
      const std::uint64_t size_bytes = job.expected_samples * kStoreSampleBytes;
      if (!commits.Admit(number, size_bytes)) return commits.status();
      auto decoded = std::make_shared<absl::StatusOr<Decoded>>(
          DecodeOrFail(files_, *job.source, options_));
      progress.Advance(SecondsOf(job));
      commits.Commit(number, size_bytes, [this, &job, decoded] {
        return Store(*job.source, *decoded);
      });
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(commits.status());
    progress.Finish();
    return writer_.Sync();
  }

  static double SecondsOf(const Job& job) {
    return static_cast<double>(job.expected_samples) / kStoreRateHz;
  }

  // Called in the order of the list, one at a time.
  absl::Status Store(const CorpusSource& source,
                     const absl::StatusOr<Decoded>& decoded) {
    if (!decoded.ok()) {
      AddFailure(source, decoded.status());
      return absl::OkStatus();
    }
    // With more failures than allowed the rest is only checked: it is to stand
    // behind the failed recordings once those are repaired.
    if (CountBad() > options_.max_bad) return absl::OkStatus();
    for (const std::string& note : decoded->notes) {
      report_.notes.push_back(absl::StrCat(source.id, ": ", note));
    }
    report_.clipped_samples += decoded->clipped_samples;
    report_.clipped_recordings += decoded->clipped_samples > 0 ? 1 : 0;
    return writer_.Append({source.id, source.culture, SourceText(source),
                           decoded->decoder, decoded->clipped_samples},
                          decoded->samples);
  }

  // Failures of files that are not known to be bad.
  std::int64_t CountBad() const {
    return std::count_if(
        report_.failures.begin(), report_.failures.end(),
        [](const FailedSource& failure) { return !failure.is_known_bad; });
  }

  absl::Status CheckFailures() const {
    const std::int64_t bad = CountBad();
    if (bad <= options_.max_bad) return absl::OkStatus();
    std::string list;
    for (const FailedSource& failure : report_.failures) {
      if (failure.is_known_bad) continue;
      absl::StrAppend(&list, "\n  ", failure.id, ": ",
                      failure.status.message());
    }
    return absl::FailedPreconditionError(absl::StrCat(
        bad, bad == 1 ? " file" : " files", " failed, allowed are ",
        options_.max_bad, ":", list,
        "\nRepair or replace them, or allow them with --set prepare.max_bad=",
        bad, "; what was prepared is kept."));
  }

  Files& files_;
  const PrepareOptions& options_;
  ThreadPool& pool_;
  PcmStoreWriter& writer_;
  std::vector<Job> jobs_;
  PrepareReport report_;
};

}  // namespace

absl::StatusOr<PrepareReport> PrepareCorpus(
    Files& files, absl::Span<const CorpusSource> sources,
    const PrepareOptions& options) {
  RETURN_IF_ERROR(CheckSources(sources));
  ASSIGN_OR_RETURN(const std::unique_ptr<ThreadPool> pool,
                   ThreadPool::Create(options.threads));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<PcmStoreWriter> writer,
      PcmStoreWriter::Open(files, options.directory, options.writer));
  RETURN_IF_ERROR(CheckStored(*writer, sources, options.directory));
  return Preparation(files, options, *pool, *writer).Run(sources);
}

std::string FormatPrepareReport(const PrepareReport& report) {
  std::string text = absl::StrCat(report.recordings, " recordings, ",
                                  FormatDuration(report.seconds), " of audio");
  if (report.were_there > 0) {
    absl::StrAppend(&text, "; ", report.were_there,
                    " of them were there already");
  }
  absl::StrAppend(&text, "\n");
  if (report.clipped_samples > 0) {
    absl::StrAppend(&text, report.clipped_samples, " samples clipped in ",
                    report.clipped_recordings, " recordings\n");
  }
  for (const std::string& note : report.notes) {
    absl::StrAppend(&text, "note: ", note, "\n");
  }
  for (const FailedSource& failure : report.failures) {
    absl::StrAppend(&text,
                    failure.is_known_bad ? "known to be bad: " : "failed: ",
                    failure.id, ": ", failure.status.message(), "\n");
  }
  return text;
}

}  // namespace culturemert
