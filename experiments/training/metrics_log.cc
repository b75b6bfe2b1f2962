#include "experiments/training/metrics_log.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kMetricsName[] = "metrics.jsonl";
constexpr char kSpeedName[] = "speed.jsonl";

// The file without its torn tail and without the updates after `last_update`.
absl::StatusOr<std::unique_ptr<JsonLinesWriter>> GoOn(
    Files& files, const std::string& path, std::int64_t last_update) {
  const absl::StatusOr<FileInfo> info = files.Info(path);
  if (!info.ok()) {
    if (!absl::IsNotFound(info.status())) return info.status();
    return JsonLinesWriter::Open(files, path);
  }
  JsonLinesOptions options;
  options.tolerate_torn_tail = true;
  ASSIGN_OR_RETURN(const JsonLines lines, ReadJsonLines(files, path, options));
  std::string kept;
  for (const nlohmann::json& record : lines.records) {
    const auto update = record.find("update");
    if (update == record.end() || !update->is_number_integer()) {
      return absl::InvalidArgumentError(absl::StrCat(
          path,
          ": a record without the number of its update; move the file "
          "away to begin another"));
    }
    if (update->get<std::int64_t>() > last_update) break;
    ASSIGN_OR_RETURN(const std::string line, CanonicalJson(record));
    absl::StrAppend(&kept, line, "\n");
  }
  RETURN_IF_ERROR(files.WriteAtomically(path, kept));
  return JsonLinesWriter::Open(files, path);
}

nlohmann::json Record(std::int64_t update, absl::string_view stage,
                      absl::Span<const ScalarValue> values) {
  nlohmann::json record = {{"update", update}, {"stage", std::string(stage)}};
  for (const auto& [name, value] : values) record[name] = value;
  return record;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsLog>> MetricsLog::Open(
    Files& files, absl::string_view folder, std::int64_t last_update,
    double wall_time_seconds) {
  auto log = std::unique_ptr<MetricsLog>(new MetricsLog());
  ASSIGN_OR_RETURN(log->metrics_,
                   GoOn(files, JoinPath(folder, kMetricsName), last_update));
  ASSIGN_OR_RETURN(log->speed_,
                   GoOn(files, JoinPath(folder, kSpeedName), last_update));
  ASSIGN_OR_RETURN(log->events_,
                   EventFile::Create(files, folder, wall_time_seconds,
                                     absl::StrCat(getpid())));
  return log;
}

absl::Status MetricsLog::Write(std::int64_t update, double wall_time_seconds,
                               absl::string_view stage,
                               absl::Span<const ScalarValue> metrics,
                               absl::Span<const ScalarValue> speed) {
  RETURN_IF_ERROR(metrics_->Append(Record(update, stage, metrics)));
  RETURN_IF_ERROR(speed_->Append(Record(update, stage, speed)));
  std::vector<ScalarValue> all(metrics.begin(), metrics.end());
  for (const auto& [name, value] : speed) {
    all.emplace_back(absl::StrCat("speed/", name), value);
  }
  return events_->Append(wall_time_seconds, update, all);
}

}  // namespace culturemert
