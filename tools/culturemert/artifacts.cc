// culturemert artifacts list, verify, prune: what experiments have left on
// disk, whether it is intact, and removing what is not needed.

#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "experiments/artifacts/artifact_key.h"
#include "experiments/artifacts/artifact_store.h"
#include "experiments/artifacts/store_upkeep.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"

ABSL_FLAG(std::string, results, "",
          "the folder that experiments write to; without it, results in the "
          "workspace");
ABSL_FLAG(double, older_than_days, -1,
          "prune: removes artifacts finished more than so many days ago");
ABSL_FLAG(std::string, keep_keys, "",
          "prune: a file with the 32-digit keys of the artifacts to keep, one "
          "at the start of each line; all others go");
ABSL_FLAG(bool, apply, false,
          "prune: really removes; without it only says what would go");

namespace culturemert {
namespace {

// `bazel run` tells where the workspace is.
std::string ArtifactsFolder() {
  std::string results = absl::GetFlag(FLAGS_results);
  if (!results.empty()) return JoinPath(ResolveUserPath(results), "artifacts");
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  results = workspace == nullptr ? "results" : JoinPath(workspace, "results");
  return JoinPath(results, "artifacts");
}

absl::Status CheckNoArguments(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return absl::OkStatus();
  return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
}

std::string NameOf(const StoredEntry& entry) {
  switch (entry.kind) {
    case StoredKind::kArtifact:
      return entry.problem.ok() ? "intact" : "damaged";
    case StoredKind::kPartial:
      return entry.holder.empty() ? "unfinished" : "at work";
    case StoredKind::kDamaged:
      return "put aside";
    case StoredKind::kRemoved:
      return "half removed";
  }
  return "";
}

std::string Pad(std::string text, std::size_t columns) {
  if (text.size() < columns) text.resize(columns, ' ');
  return text;
}

// "intact        tokenize  99aa06d3  1.2 GB    makam · codes"
void PrintEntry(const StoredEntry& entry, std::ostream& out) {
  out << Pad(NameOf(entry), 12) << "  " << Pad(entry.id.action, 16) << "  "
      << ShortKey(entry.id.key) << "  " << Pad(FormatBytes(entry.size_bytes), 7)
      << "  ";
  if (entry.manifest.has_value()) {
    out << Printable(entry.manifest->label);
  } else if (!entry.problem.ok()) {
    out << Printable(entry.problem.message());
  } else {
    out << Printable(entry.holder.empty() ? entry.directory : entry.holder);
  }
  out << "\n";
}

std::uint64_t SumBytes(const std::vector<StoredEntry>& entries) {
  std::uint64_t sum = 0;
  for (const StoredEntry& entry : entries) sum += entry.size_bytes;
  return sum;
}

absl::Status RunArtifactsList(const std::vector<std::string>& arguments,
                              std::ostream& out) {
  RETURN_IF_ERROR(CheckNoArguments(arguments));
  ArtifactStore store(Files::Real(), ArtifactsFolder());
  ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries,
                   ListArtifacts(store));
  for (const StoredEntry& entry : entries) PrintEntry(entry, out);
  out << entries.size() << " in " << Printable(store.root()) << ", "
      << FormatBytes(SumBytes(entries)) << "\n";
  return absl::OkStatus();
}

absl::Status RunArtifactsVerify(const std::vector<std::string>& arguments,
                                std::ostream& out) {
  RETURN_IF_ERROR(CheckNoArguments(arguments));
  ArtifactStore store(Files::Real(), ArtifactsFolder());
  ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries,
                   ListArtifacts(store, Verification::kChecksums));
  int intact = 0;
  int damaged = 0;
  for (const StoredEntry& entry : entries) {
    if (entry.kind != StoredKind::kArtifact) continue;
    ++(entry.problem.ok() ? intact : damaged);
    if (!entry.problem.ok()) PrintEntry(entry, out);
  }
  out << intact << " intact, " << damaged << " damaged in "
      << Printable(store.root()) << "\n";
  if (damaged == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      damaged, damaged == 1 ? " artifact is" : " artifacts are",
      " damaged; the next experiment that reads it puts it aside and makes it "
      "again"));
}

absl::StatusOr<std::set<ArtifactKey>> ReadKeys(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text,
                   Files::Real().Read(ResolveUserPath(path)));
  std::set<ArtifactKey> keys;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty()) continue;
    const absl::StatusOr<Hash128> key = Hash128::FromHex(words[0]);
    if (!key.ok()) {
      return Annotate(key.status(), absl::StrCat(Printable(path), ":", number));
    }
    keys.insert(*key);
  }
  return keys;
}

absl::Status RunArtifactsPrune(const std::vector<std::string>& arguments,
                               std::ostream& out) {
  RETURN_IF_ERROR(CheckNoArguments(arguments));
  PruneOptions options;
  options.is_dry_run = !absl::GetFlag(FLAGS_apply);
  const double days = absl::GetFlag(FLAGS_older_than_days);
  if (days >= 0) {
    options.finished_before = absl::Now() - days * absl::Hours(24);
  }
  const std::string keep = absl::GetFlag(FLAGS_keep_keys);
  if (!keep.empty()) {
    ASSIGN_OR_RETURN(options.keep, ReadKeys(keep));
  }
  ArtifactStore store(Files::Real(), ArtifactsFolder());
  ASSIGN_OR_RETURN(const std::vector<StoredEntry> gone,
                   PruneArtifacts(store, options));
  for (const StoredEntry& entry : gone) PrintEntry(entry, out);
  out << (options.is_dry_run ? "would remove " : "removed ") << gone.size()
      << ", " << FormatBytes(SumBytes(gone))
      << (options.is_dry_run ? "; --apply does it\n" : "\n");
  return absl::OkStatus();
}

const bool list_registered =
    RegisterCommand({"artifacts list",
                     "shows what experiments have left on disk",
                     "[--results=DIR]",
                     {"results"},
                     &RunArtifactsList});

const bool verify_registered = RegisterCommand(
    {"artifacts verify",
     "compares all artifacts with their checksums; exit code 1 if one differs",
     "[--results=DIR]",
     {"results"},
     &RunArtifactsVerify});

const bool prune_registered = RegisterCommand(
    {"artifacts prune",
     "removes damaged and unfinished artifacts, and those named by flags",
     "[--results=DIR] [--older_than_days=N] [--keep_keys=FILE] [--apply]",
     {"results", "older_than_days", "keep_keys", "apply"},
     &RunArtifactsPrune});

}  // namespace
}  // namespace culturemert
